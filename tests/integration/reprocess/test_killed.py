"""A plan that dies in any phase of being applied ends as if nothing had happened."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.engine import make_url

from footnoted.db.engine import make_engine
from footnoted.db.session import Database
from footnoted.reprocess.applying import apply_plan
from footnoted.reprocess.scope import Reach, Scope
from footnoted.search.drain import OutboxDrainer
from footnoted.search.port import Query
from footnoted.search.qdrant_edge import QdrantEdgeIndex
from tests.fakes.house import Furnished
from tests.fakes.machine import rows_of
from tests.fakes.mortal import Death, MortalDatabase
from tests.fakes.workshop import Recording

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


STALE = Scope(Reach.STALE)
RECORDINGS = (
    Recording(
        "bread",
        (
            "Knead the bread dough for ten minutes in the morning",
            "Let the bread rise until it has doubled in size",
            "A sauce needs salt before it needs anything else",
        ),
    ),
    Recording("loaf", ("Score the bread with a razor", "Steam gives the bread its crust")),
)
SPACING = 8
"""Of the machine's commits one in so many is died at, before it and after it in turn."""
CONTENT = {
    "claims": """
      SELECT p.slug, c.text, e.quote, e.first_cue FROM pages p
      JOIN claims c ON c.page_version_id = p.current_version_id
      JOIN claim_evidence ce ON ce.claim_id = c.id JOIN evidence e ON e.id = ce.evidence_id
      WHERE p.retired_at IS NULL ORDER BY 1, 2, 3""",
    "moments": """SELECT id, title, category FROM technique_moments
                  WHERE retired_at IS NULL ORDER BY id""",
    "documents": "SELECT id, content_sha256 FROM documents ORDER BY id",
    "made by": """SELECT item_kind, item_id, stage, parts, output_sha256 FROM work_orders
                  ORDER BY 1, 2, 3""",
    "items": "SELECT 'video', id, status FROM videos UNION ALL "
    "SELECT 'group', id, status FROM page_groups ORDER BY 1, 2",
    "left of plans": "SELECT * FROM plan_items",
    "answers": "SELECT request_sha256, count(*) FROM llm_calls WHERE usable GROUP BY 1 ORDER BY 1",
}


@dataclass
class Ended:
    """What stands at the end, how often models were asked, and how many answers were lost."""

    content: dict[str, list[tuple[Any, ...]]]
    asked: int
    lost: int
    searches: int
    applying: int = 0
    commits: int = 0


def plant_on(database: Database, folder: Path, index: QdrantEdgeIndex) -> Furnished:
    """Return a program on a database, by the prompt that has changed."""
    plant = Furnished(database, folder, index=index)
    plant.edit("extract", "Shout.")
    return plant


async def fill(url: str, folder: Path) -> None:
    """Make a library by the prompt of before."""
    engine = make_engine(url, application_name="test", pool_size=5, max_overflow=20)
    plant = Furnished(Database(engine), folder)
    for recording in RECORDINGS:
        await plant.add(recording)
    await plant.drain()
    await engine.dispose()


async def redo(plant: Furnished) -> None:
    """Redo what is stale, as a person would who begins again: plan, apply, work."""
    plan = await plant.plan(STALE)
    await apply_plan(plant.idle_deps(), STALE, plan, None)
    await rows_of(plant.database, "UPDATE plans SET stop_at_usd = NULL RETURNING 1")
    await plant.drain()


async def run(url: str, folder: Path, death: Death | None) -> Ended:
    """Apply a plan, perhaps die of it, begin again, and return what came of it."""
    engine = make_engine(url, application_name="test", pool_size=5, max_overflow=20)
    living, mortal = Database(engine), MortalDatabase(engine, death)
    index = QdrantEdgeIndex(folder / "index")
    stop, found = asyncio.Event(), list[int]()
    searching = asyncio.create_task(search_all_the_time(index, living, stop, found))
    plant = plant_on(mortal, folder, index)
    plan = await plant.plan(STALE)
    assert {redoing.stage for redoing in plan.redoings()} == {"extract"}
    applying = 0

    async def work() -> None:
        nonlocal applying
        begun = mortal.commits
        await apply_plan(plant.idle_deps(), STALE, plan, None)
        applying = mortal.commits - begun
        await rows_of(mortal, "UPDATE plans SET stop_at_usd = NULL RETURNING 1")
        await plant.drain()

    planned = mortal.commits
    assert planned == 0, "a plan wrote something"
    survived = await mortal.lives_through(work())
    assert survived == (death is None)
    asked = len(plant.model.asked)
    lost = await time_passes(living)
    if death is not None:
        next_one = plant_on(living, folder, index)
        await redo(next_one)
        asked += len(next_one.model.asked)
    assert (await plant_on(living, folder, index).plan(STALE)).stale == ()
    stop.set()
    await searching
    assert all(found), "something was not found for a moment"
    content = {
        name: [tuple(map(str, row)) for row in await rows_of(living, query)]
        for name, query in CONTENT.items()
    }
    await index.close()
    await engine.dispose()
    return Ended(content, asked, lost, len(found), applying, mortal.commits)


async def time_passes(database: Database) -> int:
    """Let calls that nobody will answer be overdue; return how many there are."""
    rows = await rows_of(
        database,
        """UPDATE llm_calls SET deadline_at = now() - interval '1 second'
           WHERE state = 'sent' RETURNING 1""",
    )
    return len(rows)


async def search_all_the_time(
    index: QdrantEdgeIndex, database: Database, stop: asyncio.Event, found: list[int]
) -> None:
    """Note how many hits each search has, from when the index has all documents."""
    await rows_of(
        database, "INSERT INTO index_outbox (document_id) SELECT id FROM documents RETURNING 1"
    )
    await OutboxDrainer(database, index).drain_all()
    while not stop.is_set():
        found.append(len(await index.query(Query(text="bread"))))
        await asyncio.sleep(0.005)


@pytest.mark.filterwarnings("ignore:The garbage collector is trying to clean up")
def test_a_death_in_any_phase_of_applying_leaves_no_trace(
    new_database: Callable[[str], str], template_database: str, tmp_path: Path
) -> None:
    """Equal content, each answer bought once but for those that were lost, searches all answered.

    Putting items back, which is one commit, is died at before and after it; redoing them, at some.
    """
    filled = new_database(template_database)
    asyncio.run(fill(filled, tmp_path))
    template = str(make_url(filled).database)

    def case(death: Death | None) -> Ended:
        folder = tmp_path / str(death)
        folder.mkdir()
        return asyncio.run(run(new_database(template), folder, death))

    undisturbed = case(None)
    assert undisturbed.content["claims"]
    assert (undisturbed.lost, undisturbed.content["left of plans"]) == (0, [])
    assert undisturbed.applying == 1
    deaths = [Death(1, is_after=False)]
    deaths += [Death(nth, is_after=True) for nth in range(1, undisturbed.applying + 1)]
    machine = range(undisturbed.applying + 2, undisturbed.commits + 1, SPACING)
    deaths += [Death(nth, turn % 2 == 0) for turn, nth in enumerate(machine)]
    for death in deaths:
        ended = case(death)
        assert ended.content == undisturbed.content, death
        assert ended.asked <= undisturbed.asked + ended.lost, death
