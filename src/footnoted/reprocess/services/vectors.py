"""What embedding will cost: the texts that have no vector yet, at the prices of a purchase.

A rehearsal writes documents and takes them back; in between, their texts are looked at here. Each
is counted once, however many documents have it, and none that is kept as a vector already.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from footnoted.ledger.embedding_prices import most_tokens
from footnoted.llm.limits.estimates import CAUTIOUS_TOKENS_PER_BYTE, USUAL_TOKENS_PER_BYTE
from footnoted.model.status import ItemKind
from footnoted.pipeline.embedding.making import Maker
from footnoted.reprocess.money import P90, Money
from footnoted.reprocess.services import store
from footnoted.reprocess.services.line import Amount, Service, ServiceLine
from footnoted.search.embedding import store as vectors
from footnoted.search.embedding.recipes import RECIPES, Purpose, text_sha256
from footnoted.search.embedding.rows import SpecState
from footnoted.search.walk import every_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.pipeline.embedding.access import EmbeddingAccess
    from footnoted.reprocess.rehearsal import StageForecast
    from footnoted.search.embedding.recipes import Recipes
    from footnoted.search.embedding.spec import Channel
    from footnoted.search.port import Document

_MADE_FOR = (SpecState.BUILDING, SpecState.READY, SpecState.SERVING)

Texts = dict[tuple[str, str], int]
"""The most tokens a text may have, by the hashes of its channel and of itself."""


@dataclass(slots=True)
class VectorWatch:
    """Gathers the texts that would be embedded; `access` is who would do it."""

    access: EmbeddingAccess
    recipes: Recipes = field(default_factory=lambda: RECIPES)
    _made: dict[str, str] = field(default_factory=dict[str, str])
    _new: Texts = field(default_factory=dict[tuple[str, str], int])
    _may_follow: Texts = field(default_factory=dict[tuple[str, str], int])

    async def note_library(self) -> None:
        """Note the texts of today's documents that have no vector yet."""
        async with self.access.database.transaction() as session:
            channels = await self._channels(session)
        if not channels:
            return
        async for batch in every_document(self.access.database):
            held = [stored.document for stored in batch]
            async with self.access.database.transaction() as session:
                self._new |= await self._unkept(session, channels, held)

    async def mark(self, session: AsyncConnection) -> int:
        """Return what to give to `note` when a rehearsal is over, before it is taken back."""
        return await store.outbox_mark(session)

    async def note(
        self, session: AsyncConnection, mark: int, forecasts: Sequence[StageForecast]
    ) -> None:
        """Note the texts that a rehearsal would have embedded, and those that may follow.

        What is asked anew may be answered otherwise: then all that rests on it has other texts.
        """
        channels = await self._channels(session)
        written = await store.touched_documents(session, mark)
        self._new |= await self._unkept(session, channels, written)
        open_ids: dict[ItemKind, set[int]] = {ItemKind.VIDEO: set(), ItemKind.PAGE_GROUP: set()}
        for forecast in forecasts:
            if forecast.calls and forecast.item.kind in open_ids:
                open_ids[forecast.item.kind].add(forecast.item.id)
        resting = await store.resting_documents(
            session, open_ids[ItemKind.VIDEO], open_ids[ItemKind.PAGE_GROUP]
        )
        self._may_follow |= self._texts(channels, resting)

    def take(self) -> list[ServiceLine]:
        """Return a line for each model with what was noted, and forget it."""
        new, may_follow = self._new, self._may_follow
        self._new, self._may_follow = {}, {}
        rest = {key: most for key, most in may_follow.items() if key not in new}
        lines = [
            ServiceLine(
                Service.EMBEDDING, model, self._amount(model, new), self._amount(model, rest)
            )
            for model in sorted(set(self._made.values()))
        ]
        return [line for line in lines if line.sure.items or line.may_follow.items]

    async def _channels(self, session: AsyncConnection) -> list[Channel]:
        """Return the channels that are kept going, and those that would be begun."""
        rows = await vectors.specs(session)
        maker, wanted = Maker(self.access, self.recipes), self.access.wanted
        specs = [row.spec for row in rows if row.state in _MADE_FOR and maker.can_make(row)]
        if not any(row.sha256 == wanted.sha256 for row in rows):
            specs.append(wanted)
        found = [channel for spec in specs for channel in spec.dense]
        self._made |= {channel.sha256: channel.model for channel in found}
        return found

    async def _unkept(
        self, session: AsyncConnection, channels: Sequence[Channel], held: Sequence[Document]
    ) -> Texts:
        texts = self._texts(channels, held)
        for channel_sha256 in {channel.sha256 for channel in channels}:
            hashes = [sha256 for made_by, sha256 in texts if made_by == channel_sha256]
            for sha256 in await vectors.kept(session, channel_sha256, hashes):
                del texts[channel_sha256, sha256]
        return texts

    def _texts(self, channels: Iterable[Channel], held: Sequence[Document]) -> Texts:
        return {
            (channel.sha256, text_sha256(text, Purpose.DOCUMENT)): most_tokens([text])
            for channel in channels
            for document in held
            if (text := self.recipes[channel.name](document)) is not None
        }

    def _amount(self, model: str, texts: Mapping[tuple[str, str], int]) -> Amount:
        most = [size for (made_by, _), size in texts.items() if self._made[made_by] == model]
        till = self.access.till
        known = None if till is None else till.limiter.density(model)
        prices = self.access.embedder.prices_at(model, self.access.clock.now())

        def cost(density: float) -> float:
            """Return what these texts cost with so many tokens for each byte (USD)."""
            tokens = math.ceil(sum(most) * density)
            return 0.0 if prices is None else float(prices.cost(tokens))

        density = known or USUAL_TOKENS_PER_BYTE
        mean, dear = cost(density), cost(known or CAUTIOUS_TOKENS_PER_BYTE)
        money = Money(mean_usd=mean, variance=((dear - mean) / P90) ** 2)
        return Amount(len(most), float(math.ceil(sum(most) * density)), money)
