"""Pages follow from the recordings there are: not from their order, nor from those that left."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

import pytest

from footnoted.db.engine import make_engine
from footnoted.db.session import Database
from tests.fakes.asker import FakeAsker, answer_by_rules
from tests.fakes.techniques import make_profile
from tests.fakes.whim import answer_by_whim
from tests.fakes.workshop import Recording, Workshop

if TYPE_CHECKING:
    from collections.abc import Callable

    from footnoted.llm.tasks import Answer, Task

SAID = (
    "Knead the bread dough for ten minutes",
    "Let the bread rise until it doubled",
    "A sauce needs salt before anything else",
    "Bake the bread in a pot that is hot",
    "Cut the reverb below three hundred hertz",
    "Tune the kick to the key of the song",
    "Whisk the sauce while the butter melts",
    "Score the bread with one quick stroke",
    "A long reverb drowns a fast song",
    "Nothing here is worth to be kept",
)


def _recordings(seed: int) -> list[Recording]:
    """Return five recordings of two creators that partly say the same."""
    chance = random.Random(seed)  # noqa: S311 - a test's choice
    return [
        Recording(
            f"talk-{number}",
            tuple(chance.sample(SAID, chance.randint(4, 8))),
            creator=("Ada", "Grace")[number % 2],
            day=number // 2,
        )
        for number in range(5)
    ]


@pytest.fixture
def six_databases(template_database: str, new_database: Callable[[str], str]) -> list[str]:
    """Return the URLs of six databases with the schema and no rows."""
    return [new_database(template_database) for _ in range(6)]


@pytest.mark.parametrize("seed", range(6))
async def test_order_of_arrival_and_what_left_do_not_matter(
    six_databases: list[str], seed: int
) -> None:
    """In any order, with composing at any time and others coming and going: the same claims.

    Claims are compared with their pages and their support, once nothing is due. Every other time
    the model words everything by all that it was shown.
    """
    recordings = _recordings(seed)
    stay = recordings[:3]
    answer = answer_by_whim if seed % 2 else answer_by_rules
    plainly = await _in_order(six_databases[0], stay, [], seed, answer)
    chance = random.Random(seed)  # noqa: S311 - a test's choice
    shuffled = chance.sample(recordings, len(recordings))
    messily = await _in_order(six_databases[1], shuffled, recordings[3:], seed, answer)
    assert plainly
    assert plainly == messily


async def _in_order(
    url: str,
    arriving: list[Recording],
    leaving: list[Recording],
    seed: int,
    answer: Callable[[Task], Answer] = answer_by_whim,
) -> set[tuple[str, str, str, frozenset[tuple[str, int, str]]]]:
    """Return the published claims when some arrive and others leave, composed now and then."""
    engine = make_engine(url, application_name="test")
    workshop = Workshop(Database(engine), make_profile(), FakeAsker(answer))
    chance = random.Random(seed + 1)  # noqa: S311 - a test's choice
    videos: dict[str, int] = {}
    gone: set[str] = set()
    for recording in arriving:
        videos[recording.name] = await workshop.add(recording)
        await workshop.process(videos[recording.name])
        for other in leaving:
            if other.name in videos and other.name not in gone and chance.random() < 0.5:
                gone.add(other.name)
                await workshop.remove(videos[other.name])
                assert (await workshop.verify()).holds
        if chance.random() < 0.5:
            await workshop.compose()
    for other in leaving:
        if other.name not in gone:
            await workshop.remove(videos[other.name])
    await workshop.compose()
    assert (await workshop.verify()).holds
    claims = await workshop.claims()
    await engine.dispose()
    return claims


async def test_deleting_everything_leaves_no_page_and_no_document(workshop: Workshop) -> None:
    """What nobody says any more is not published, not even before it is composed anew."""
    videos = [await workshop.add(recording) for recording in _recordings(1)]
    for video in videos:
        await workshop.process(video)
    await workshop.compose()
    for video in videos:
        await workshop.remove(video)
    counts = await workshop.rows("""
      SELECT (SELECT count(*) FROM pages WHERE retired_at IS NULL), (SELECT count(*) FROM claims),
        (SELECT count(*) FROM evidence), (SELECT count(*) FROM technique_moments),
        (SELECT count(*) FROM documents)""")
    assert [tuple(row) for row in counts] == [(0, 0, 0, 0, 0)]


async def test_all_orders_of_three_recordings_are_the_same(
    six_databases: list[str],
) -> None:
    """Every permutation gives the same claims with the same support."""
    results = [
        await _in_order(six_databases[number], list(order), [], number)
        for number, order in enumerate(itertools.permutations(_recordings(7)[:3]))
    ]
    assert all(result == results[0] for result in results)
