"""The embedding of some texts at once as a call that is journaled and has a price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.db.texts import storable
from footnoted.ledger.journal import FREE, PREVIEW_LENGTH, CallDraft

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from decimal import Decimal

    from footnoted.ledger.journal import Entry
    from footnoted.llm.call import CallScope
    from footnoted.llm.port import CallOptions, RawAnswer


@dataclass(frozen=True, slots=True)
class TokenTariff:
    """What a call may cost at the most, and what so many tokens do cost (USD)."""

    worst_usd: Decimal
    most_tokens: int
    cost: Callable[[int], Decimal]


@dataclass(frozen=True, slots=True)
class EmbeddingCall:
    """Some texts for one model; without a tariff it costs nothing.

    `texts_sha256` is journaled in the place of a prompt's hash, `preview` in that of its beginning.
    """

    scope: CallScope
    label: str
    model_name: str
    digest: str
    texts_sha256: str
    preview: str
    tariff: TokenTariff | None
    send: Callable[[CallOptions], Awaitable[RawAnswer]]
    seen: frozenset[int] = frozenset()

    @property
    def generation(self) -> int:
        """Return the least generation of the answer that is wanted."""
        return self.scope.generation

    @property
    def is_free(self) -> bool:
        """Return whether it is this machine that embeds."""
        return self.tariff is None

    def may_follow(self, entry: Entry) -> bool:
        """Return whether to buy although the journal has `entry`: lost, emptied or no good."""
        return not entry.is_answered or not entry.usable or entry.id in self.seen

    def draft(self, generation: int) -> CallDraft:
        """Return what is journaled of the call before it is sent, without its money."""
        return CallDraft(
            request_sha256=self.digest,
            generation=generation,
            item_kind=self.scope.item_kind,
            item_id=self.scope.item_id,
            stage=self.scope.stage,
            label=self.label,
            model=self.model_name,
            prompt_sha256=self.texts_sha256,
            reserved_usd=FREE,
            prompt_preview=storable(self.preview[:PREVIEW_LENGTH]),
        )

    async def ask(self, options: CallOptions) -> RawAnswer:
        """Return the embedder's answer. Raises CallFailedError."""
        return await self.send(options)
