"""Asking the graph: one entity by its name, what is around it, and how two are connected."""

from __future__ import annotations

import difflib
from itertools import pairwise
from typing import TYPE_CHECKING

from footnoted.errors import UsageError
from footnoted.profiles.brain.graph import store
from footnoted.profiles.brain.graph.entity import Subgraph
from footnoted.profiles.brain.graph.scope import ALL_EDGES
from footnoted.profiles.brain.naming import letters_of, name_key

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.profiles.brain.graph.entity import Entity
    from footnoted.profiles.brain.graph.scope import Followed

LONGEST_PATH = 6
"""Edges of the longest path that is looked for; beyond it everything is connected."""
EDGE_QUOTES = 3
"""Quotes that an edge shows at most."""


def choose(name: str, entities: Sequence[Entity]) -> Entity:
    """Return the entity called `name`, by its name first, then by what else it is called.

    Raises UsageError, with the names there are, for none and for more than one.
    """
    key = _letters(name)
    found = [each for each in entities if _letters(each.name) == key]
    if not found:
        found = [each for each in entities if key in map(_letters, each.aliases)]
    if not found and key:
        found = [each for each in entities if key in _letters(each.name)]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(sorted(f"{each.name} ({each.type})" for each in found[:8]))
        message = f"{len(found)} entities are called {name!r}: {names}"
        raise UsageError(message)
    nearest = difflib.get_close_matches(name, [each.name for each in entities], n=3)
    hint = f"; did you mean {' or '.join(nearest)}?" if nearest else ""
    message = f"there is no entity {name!r}{hint or ': `footnoted entities` lists all'}"
    raise UsageError(message)


async def find_entity(session: AsyncConnection, name: str) -> Entity:
    """Return the entity called `name`. Raises UsageError for none and for more than one."""
    return choose(name, _resolved(await store.list_entities(session)))


async def graph_around(
    session: AsyncConnection, name: str, depth: int, followed: Followed = ALL_EDGES
) -> Subgraph:
    """Return an entity and everything at most `depth` edges away, with all edges between."""
    entities = await store.list_entities(session)
    start = choose(name, _resolved(entities))
    about = followed.about(start.id)
    ids = await store.ids_around(session, start.id, depth, about)
    return await _subgraph(session, entities, ids, about)


async def path_between(
    session: AsyncConnection, names: tuple[str, str], followed: Followed = ALL_EDGES
) -> Subgraph:
    """Return the entities of a shortest path in its order, and the edges along it.

    Nothing where two are not connected within LONGEST_PATH edges.
    """
    entities = await store.list_entities(session)
    start, goal = (choose(name, _resolved(entities)) for name in names)
    about = followed.about(start.id, goal.id)
    ids = await store.ids_between(session, (start.id, goal.id), LONGEST_PATH, about)
    whole = await _subgraph(session, entities, ids, about)
    steps = {frozenset(pair) for pair in pairwise(ids)}
    along = tuple(
        edge for edge in whole.edges if frozenset((edge.source_id, edge.target_id)) in steps
    )
    return Subgraph(entities=whole.entities, edges=along)


async def _subgraph(
    session: AsyncConnection,
    entities: Sequence[Entity],
    ids: Collection[UUID],
    followed: Followed,
) -> Subgraph:
    by_id = {entity.id: entity for entity in entities}
    edges = await store.edges_between(session, ids, followed, EDGE_QUOTES)
    return Subgraph(entities=tuple(by_id[key] for key in ids), edges=tuple(edges))


def _resolved(entities: Sequence[Entity]) -> list[Entity]:
    return [entity for entity in entities if entity.is_resolved]


def _letters(name: str) -> str:
    return letters_of(name_key(name))
