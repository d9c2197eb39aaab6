"""Texts into kept vectors: from what is kept, else from the journal, else bought and journaled.

    texts -> those without a vector -> replayed or bought -> looked at -> kept, the answer emptied

What was answered is in the journal until its vectors are kept, so a crash in between buys nothing
twice; from then on the vectors are the record, and the journal keeps when, and what it cost.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.errors import TransientError
from footnoted.ledger import store as journal
from footnoted.ledger.embedding_prices import most_tokens
from footnoted.ledger.faults import CallFailedError, wait_of
from footnoted.ledger.journal import Flaw
from footnoted.llm.embedding.call import EmbeddingCall, TokenTariff
from footnoted.llm.port import RawAnswer, Usage
from footnoted.search.embedding import store
from footnoted.search.embedding.packing import pack, unpack, why_unusable
from footnoted.search.embedding.port import EmbeddingRequest
from footnoted.search.embedding.recipes import Purpose, text_sha256
from footnoted.settings import variable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from footnoted.ledger.faults import Fault
    from footnoted.ledger.journal import Entry
    from footnoted.llm.call import CallScope
    from footnoted.llm.port import CallOptions
    from footnoted.pipeline.embedding.access import EmbeddingAccess
    from footnoted.search.embedding.spec import Channel

_SHAPE = 1
"""The shape of a journaled answer; a new one makes every request a new one."""

KNOWN_GOOD = "What was said, and when."
"""A text that every embedder takes: who refuses it refuses the set-up, not a text."""

MISFIT = "embedding_misfit"
"""The wait for a person: the embedder gives vectors that do not fit the spec."""
REFUSED = "embedding_refused"
"""The wait for a person: the embedder refuses whatever it is asked under this spec."""
_PERSON_WAIT_S = 3_600.0


@dataclass(frozen=True, slots=True)
class Order:
    """Texts to be embedded in one channel for one purpose, in whose name."""

    channel: Channel
    purpose: Purpose
    texts: tuple[str, ...]
    scope: CallScope

    def halves(self) -> tuple[Order, Order]:
        """Return the same in two orders."""
        middle = len(self.texts) // 2
        return (
            Order(self.channel, self.purpose, self.texts[:middle], self.scope),
            Order(self.channel, self.purpose, self.texts[middle:], self.scope),
        )

    @property
    def hashes(self) -> list[str]:
        """Return the hash of each text, by which its vector is kept."""
        return [text_sha256(text, self.purpose) for text in self.texts]

    @property
    def digest(self) -> str:
        """Return the hash of all that the answer depends on."""
        parts = [_SHAPE, self.channel.sha256, self.hashes]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class Buyer:
    """Makes sure that texts have kept vectors, at no more than it takes."""

    def __init__(self, access: EmbeddingAccess) -> None:
        """Buy through `access`."""
        self._access = access
        self._being_bought: dict[tuple[str, str], asyncio.Event] = {}

    async def fill(self, order: Order) -> None:
        """Return when every text of an order has a vector or a refusal.

        A text that another order is buying is waited for, and bought here should that fail. Raises
        TransientError and BudgetExceededError for waits; what was bought until then is kept.
        """
        bought = set[tuple[str, str]]()
        while True:
            lacking = await self._lacking(order)
            wanted = {(order.channel.sha256, sha256): text for sha256, text in lacking.items()}
            others = [self._being_bought[key] for key in wanted if key in self._being_bought]
            mine = {
                key: text
                for key, text in wanted.items()
                if key not in self._being_bought and key not in bought
            }
            if mine:
                await self._buy_all(order, mine)
                bought |= mine.keys()
            elif others:
                await others[0].wait()
            else:
                return

    async def _lacking(self, order: Order) -> dict[str, str]:
        """Return the texts that have neither a vector nor a refusal, by their hashes."""
        async with self._access.database.transaction() as session:
            known = await store.kept(session, order.channel.sha256, order.hashes)
        pairs = zip(order.hashes, order.texts, strict=True)
        return {sha256: text for sha256, text in pairs if sha256 not in known}

    async def _buy_all(self, order: Order, mine: Mapping[tuple[str, str], str]) -> None:
        """Buy texts in parts of what one request takes; others wait for these meanwhile."""
        done = asyncio.Event()
        self._being_bought |= dict.fromkeys(mine, done)
        texts, most = list(mine.values()), self._access.embedder.most_texts
        try:
            for at in range(0, len(texts), most):
                part = tuple(texts[at : at + most])
                await self._buy(Order(order.channel, order.purpose, part, order.scope))
        finally:
            for key in mine:
                del self._being_bought[key]
            done.set()

    async def _buy(self, order: Order) -> None:
        """Buy vectors; where texts are refused, find out which, and remember why."""
        try:
            entry = await self._entry(order)
        except CallFailedError as error:
            await self._refused(order, error.fault)
            return
        await self._keep(order, entry)

    async def _refused(self, order: Order, fault: Fault) -> None:
        wait = wait_of(fault)
        if wait is not None:
            raise wait
        if len(order.texts) > 1:
            for half in order.halves():
                await self._buy(half)
            return
        if KNOWN_GOOD in order.texts:
            raise TransientError(fault.message, wait_reason=REFUSED, retry_after_s=_PERSON_WAIT_S)
        # Whether it is this text that is refused or any, now: the next line raises for any.
        await self._buy(Order(order.channel, order.purpose, (KNOWN_GOOD,), order.scope))
        async with self._access.database.transaction() as session:
            await store.refuse(session, order.channel.sha256, order.hashes[0], fault.message)

    async def _entry(self, order: Order) -> Entry:
        """Return the journaled answer to an order, replayed or bought."""
        async with self._access.database.transaction() as session:
            entry = (await journal.latest_entries(session, [order.digest])).get(order.digest)
        if entry is not None and entry.is_answered and entry.usable:
            return entry
        return await self._access.flights.bought(self._call(order, entry))

    async def _keep(self, order: Order, entry: Entry) -> None:
        """Keep the vectors of an answer, and empty it, in one transaction."""
        vectors = _vectors_of(entry.answer or "")
        why = _why_not(vectors, order)
        async with self._access.database.transaction() as session:
            if why is not None:
                await journal.mark_unusable(session, entry.id, Flaw.INVALID, why)
            else:
                kept = dict(zip(order.hashes, vectors, strict=True))
                await store.keep(session, order.channel.sha256, kept)
                await store.forget_answer(session, entry.id)
        if why is not None:
            message = (
                f"{order.channel.model} at {self._access.embedder.provider} gives vectors that do"
                f" not fit the channel {order.channel.name!r}: {why}{_what_to_do(vectors, order)}"
            )
            raise TransientError(message, wait_reason=MISFIT, retry_after_s=_PERSON_WAIT_S)

    def _call(self, order: Order, known: Entry | None) -> EmbeddingCall:
        count = "1 text" if len(order.texts) == 1 else f"{len(order.texts)} texts"
        return EmbeddingCall(
            scope=order.scope,
            label=f"{order.purpose.value}-{order.digest[:12]}",
            model_name=order.channel.model,
            digest=order.digest,
            texts_sha256=hashlib.sha256("\n".join(order.hashes).encode()).hexdigest(),
            preview=f"{count} for the channel {order.channel.name}",
            tariff=self._tariff(order),
            send=lambda options: self._asked(order, options),
            seen=frozenset([known.id] if known is not None and known.is_answered else []),
        )

    def _tariff(self, order: Order) -> TokenTariff | None:
        now = self._access.clock.now()
        prices = self._access.embedder.prices_at(order.channel.model, now)
        if prices is None:
            return None
        most = most_tokens(order.texts)
        return TokenTariff(prices.cost(most), most, prices.cost)

    async def _asked(self, order: Order, options: CallOptions) -> RawAnswer:
        channel = order.channel
        request = EmbeddingRequest(
            order.texts, order.purpose, channel.model, channel.dimensions or 0
        )
        embedded = await self._access.embedder.embed(request, timeout_s=options.timeout_s)
        tokens = most_tokens(order.texts) if embedded.tokens is None else embedded.tokens
        packed = [base64.b64encode(_packed(vector)).decode() for vector in embedded.vectors]
        return RawAnswer(
            text=json.dumps(packed),
            stop_reason=None,
            usage=Usage(input_tokens=tokens),
            model=embedded.served_by or channel.model,
            provider_request_id=embedded.provider_request_id,
        )


def _packed(vector: Sequence[float]) -> bytes:
    """Return a vector as bytes; one that no single-precision number can hold becomes zeros."""
    try:
        return pack(vector)
    except OverflowError:
        return pack([0.0] * len(vector))


def _vectors_of(answer: str) -> list[tuple[float, ...]]:
    packed: list[str] = json.loads(answer)
    return [unpack(base64.b64decode(one)) for one in packed]


def _why_not(vectors: Sequence[Sequence[float]], order: Order) -> str | None:
    """Return what is wrong with the vectors of an answer; None: they can be kept."""
    if len(vectors) != len(order.texts):
        return f"{len(vectors)} vectors came for {len(order.texts)} texts"
    dimensions = order.channel.dimensions or 0
    return next((why for one in vectors if (why := why_unusable(one, dimensions))), None)


def _what_to_do(vectors: Sequence[Sequence[float]], order: Order) -> str:
    """Return how a person ends a misfit, where the settings claim another number than is given."""
    given = {len(one) for one in vectors} - {order.channel.dimensions}
    if len(given) != 1:
        return ""
    name = variable("embedder_dimensions")
    return f"; set {name}={given.pop()} and restart, which builds another spec"
