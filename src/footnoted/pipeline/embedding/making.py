"""The vectors of documents that lack some: a batch at a time, resumable at any point.

    documents without theirs -> texts of each channel, by owner -> kept or bought -> noted

A document is noted as embedded, as of its content, together with a note to the drainer: an index
that has it already gets its vectors then.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from footnoted.errors import FootnotedError
from footnoted.llm.call import CallScope
from footnoted.model.status import ItemKind
from footnoted.pipeline.embedding.buying import Buyer, Order
from footnoted.pipeline.embedding.queries import NOBODYS
from footnoted.search import store as documents
from footnoted.search.embedding import store
from footnoted.search.embedding.recipes import RECIPES, Purpose, text_sha256
from footnoted.search.embedding.rows import SpecState
from footnoted.search.embedding.stored_vectors import hashes_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.pipeline.embedding.access import EmbeddingAccess
    from footnoted.search.embedding.recipes import Recipes
    from footnoted.search.embedding.rows import SpecRow
    from footnoted.search.store import StoredDocument

STAGE = "embed"
"""The stage under which calls are journaled."""
_BATCH = 512
_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the vectors of documents under specs that its access can embed for."""

    access: EmbeddingAccess
    recipes: Recipes = field(default_factory=lambda: RECIPES)

    def can_make(self, row: SpecRow) -> bool:
        """Return whether every dense channel of a spec is one of this embedder's."""
        return all(self.access.makes(channel) for channel in row.spec.dense)

    async def make_some(self, row: SpecRow) -> int:
        """Return how many documents got their vectors; 0 when all have theirs.

        Raises TransientError or BudgetExceededError for a wait, once everything that was sent is
        journaled; documents that got theirs before are noted.
        """
        async with self.access.database.transaction() as session:
            lacking = await store.unembedded(session, row.sha256, limit=_BATCH)
        if not lacking:
            return 0
        room, buyer = asyncio.Semaphore(_AT_ONCE), Buyer(self.access)

        async def made(group: Sequence[StoredDocument]) -> None:
            async with room:
                await self._make(buyer, row, group)

        groups = [list(group) for _, group in groupby(lacking, key=_owner)]
        results = await asyncio.gather(*map(made, groups), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, FootnotedError):
                raise result
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return len(lacking)

    async def _make(self, buyer: Buyer, row: SpecRow, group: Sequence[StoredDocument]) -> None:
        for order in self._orders(row, group):
            await buyer.fill(order)
        async with self.access.database.transaction() as session:
            await store.note_embedded(session, row.sha256, group)
            await self._note_retired(session, row, group)
            if row.is_whole:  # others may have bought the vectors after this went into the index
                await documents.enqueue(session, {one.document.id for one in group})

    async def _note_retired(
        self, session: AsyncConnection, row: SpecRow, group: Sequence[StoredDocument]
    ) -> None:
        """Note documents under retired specs of the same models too, where they have everything.

        Nothing is made for those, and what they can be gone back to with should be told.
        """
        for other in await store.specs(session):
            if other.state is not SpecState.RETIRED or not other.shares(row.spec):
                continue
            lacking: set[UUID] = set()
            for channel in other.spec.dense:
                hashes = hashes_of([one.document for one in group], channel, self.recipes)
                known = await store.kept(session, channel.sha256, set(hashes.values()))
                lacking |= {one for one, sha256 in hashes.items() if sha256 not in known}
            whole = [one for one in group if one.document.id not in lacking]
            await store.note_embedded(session, other.sha256, whole)

    def _orders(self, row: SpecRow, group: Sequence[StoredDocument]) -> Iterator[Order]:
        video_id = _owner(group[0])
        item = NOBODYS if video_id is None else (ItemKind.VIDEO.value, video_id)
        scope = CallScope(*item, STAGE)
        texts: defaultdict[str, dict[str, str]] = defaultdict(dict)
        channels = {channel.sha256: channel for channel in row.spec.dense}
        for channel in row.spec.dense:
            for stored in group:
                if (text := self.recipes[channel.name](stored.document)) is not None:
                    texts[channel.sha256][text_sha256(text, Purpose.DOCUMENT)] = text
        for channel_sha256, by_hash in texts.items():
            ordered = tuple(by_hash[sha256] for sha256 in sorted(by_hash))
            yield Order(channels[channel_sha256], Purpose.DOCUMENT, ordered, scope)


def _owner(stored: StoredDocument) -> int | None:
    return stored.document.video_id
