"""Whether an index that was built beside may serve: whole, labelled, and finding what is near.

Counts are compared with PostgreSQL. Recall is the share of the ten nearest, by comparing with
every vector, that the index finds by its graph, over samples that lie in it already.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from footnoted.search import store as documents
from footnoted.search.embedding import store
from footnoted.search.embedding.recipes import RECIPES
from footnoted.search.embedding.rows import Parity, Recall
from footnoted.search.embedding.stored_vectors import StoredVectors
from footnoted.search.port import Near
from footnoted.search.walk import every_document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.db.session import Database
    from footnoted.search.embedding.recipes import Recipes
    from footnoted.search.embedding.spec import Spec
    from footnoted.search.layout import Vectors
    from footnoted.search.port import DenseIndex

LEAST_RECALL = 0.95
_NEAREST = 10
_SAMPLES = 40


async def parity_of(
    database: Database, index: DenseIndex, spec: Spec, recipes: Recipes = RECIPES
) -> Parity:
    """Return what was seen of an index that nothing waits to be written to.

    Raises TransientError while it is away.
    """
    indexed = await index.document_ids()
    async with database.transaction() as session:
        stored = await documents.document_ids(session)
        waiting = await documents.outbox_document_ids(session)
        sampled = await store.sample(session, limit=_SAMPLES)
    problems: list[str] = []
    if missing := stored - indexed - waiting:
        problems.append(f"{len(missing)} documents are missing in it")
    if extra := indexed - stored - waiting:
        problems.append(f"it has {len(extra)} documents that PostgreSQL has not")
    if strangers := await index.mislabelled() - waiting:
        problems.append(f"{len(strangers)} points carry another spec")
    if not waiting:
        problems += await _missing_vectors(database, index, spec, recipes)
    vectors = await StoredVectors(database, spec, recipes).vectors_of(sampled)
    recalls = [await _recall(index, one.name, list(vectors.values())) for one in spec.dense]
    problems += [
        f"it finds {one.share:.0%} of what is nearest in the channel {one.channel}"
        for one in recalls
        if one.share < LEAST_RECALL
    ]
    return Parity(
        documents=len(stored),
        indexed=len(indexed),
        recalls=tuple(recalls),
        problems=tuple(problems),
    )


async def _recall(index: DenseIndex, channel: str, sampled: Sequence[Vectors]) -> Recall:
    found = expected = 0
    vectors = [one[channel] for one in sampled if channel in one]
    for vector in vectors:
        near = Near(channel=channel, vector=tuple(vector), limit=_NEAREST)
        exact = await index.nearest(near.model_copy(update={"exact": True}))
        # Equal scores may stand in any order: what is as near as the last one counts as found.
        least = exact[-1].score if exact else 0.0
        hits = await index.nearest(near)
        expected += len(exact)
        found += sum(hit.score >= least - 1e-6 for hit in hits[: len(exact)])
    share = found / expected if expected else 1.0
    return Recall(channel=channel, samples=len(vectors), share=share)


async def _missing_vectors(
    database: Database, index: DenseIndex, spec: Spec, recipes: Recipes
) -> list[str]:
    source = StoredVectors(database, spec, recipes)
    kept = Counter[str]()
    async for batch in every_document(database):
        held_by = await source.vectors_of([stored.document for stored in batch])
        for vectors in held_by.values():
            kept.update(list(vectors))
    held = {channel.name: await index.count_vectors(channel.name) for channel in spec.dense}
    return [
        f"it has {held[name]} vectors in the channel {name} instead of {kept[name]}"
        for name in held
        if held[name] != kept[name]
    ]
