"""A page says what really made the moments it rests on, whatever is configured by now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from footnoted.knowledge.groups.store import retract_video
from footnoted.knowledge.library.store import list_pages, read_page
from footnoted.knowledge.render import render_markdown
from footnoted.reprocess.applying import apply_plan
from footnoted.reprocess.scope import Reach, Scope
from tests.fakes.machine import rows_of
from tests.fakes.plant import DearModel
from tests.fakes.workshop import Recording

if TYPE_CHECKING:
    from footnoted.knowledge.pages.view import PageView
    from tests.fakes.plant import Plant

OLD = Recording(
    "old",
    (
        "Knead the bread dough for ten minutes in the morning",
        "Let the bread rise until it has doubled in size",
    ),
)
NEW = Recording("new", ("Score the bread with a razor", "Steam gives the bread its crust"), day=1)
READING = ["transcribe", "segment", "extract", "classify"]


async def the_page(plant: Plant, version: int | None = None) -> PageView:
    """Return the one page there is."""
    async with plant.database.transaction() as session:
        (summary,) = await list_pages(session)
        page = await read_page(session, summary.id, version)
    assert page is not None
    return page


async def composed(plant: Plant) -> list[Any]:
    """Return the calls that pages were composed with, and the versions of pages."""
    return await rows_of(
        plant.database,
        """SELECT (SELECT count(*) FROM llm_calls WHERE stage = 'compose'),
             (SELECT count(*) FROM page_versions)""",
    )


def makers(page: PageView, stage: str) -> dict[tuple[int, ...], tuple[tuple[str, ...], str]]:
    """Return who answered a stage with which prompt, by the videos it was done for."""
    return {
        origin.video_ids: (making.models, making.prompts[stage])
        for origin in page.provenance.origins
        for making in origin.stages
        if making.stage == stage
    }


async def test_each_recording_of_a_page_names_what_read_it(plant: Plant) -> None:
    """One came before a change of model and prompt, one after; the page has both in words."""
    old = await plant.add(OLD)
    await plant.drain()
    before = plant.profile().prompts["extract"].sha256
    (alone,) = (await the_page(plant)).provenance.origins
    plant.models = (DearModel("other"), DearModel())
    plant.edit("extract", "Take your time.")
    now = plant.prompts["extract"].sha256
    new = await plant.add(NEW)
    await plant.drain()
    page = await the_page(plant)
    made = page.provenance
    assert ([each.stage for each in alone.stages], alone.video_ids) == (READING, (old,))
    assert makers(page, "extract") == {(old,): (("dear",), before), (new,): (("other",), now)}
    assert made.model_names == ("dear", "other")
    assert (made.models["compose"], made.models["extract"]) == ("other", "dear, other")
    assert made.prompts["extract"] == ", ".join(sorted((before, now)))
    assert (await the_page(plant, 1)).provenance.origins == (alone,)
    text = render_markdown(page)
    assert f"- *Made of video {old}: transcribe 1, segment" in text
    assert f" by other with prompt {now[:8]}, classify" in text
    assert "Made of video" not in render_markdown(await the_page(plant, 1))


async def test_another_maker_of_the_same_moments_composes_and_buys_nothing(plant: Plant) -> None:
    """Its page says the same, and was made the way that its version says."""
    video = await plant.add(OLD)
    await plant.add(NEW)
    await plant.drain()
    before, page = await composed(plant), await the_page(plant)
    plant.edit("extract", "Take your time.")
    scope = Scope(Reach.VIDEO, (video,))
    plan = await plant.plan(scope)
    assert {(line.stage, line.money.calls) for line in plan.lines if line.money.calls} == {
        ("extract", 1)
    }
    await apply_plan(plant.idle_deps(), scope, plan, None)
    await plant.drain()
    await rows_of(plant.database, "UPDATE page_groups SET status = 'stale' RETURNING 1")
    await plant.drain()
    (saved,) = await rows_of(
        plant.database,
        """SELECT saved_by->'parts'->>'prompt' FROM work_orders
           WHERE item_kind = 'video' AND item_id = :id AND stage = 'extract'""",
        id=video,
    )
    assert saved[0] == plant.prompts["extract"].sha256
    assert await composed(plant) == before
    assert (await the_page(plant)).provenance == page.provenance
    (event,) = await rows_of(
        plant.database,
        """SELECT fields FROM events WHERE item_kind = 'page_group' ORDER BY id DESC LIMIT 1""",
    )
    assert event[0] == {"to": "current", "unchanged": True}


async def test_what_is_worked_on_anew_is_named_by_what_it_was_saved_by(plant: Plant) -> None:
    """Its stage is pinned under a new prompt already, and its moments are still the old ones."""
    old = await plant.add(OLD)
    await plant.drain()
    before = plant.profile().prompts["extract"].sha256
    plant.edit("extract", "Take your time.")
    await rows_of(
        plant.database,
        """UPDATE work_orders SET given = '{}', closed_at = NULL, output_sha256 = NULL,
             parts = parts || jsonb_build_object('prompt', CAST(:now AS text))
           WHERE item_kind = 'video' AND stage = 'extract' RETURNING 1""",
        now=plant.prompts["extract"].sha256,
    )
    new = await plant.add(NEW)
    await plant.drain()
    prompts = {ids: prompt for ids, (_, prompt) in makers(await the_page(plant), "extract").items()}
    assert prompts == {(old,): before, (new,): plant.prompts["extract"].sha256}


async def test_a_recording_that_is_taken_back_takes_what_made_it_along(plant: Plant) -> None:
    """Neither its id nor its model and prompt stay on the page, nor on any version of it."""
    old = await plant.add(OLD)
    await plant.drain()
    before = plant.profile().prompts["extract"].sha256
    plant.models = (DearModel("other"), DearModel())
    plant.edit("extract", "Take your time.")
    new = await plant.add(NEW)
    await plant.drain()
    async with plant.database.transaction() as session:
        await retract_video(session, old)
    made = (await the_page(plant)).provenance
    assert [origin.video_ids for origin in made.origins] == [(new,)]
    assert made.model_names == ("other",)
    assert made.prompts["extract"] == plant.prompts["extract"].sha256
    assert made.prompts["compose"] == plant.profile().prompts["compose"].sha256
    told = await rows_of(plant.database, "SELECT provenance::text FROM page_versions")
    assert [before in row[0] for row in told] == [False, False]
