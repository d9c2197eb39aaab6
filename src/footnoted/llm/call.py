"""A call as a value: what is asked of which model, in whose name."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.db.texts import storable
from footnoted.ledger.journal import FREE, PREVIEW_LENGTH, CallDraft
from footnoted.llm.identity import schema_sha256

if TYPE_CHECKING:
    from pydantic import BaseModel

    from footnoted.ledger.journal import Entry
    from footnoted.llm.port import CallOptions, Model, ModelRequest, RawAnswer


@dataclass(frozen=True, slots=True)
class CallScope:
    """What calls are made for: journal rows carry it, and `generation` asks for a fresh answer.

    `profile` tells stages of one name apart where models are chosen; `models` is the chain that a
    person set for this item, if any.
    """

    item_kind: str
    item_id: int
    stage: str
    generation: int = 0
    profile: str = ""
    models: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A request to one model. `siblings` counts the calls of its wave, itself included.

    `seen` are the answers (journal ids) that the caller knows and can't use. `is_in_batch`: it is,
    as far as the caller knows. `must_be_live`: what came of it before wants to be seen at once.
    """

    scope: CallScope
    model: Model
    request: ModelRequest[BaseModel]
    digest: str
    siblings: int = 1
    seen: frozenset[int] = frozenset()
    is_in_batch: bool = False
    must_be_live: bool = False

    @property
    def prefix_key(self) -> str:
        """Return what a provider's cache tells prefixes apart by: model, set-up, schema, rules."""
        parts = [
            self.model.name,
            sorted(self.model.parameters.items()),
            schema_sha256(self.request.answer),
            self.request.prompt.system,
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    @property
    def generation(self) -> int:
        """Return the least generation of the answer that is wanted."""
        return self.scope.generation

    @property
    def model_name(self) -> str:
        """Return the model's id."""
        return self.model.name

    @property
    def is_free(self) -> bool:
        """Return whether the model costs nothing."""
        return self.model.is_free

    def draft(self, generation: int) -> CallDraft:
        """Return what is journaled of the call before it is sent, without its money."""
        scope, request = self.scope, self.request
        return CallDraft(
            request_sha256=self.digest,
            generation=generation,
            item_kind=scope.item_kind,
            item_id=scope.item_id,
            stage=scope.stage,
            label=request.label,
            model=self.model.name,
            prompt_sha256=request.prompt.sha256,
            reserved_usd=FREE,
            prompt_preview=storable(request.prompt.user[:PREVIEW_LENGTH]),
        )

    async def ask(self, options: CallOptions) -> RawAnswer:
        """Return the model's raw answer. Raises CallFailedError."""
        return await self.model.answer(self.request, options)

    def may_follow(self, entry: Entry) -> bool:
        """Return whether to buy although the journal has `entry`: it is old, lost or no good.

        An answer that came meanwhile, from whoever asked the same, is not bought again.
        """
        is_old = entry.generation < self.scope.generation
        return is_old or not entry.is_answered or entry.id in self.seen
