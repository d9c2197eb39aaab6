"""An index in a dictionary: whole words, counted, with verbs to break it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from footnoted.errors import TransientError
from footnoted.search.port import Hit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence
    from uuid import UUID

    from footnoted.search.port import Document, Filters, Query

_WORD = re.compile(r"[^\W_]+")


class FakeIndex:
    """A SearchIndex whose score is the share of a document's words that are asked for."""

    def __init__(self) -> None:
        """Start empty and reachable."""
        self.documents: dict[UUID, Document] = {}
        self.writes = 0
        self.rebuilds = 0
        self.was_recreated = True
        self._is_away = False

    def go_away(self) -> None:
        """Raise on every call from now on, as an unreachable server would."""
        self._is_away = True

    def come_back(self) -> None:
        """Answer again, with what was stored."""
        self._is_away = False

    def lose(self, document_ids: Iterable[UUID]) -> None:
        """Forget documents, as a damaged index would."""
        for document_id in document_ids:
            del self.documents[document_id]

    async def ensure_ready(self) -> None:
        """Return when the index answers."""
        self._answer()

    async def upsert(self, documents: Sequence[Document]) -> None:
        """Make these documents findable."""
        self._answer()
        self.writes += len(documents)
        self.documents.update({document.id: document for document in documents})

    async def delete(self, document_ids: Sequence[UUID]) -> None:
        """Make these documents unfindable."""
        self._answer()
        for document_id in document_ids:
            self.documents.pop(document_id, None)

    async def query(self, query: Query) -> list[Hit]:
        """Return the best hits, best first, ties in the order of ids."""
        self._answer()
        asked = set(_words(query.text))
        hits = [
            Hit(document_id=document.id, score=_score(document, asked))
            for document in self.documents.values()
            if _matches(document, query.filters) and _score(document, asked) > 0
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.document_id))[: query.limit]

    async def document_ids(self) -> set[UUID]:
        """Return the ids of everything."""
        self._answer()
        return set(self.documents)

    async def rebuild(self, batches: AsyncIterator[Sequence[Document]]) -> None:
        """Replace the whole content once all batches came."""
        self._answer()
        fresh: dict[UUID, Document] = {}
        async for documents in batches:
            fresh.update({document.id: document for document in documents})
        self._answer()
        self.documents = fresh
        self.rebuilds += 1
        self.was_recreated = False

    async def close(self) -> None:
        """Keep everything; a dictionary has nothing to let go of."""

    def _answer(self) -> None:
        if self._is_away:
            message = "The index is away."
            raise TransientError(message, wait_reason="index")


def _words(text: str) -> list[str]:
    """Return words, and every character of a script without spaces, stripped of plural's s."""
    found: list[str] = []
    for word in _WORD.findall(text.casefold()):
        found.extend(word if ord(word[0]) >= 0x3000 else [_stem(word)])
    return found


def _stem(word: str) -> str:
    return word.removesuffix("s").removesuffix("ing")


def _score(document: Document, asked: set[str]) -> float:
    held = _words(" ".join((document.title, document.text, *document.tags, *document.tools)))
    return sum(word in asked for word in held) / len(held) if held else 0.0


def _matches(document: Document, filters: Filters) -> bool:
    def same(wanted: str | None, *held: str | None) -> bool:
        names = [name.casefold() for name in held if name]
        return wanted is None or wanted.casefold() in names

    published_at = document.published_at
    return (
        filters.kind in (None, document.kind)
        and filters.profile in (None, document.profile)
        and filters.source_id in (None, document.source_id)
        and same(filters.creator, document.creator)
        and same(filters.category, document.category)
        and same(filters.tag, *document.tags)
        and same(filters.tool, *document.tools)
        and same(filters.speaker, *document.speakers)
        and (filters.since is None or (published_at is not None and published_at >= filters.since))
    )
