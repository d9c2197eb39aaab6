"""The search index as a process has it: the adapter that the settings name, and one index per spec.

Without an embedder and without a spec that was ever built that is one index of words.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from footnoted.errors import TransientError
from footnoted.ledger.prices import PriceTable
from footnoted.pipeline.embedding.keeper import EmbeddingKeeper
from footnoted.pipeline.paid import PaidSetup
from footnoted.search.audit import ensure_filled
from footnoted.search.drain import OutboxDrainer
from footnoted.search.embedding.assembly import make_embedder, search_weights, wanted_spec
from footnoted.search.embedding.spec_indexes import Searching, SpecIndexes
from footnoted.search.embedding.stored_vectors import StoredVectors
from footnoted.search.layout import WORDS_ONLY, Layout
from footnoted.search.qdrant_edge import QdrantEdgeIndex

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from decimal import Decimal

    from footnoted.db.session import Database
    from footnoted.db.storage import Storage
    from footnoted.pipeline.embedding.access import EmbeddingAccess
    from footnoted.pipeline.paid import ModelAccess
    from footnoted.search.embedding.spec import Spec
    from footnoted.search.layout import VectorSource
    from footnoted.search.port import DenseIndex
    from footnoted.settings import Settings


def make_index(
    settings: Settings, layout: Layout = WORDS_ONLY, vectors: VectorSource | None = None
) -> DenseIndex:
    """Return the index of a layout where the settings want it; nothing is opened yet."""
    if settings.qdrant_url is None:
        folder = settings.index_dir
        if layout.dense:
            folder = folder.with_name(f"{folder.name}-{layout.spec}")
        return QdrantEdgeIndex(folder, layout, vectors)
    # Its client takes a second to import, which commands on the embedded index should not wait for.
    from footnoted.search.qdrant_server import QdrantServerIndex  # noqa: PLC0415

    key = settings.qdrant_api_key
    return QdrantServerIndex.connect(
        settings.qdrant_url,
        api_key=key.get_secret_value() if key else None,
        layout=layout,
        vectors=vectors,
    )


def make_indexes(storage: Storage, access: EmbeddingAccess | None = None) -> SpecIndexes:
    """Return the indexes of all specs as one; without an `access` searches go by words alone."""
    searching = None
    if access is not None:
        # What buys is not needed where nothing is embedded.
        from footnoted.pipeline.embedding.queries import QueryEmbedding  # noqa: PLC0415

        searching = Searching(QueryEmbedding(access), search_weights(storage.settings))
    make = partial(_index_of, storage.settings, storage.database)
    return SpecIndexes(storage.database, make, searching)


def make_embedding(
    storage: Storage, models: ModelAccess | None = None, run_cap: Decimal | None = None
) -> EmbeddingAccess | None:
    """Return what embeds and what its money goes through; None where nothing is to be embedded.

    Raises ConfigurationError for a missing package, key or price, and where no spec is said.
    """
    settings = storage.settings
    search_weights(settings)
    wanted = wanted_spec(settings)
    embedder = make_embedder(settings, storage.clock.now())
    if wanted is None or embedder is None:
        return None
    # What buys is not needed where nothing is embedded.
    from footnoted.pipeline.embedding.access import pay_for_embedding  # noqa: PLC0415

    prices = PriceTable.load(settings.prices_file)
    setup = PaidSetup(settings, storage.database, storage.clock, prices, run_cap)
    return pay_for_embedding(embedder, wanted, setup, models)


def make_keeper(
    storage: Storage, index: SpecIndexes, access: EmbeddingAccess | None
) -> EmbeddingKeeper:
    """Return what looks after the specs of `index`."""
    return EmbeddingKeeper(storage.database, storage.clock, index, access)


@asynccontextmanager
async def opened_indexes(storage: Storage) -> AsyncGenerator[SpecIndexes]:
    """Yield the indexes of all specs as one, with what embeds queries, and close both."""
    access = make_embedding(storage)
    index = make_indexes(storage, access)
    try:
        if access is not None:
            await access.load()
        yield index
    finally:
        await index.close()
        if access is not None:
            await access.close()


async def catch_up_index(storage: Storage) -> bool:
    """Apply to the index what changed in PostgreSQL; return False when another process has it.

    That process is the daemon, which applies it by itself, or a command about to end.
    """
    index = make_indexes(storage)
    try:
        await index.ensure_ready()
        if index.was_recreated:
            await ensure_filled(storage.database, index)
        else:
            await OutboxDrainer(storage.database, index).drain_all()
    except TransientError:
        return False
    finally:
        await index.close()
    return True


def _index_of(settings: Settings, database: Database, spec: Spec) -> DenseIndex:
    return make_index(settings, spec.layout, StoredVectors(database, spec))
