"""The vectors of documents as PostgreSQL keeps them: what an index is written from, at no cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.search.embedding import store
from footnoted.search.embedding.recipes import RECIPES, Purpose, text_sha256

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from footnoted.db.session import Database
    from footnoted.search.embedding.recipes import Recipes
    from footnoted.search.embedding.spec import Channel, Spec
    from footnoted.search.layout import Vectors
    from footnoted.search.port import Document


class StoredVectors:
    """A VectorSource of one spec. What has no vector yet is written without, and again later."""

    def __init__(self, database: Database, spec: Spec, recipes: Recipes = RECIPES) -> None:
        """Read from `database`."""
        self._database = database
        self._spec = spec
        self._recipes = recipes

    async def vectors_of(self, documents: Sequence[Document]) -> Mapping[UUID, Vectors]:
        """Return the vectors there are, by document and channel."""
        found: dict[UUID, dict[str, tuple[float, ...]]] = {}
        async with self._database.transaction() as session:
            for channel in self._spec.dense:
                hashes = hashes_of(documents, channel, self._recipes)
                known = await store.kept(session, channel.sha256, set(hashes.values()))
                for document_id, sha256 in hashes.items():
                    if sha256 in known and (vector := known[sha256].vector) is not None:
                        found.setdefault(document_id, {})[channel.name] = vector
        return found


def hashes_of(documents: Sequence[Document], channel: Channel, recipes: Recipes) -> dict[UUID, str]:
    """Return the hash of what each document has for a channel; those that have nothing are out."""
    return {
        document.id: text_sha256(text, Purpose.DOCUMENT)
        for document in documents
        if (text := recipes[channel.name](document)) is not None
    }
