"""The index on a Qdrant server, for several daemons on one database.

The same terms and weights as in the embedded index, so both rank alike. What everybody asks is an
alias: a rebuild fills a new collection, moves the alias in one step, and drops the old collection.
"""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
from qdrant_client import AsyncQdrantClient, models
from qdrant_client.common.client_exceptions import QdrantException
from qdrant_client.http.exceptions import ApiException

from footnoted.errors import TransientError
from footnoted.search.layout import WORDS_ONLY, Layout, NoVectors
from footnoted.search.points import Written
from footnoted.search.points import batches as in_batches
from footnoted.search.server_collection import Collection
from footnoted.search.terms import ANALYSIS_VERSION

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator, Sequence
    from uuid import UUID

    from footnoted.search.layout import VectorSource
    from footnoted.search.points import PointData
    from footnoted.search.port import Document, Hit, Near, Query

_TIMEOUT_S = 30
_RETRY_AFTER_S = 30.0
_VENDOR_ERRORS = (ApiException, QdrantException, httpx.HTTPError, OSError)


class QdrantServerIndex:
    """A DenseIndex behind the alias `name`; closing it closes the client."""

    def __init__(
        self,
        client: AsyncQdrantClient,
        *,
        name: str = "footnoted",
        layout: Layout = WORDS_ONLY,
        vectors: VectorSource | None = None,
    ) -> None:
        """Use `client`; nothing is asked or created yet. An alias has one layout for ever.

        `vectors` is where those of documents come from when they are written.
        """
        self._client = client
        self._name = name
        self._layout = layout
        self._vectors = vectors or NoVectors()
        self._served = Collection(client, name)
        self._is_ready = False
        self._was_recreated = False

    @classmethod
    def connect(
        cls,
        url: str,
        *,
        api_key: str | None = None,
        layout: Layout = WORDS_ONLY,
        vectors: VectorSource | None = None,
    ) -> QdrantServerIndex:
        """Return an index on the server at `url`; nothing is asked yet.

        One of words is behind the alias `footnoted`, others have their spec in the name.
        """
        # The compatibility check would ask the server here, and block the event loop.
        client = AsyncQdrantClient(
            url=url, api_key=api_key, timeout=_TIMEOUT_S, check_compatibility=False
        )
        name = f"footnoted-{layout.spec}" if layout.dense else "footnoted"
        return cls(client, name=name, layout=layout, vectors=vectors)

    @property
    def was_recreated(self) -> bool:
        """Return whether the collection was missing or of another version, and is empty now."""
        return self._was_recreated

    async def ensure_ready(self) -> None:
        """Return when the collection exists; create it when there is none of this version.

        Raises:
            TransientError: the server is away or refuses.

        """
        with self._translated():
            if await self._target() is None:
                await self._switch(await self._create())
                self._was_recreated = True
            self._is_ready = True

    async def upsert(self, documents: Sequence[Document]) -> None:
        """Make these documents findable, replacing those with equal ids."""
        await self._require()
        with self._translated():
            await self._fill(self._served, documents)

    async def delete(self, document_ids: Sequence[UUID]) -> None:
        """Make these documents unfindable; unknown ids are fine."""
        await self._require()
        with self._translated():
            if document_ids:
                await self._served.delete(document_ids)

    async def query(self, query: Query) -> list[Hit]:
        """Return the best hits, best first; ties in the order of ids."""
        await self._require()
        with self._translated():
            return await self._served.query(query)

    async def nearest(self, near: Near) -> list[Hit]:
        """Return the documents whose vectors are most alike, best first; ties by id."""
        await self._require()
        with self._translated():
            return await self._served.nearest(near)

    async def document_ids(self) -> set[UUID]:
        """Return the ids of everything in the index."""
        await self._require()
        with self._translated():
            return await self._served.document_ids()

    async def mislabelled(self) -> set[UUID]:
        """Return the documents whose points carry the name of another spec, or none."""
        await self._require()
        with self._translated():
            return await self._served.mislabelled(self._layout.spec)

    async def count_vectors(self, channel: str) -> int:
        """Return how many documents have a vector in a dense channel."""
        await self._require()
        with self._translated():
            return await self._served.count_vectors(channel)

    async def points(self, document_ids: Sequence[UUID]) -> list[PointData]:
        """Return the points of those of the documents that have one."""
        await self._require()
        with self._translated():
            return await self._served.points(document_ids)

    async def rebuild(self, batches: AsyncIterator[Sequence[Document]]) -> None:
        """Fill a new collection while the old one serves, then move the alias to it."""
        with self._translated():
            built = await self._create()
        try:
            async for documents in batches:
                with self._translated():
                    await self._fill(Collection(self._client, built), documents)
            with self._translated():
                await self._switch(built)
        except BaseException:
            with self._translated():
                await self._client.delete_collection(built)
            raise
        self._is_ready = True
        self._was_recreated = False

    async def drop(self) -> None:
        """Remove the alias with every collection that was made for it, and close the client."""
        with self._translated():
            for one in (await self._client.get_collections()).collections:
                if one.name.startswith(self._prefix):
                    await self._client.delete_collection(one.name)
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _fill(self, collection: Collection, documents: Sequence[Document]) -> None:
        for batch in in_batches(documents):
            vectors = await self._vectors.vectors_of(batch)
            await collection.upsert(Written(batch, self._layout, vectors))
        while await collection.weigh_some_anew():
            pass

    async def _require(self) -> None:
        if not self._is_ready:
            await self.ensure_ready()

    async def _create(self) -> str:
        name = f"{self._prefix}{uuid.uuid4().hex}"
        await Collection(self._client, name).create(self._layout)
        return name

    async def _switch(self, target: str) -> None:
        """Move the alias to `target` and drop what it stood for."""
        old = await self._aliased()
        remove = models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name=self._name))
        create = models.CreateAliasOperation(
            create_alias=models.CreateAlias(collection_name=target, alias_name=self._name)
        )
        await self._client.update_collection_aliases([remove, create] if old else [create])
        if old:
            await self._client.delete_collection(old)

    async def _target(self) -> str | None:
        """Return the collection that serves, or None when there is none of this version."""
        name = await self._aliased()
        return name if name and name.startswith(self._prefix) else None

    async def _aliased(self) -> str | None:
        aliases = (await self._client.get_aliases()).aliases
        names = {alias.alias_name: alias.collection_name for alias in aliases}
        return names.get(self._name)

    @property
    def _prefix(self) -> str:
        return f"{self._name}-v{ANALYSIS_VERSION}-"

    @contextmanager
    def _translated(self) -> Generator[None]:
        """Turn the client's errors into ours; after one, the collection is looked for again."""
        try:
            yield
        except _VENDOR_ERRORS as error:
            self._is_ready = False
            message = f"The Qdrant server does not answer as it should: {error}"
            raise TransientError(
                message, wait_reason="index", retry_after_s=_RETRY_AFTER_S, concerns=self._name
            ) from error
