"""What a rehearsal buys: nothing. It notes the call, and goes on with the likeliest answer.

That is what was answered before to a call of the same name, else what the built-in model answers.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from footnoted.ledger.journal import CallState, Entry
from footnoted.llm.call import Call
from footnoted.llm.identity import prompt_bytes
from footnoted.llm.port import CallOptions
from footnoted.llm.purchase import Purchaser
from footnoted.reprocess import store

if TYPE_CHECKING:
    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.llm.port import Model

Asked = tuple[str, int, str]
"""The kind and id of an item, and a stage."""


@dataclass(frozen=True, slots=True)
class ExpectedCall:
    """A call that would be bought: by which model, and how large it is and may become."""

    model: str
    stage: str
    label: str
    prompt_bytes: int
    max_tokens_out: int


class Rehearsed(Purchaser[Call]):
    """Notes what would be bought; free models are asked for real, and journaled nowhere."""

    def __init__(self, database: Database, clock: Clock, extractive: Model) -> None:
        """Look for earlier answers in `database`; `extractive` answers what never was."""
        super().__init__(database, clock, None)
        self._answers = database
        self._extractive = extractive
        self.expected: defaultdict[Asked, list[ExpectedCall]] = defaultdict(list)
        self.free: defaultdict[Asked, int] = defaultdict(int)

    async def buy(self, call: Call) -> Entry:
        """Return an answer to go on with; nothing is sent and nothing is journaled."""
        scope, request = call.scope, call.request
        asked = (scope.item_kind, scope.item_id, scope.stage)
        if call.is_free:
            self.free[asked] += 1
            return _entry(call, (await call.ask(CallOptions())).text)
        self.expected[asked].append(
            ExpectedCall(
                call.model.name,
                scope.stage,
                request.label,
                prompt_bytes(request),
                request.max_tokens_out,
            )
        )
        return _entry(call, await self._likeliest(call))

    async def _likeliest(self, call: Call) -> str:
        scope, request = call.scope, call.request
        async with self._answers.transaction() as session:
            key = (scope.item_kind, scope.item_id)
            earlier = await store.previous_answers(session, key, scope.stage, request.label)
        for answer in earlier:
            if _fits(request.answer, answer):
                return answer
        return (await self._extractive.answer(request, CallOptions())).text


def _fits(schema: type[BaseModel], answer: str) -> bool:
    try:
        schema.model_validate_json(answer, strict=True)
    except ValidationError:
        return False
    return True


def _entry(call: Call, text: str) -> Entry:
    state: Any = CallState.ANSWERED
    return Entry(0, call.digest, call.generation, state, usable=True, answer=text)
