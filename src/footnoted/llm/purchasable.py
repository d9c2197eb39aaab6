"""What the purchaser buys, and what it pays with: any call that has a price and a journal row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime
    from decimal import Decimal

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.ledger.faults import Fault
    from footnoted.ledger.journal import CallDraft, Entry
    from footnoted.llm.port import CallOptions, RawAnswer


class Purchasable(Protocol):
    """One call: a request to a model, or a stretch of speech to be recognised."""

    @property
    def digest(self) -> str:
        """Return the hash of everything the answer depends on."""
        ...

    @property
    def generation(self) -> int:
        """Return the least generation of the answer that is wanted."""
        ...

    @property
    def model_name(self) -> str:
        """Return who is asked, as prices and the journal name it."""
        ...

    @property
    def is_free(self) -> bool:
        """Return whether asking twice costs nothing and gives the same answer."""
        ...

    def may_follow(self, entry: Entry) -> bool:
        """Return whether to buy although the journal has `entry`."""
        ...

    def draft(self, generation: int) -> CallDraft:
        """Return what is journaled of the call, with a preview of what is asked, and no money."""
        ...

    async def ask(self, options: CallOptions) -> RawAnswer:
        """Return the raw answer; raise CallFailedError when none came."""
        ...


class Money(Protocol):
    """What one admitted call may cost, and what becomes of that."""

    @property
    def amount(self) -> Decimal:
        """Return the most that the call may cost (USD)."""
        ...

    @property
    def captured_prompt(self) -> str | None:
        """Return the whole of what is asked, where that is to be journaled."""
        ...

    @property
    def batch_id(self) -> int | None:
        """Return the batch that the call goes into; None for one that is made live."""
        ...

    @property
    def options(self) -> CallOptions:
        """Return how the call is made."""
        ...

    async def count(self) -> bool:
        """Look closer at what the call may cost; return whether that made it less."""
        ...

    async def open(self, session: AsyncConnection) -> datetime:
        """Begin to move money; return the time, which no other reservation runs ahead of."""
        ...

    async def reserve(self, session: AsyncConnection, call_id: int, now: datetime) -> None:
        """Hold the amount in every budget of the call, or raise why there is no room."""
        ...

    def cost_of(self, raw: RawAnswer) -> Decimal:
        """Return what an answer cost (USD)."""
        ...

    async def answered(self, call_id: int, raw: RawAnswer, cost: Decimal) -> None:
        """Hear what came."""
        ...

    async def failed(self, fault: Fault) -> None:
        """Hear what went wrong."""
        ...

    async def lost(self) -> None:
        """Hear that the answer of this call, or of another, may be paid for and never came."""
        ...


CallT_contra = TypeVar("CallT_contra", bound=Purchasable, contravariant=True)


class Counter(Protocol[CallT_contra]):
    """Where a paid call is let through, one payment each."""

    def admit(self, call: CallT_contra) -> AbstractAsyncContextManager[Money]:
        """Yield the payment of a call that may be made now; raise why it may not."""
        ...
