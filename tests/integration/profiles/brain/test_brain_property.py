"""Entities and graph follow from the recordings there are: not from order, nor from what left."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

import pytest

from footnoted.db.engine import make_engine
from footnoted.db.session import Database
from footnoted.llm.extractive import answer_task
from footnoted.profiles.brain.graph.scope import ALL_EDGES
from footnoted.profiles.brain.graph.store import citations_of, edges_between, list_entities
from tests.fakes.asker import FakeAsker
from tests.fakes.brain import make_profile, meeting
from tests.fakes.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.workshop import Recording

SAID = (
    "We met Parithosh Jayanthi at the Northwind Labs office",
    "I think Paritosh Jayanthi is right about the GitHub release",
    "The Git Hub release of Northwind Labs needs Grace Oduya",
    "Then Grace Oduya told Barnabas about the Ethereum Foundation",
    "As far as Barnabis knows the Ethereum Foundation pays for it",
    "On the GitHub page Grace says that All Core Devs will meet",
    "For the ACD call of All Core Devs we need Parithosh Jayanthi",
    "So let us ask Grace Oduya and Paritosh Jayanthi by March 14",
)


def _recordings(seed: int, count: int) -> list[Recording]:
    """Return recordings that partly name the same, some in other spellings."""
    chance = random.Random(seed)  # noqa: S311 - a test's choice
    return [
        meeting(
            f"call-{number}",
            *(f"{chance.choice(('Ada', 'Bo'))}: {line}" for line in chance.sample(SAID, 3)),
            day=number,
        )
        for number in range(count)
    ]


async def _library(url: str, arriving: list[Recording], leaving: list[Recording]) -> set[object]:
    """Return everything there is to be seen when some arrive and others leave in between."""
    engine = make_engine(url, application_name="test")
    office = Workshop(Database(engine), make_profile(), FakeAsker(answer_task))
    gone = {recording.name for recording in leaving}
    for recording in arriving:
        video = await office.add(recording)
        await office.process(video)
        if recording.name in gone:
            await office.remove(video)
    assert (await office.verify()).holds
    seen = await _seen(office)
    await engine.dispose()
    return seen


async def _seen(office: Workshop) -> set[object]:
    async with office.database.transaction() as session:
        entities = await list_entities(session)
        ids = [entity.id for entity in entities]
        cited = await citations_of(session, ids)
        edges = await edges_between(session, ids, ALL_EDGES, 100)
    names = {entity.id: entity.name for entity in entities}
    return {
        *(
            (
                *entity.model_dump(include={"name", "type", "named", "videos"}).values(),
                entity.aliases,
                entity.is_resolved,
                entity.near and (entity.near.name, entity.near.verdict),
                tuple(
                    (each.video_title, each.first_cue, each.start_char) for each in cited[entity.id]
                ),
            )
            for entity in entities
        ),
        *(
            (
                frozenset((names[edge.source_id], names[edge.target_id])),
                *(edge.kind, edge.predicate, edge.times),
                tuple((each.video_title, each.quote) for each in edge.citations),
            )
            for edge in edges
        ),
    }


@pytest.fixture
def six_databases(template_database: str, new_database: Callable[[str], str]) -> list[str]:
    """Return the URLs of six databases with the schema and no rows."""
    return [new_database(template_database) for _ in range(6)]


async def test_every_order_of_three_recordings_gives_the_same(six_databases: list[str]) -> None:
    """Spellings meet in any order; names, aliases, quotes and edges are the same."""
    seen = [
        await _library(url, list(order), [])
        for url, order in zip(six_databases, itertools.permutations(_recordings(3, 3)), strict=True)
    ]
    assert seen[0]
    assert all(each == seen[0] for each in seen)


@pytest.mark.parametrize("seed", range(2))
async def test_what_left_leaves_no_trace(six_databases: list[str], seed: int) -> None:
    """Three that stay are the same as if two others had never come, whenever these came."""
    recordings = _recordings(seed, 5)
    chance = random.Random(seed)  # noqa: S311 - a test's choice
    plainly = await _library(six_databases[0], recordings[:3], [])
    messily = await _library(
        six_databases[1], chance.sample(recordings, len(recordings)), recordings[3:]
    )
    assert plainly
    assert plainly == messily


async def test_two_spellings_are_one_only_while_a_third_joins_them(
    six_databases: list[str],
) -> None:
    """An entity is what hangs together now: without the name between, two are two again."""
    engine = make_engine(six_databases[0], application_name="test")
    office = Workshop(Database(engine), make_profile(), FakeAsker(answer_task))
    line = "We think that {} is the one who knows, and {} knows"
    spellings = ("Parithosh Jayanthi", "Paritosh Jayanthi", "Paritosh Jayanti")
    videos = [
        await office.add(meeting(f"call-{at}", line.format(name, name)))
        for at, name in enumerate(spellings)
    ]
    for video in videos:
        await office.process(video)
    await office.rows("""
      UPDATE brain_name_pairs p SET verdict = 'unsure' FROM brain_names a, brain_names b
      WHERE a.name_id = p.first_id AND b.name_id = p.second_id
        AND NOT 'paritosh jayanthi' IN (a.key, b.key) RETURNING 1""")
    joined = await _names(office)
    await office.remove(videos[1])
    apart = await _names(office)
    await engine.dispose()
    assert joined == [frozenset(spellings)]
    assert sorted(apart, key=sorted) == [frozenset((spellings[0],)), frozenset((spellings[2],))]


async def _names(office: Workshop) -> list[frozenset[str]]:
    async with office.database.transaction() as session:
        entities = await list_entities(session)
    return [frozenset((entity.name, *entity.aliases)) for entity in entities]
