"""What is stale, what redoing costs, and that exactly that is redone, once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from footnoted.errors import UsageError
from footnoted.pipeline.controls.selection import Selection
from footnoted.pipeline.controls.taking_up import cancel, retry
from footnoted.pipeline.orders.order import Override
from footnoted.pipeline.plan import Mode
from footnoted.reprocess.applying import apply_plan, raise_cap
from footnoted.reprocess.plans.store import read_under_way
from footnoted.reprocess.scope import Reach, Scope
from footnoted.reprocess.single import Rerun, clean_video, rerun_stage
from footnoted.reprocess.store import Among
from tests.fakes.asker import AUDIO, FakeAsker
from tests.fakes.machine import rows_of
from tests.fakes.workshop import Recording, Workshop

if TYPE_CHECKING:
    from footnoted.reprocess.plan import Plan
    from tests.fakes.plant import Plant

FORECAST_ERROR = Decimal("0.15")
STALE, ALL = Scope(Reach.STALE), Scope(Reach.ALL)
BREAD = Recording(
    "bread",
    (
        "Knead the bread dough for ten minutes in the morning",
        "Let the bread rise until it has doubled in size",
        "A sauce needs salt before it needs anything else",
        "Bake the bread in a hot pot with its lid on",
        "Leave the bread alone for an hour after baking it",
    ),
)
LOAF = Recording("loaf", ("Score the bread with a razor", "Steam gives the bread its crust"))
KICK = Recording("kick", ("The kick drum sits at sixty hertz in the mix",), creator="Bo")


async def filled(plant: Plant) -> list[int]:
    """Return the ids of three finished videos of two creators, their pages written."""
    ids = [await plant.add(recording) for recording in (BREAD, LOAF, KICK)]
    await plant.drain()
    return ids


async def apply(plant: Plant, scope: Scope, cap: Decimal | None = None) -> Plan:
    """Apply the plan of a scope, and return it; nothing is worked on yet."""
    plan = await plant.plan(scope)
    await apply_plan(plant.idle_deps(), scope, plan, cap)
    return plan


def calls_of(plan: Plan) -> dict[str, int]:
    """Return how many calls each stage would buy."""
    return {line.stage: line.money.calls for line in plan.lines if line.money.calls}


async def pages(plant: Plant) -> list[tuple[str, str]]:
    """Return every claim that is published, with its page."""
    rows = await rows_of(
        plant.database,
        """SELECT p.slug, c.text FROM pages p
           JOIN claims c ON c.page_version_id = p.current_version_id
           WHERE p.retired_at IS NULL ORDER BY 1, 2""",
    )
    return [tuple(row) for row in rows]


async def test_what_was_just_made_is_not_stale(plant: Plant) -> None:
    """Neither by its parts nor by its input; a plan over everything buys nothing."""
    await filled(plant)
    assert (await plant.plan(STALE)).stale == ()
    plan = await plant.plan(ALL)
    assert (calls_of(plan), plan.redoings()) == ({}, [])


async def test_a_plan_changes_nothing_and_asks_nothing(plant: Plant) -> None:
    """Not one row, though every stage ran to its save."""
    await filled(plant)
    plant.edit("extract", "Shout.")
    before, asked = await plant.picture(), len(plant.model.asked)
    plan = await plant.plan(STALE)
    assert calls_of(plan) == {"extract": 4}
    assert (await plant.picture() == before, len(plant.model.asked)) == (True, asked)


async def test_an_edited_prompt_is_named_with_the_calls_it_touches(plant: Plant) -> None:
    """The reason is the prompt, by name and hashes; nothing else is stale."""
    ids = await filled(plant)
    plant.edit("extract", "Be brief.")
    plan = await plant.plan(STALE)
    assert [(f.item.id, f.stage) for f in plan.stale] == [(one, "extract") for one in ids]
    words = {edge.words(f.stage)[:18] for f in plan.stale for edge in f.edges}
    assert words == {"prompt extract.md "}
    assert [call.label for call in plan.stale[0].calls] == ["topic-0", "topic-1"]


async def test_another_effort_of_a_model_is_named(plant: Plant) -> None:
    """It is asked otherwise, so its answers may be others, though its name is the same."""
    plant.model.parameters.update({"effort": "low", "thinking": "disabled", "format": "schema"})
    ids = await filled(plant)
    assert (await plant.plan(STALE)).stale == ()
    plant.model.parameters.update({"effort": "medium", "thinking": "adaptive"})
    plan = await plant.plan(STALE)
    assert {forecast.item.id for forecast in plan.stale if forecast.stage == "segment"} == {*ids}
    assert {edge.words("") for edge in plan.stale[0].edges} == {"effort now medium"}


async def test_a_changed_subtopic_touches_the_calls_of_its_category_alone(plant: Plant) -> None:
    """Of two creators, one has nothing in it: nothing of that one is stale."""
    ids = await filled(plant)
    plant.rename_subtopic("drums and bass", "drums and the bass")
    plan = await plant.plan(STALE)
    classify = [f for f in plan.stale if f.stage == "classify"]
    assert [(f.item.id, [call.label for call in f.calls]) for f in classify] == [
        (ids[2], ["subtopics-music-and-audio-production-0"])
    ]
    assert [edge.part for edge in classify[0].edges] == [f"taxonomy:{AUDIO}"]
    await apply(plant, STALE)
    items = await rows_of(plant.database, "SELECT item_kind, item_id FROM plan_items")
    assert {row.item_id for row in items if row.item_kind == "video"} == {ids[2]}
    await plant.drain()
    assert await rows_of(plant.database, "SELECT 1 FROM plan_items") == []


async def test_another_transcript_is_named_by_its_version(plant: Plant) -> None:
    """While what it made stale waits to be redone; afterwards nothing is."""
    ids = await filled(plant)
    await plant.say(ids[1], KICK.lines)
    plan = await plant.plan(ALL, Among.REOPENED)
    why = {(f.item.id, f.stage): [edge.words(f.stage) for edge in f.edges] for f in plan.stale}
    assert why[ids[1], "segment"] == ["transcript version 1→2"]
    assert {video for video, stage in why if stage == "segment"} == {ids[1]}
    assert (await plant.plan(STALE)).stale == ()
    await plant.drain()
    assert (await plant.plan(ALL, Among.REOPENED)).forecasts == ()


async def test_what_may_follow_is_in_the_upper_forecast_alone(plant: Plant) -> None:
    """Nobody knows yet whether the new answers differ: if so, classes and pages are asked anew."""
    await filled(plant)
    plant.edit("extract", "Be brief.")
    plan = await plant.plan(STALE)
    follow = {line.stage: line.follow_up.calls for line in plan.lines if line.follow_up.calls}
    assert set(follow) == {"classify", "compose"}
    assert plan.p90_usd > plan.money.p90_usd
    assert {redoing.stage for redoing in plan.redoings()} == {"extract"}
    await apply_plan(plant.idle_deps(), STALE, plan, None)
    waiting = await plant.plan(ALL, Among.WAITING)
    assert waiting.summary() == plan.summary()  # what was put back, and what may follow from it


async def test_exactly_the_planned_calls_are_bought_and_only_once(plant: Plant) -> None:
    """Afterwards nothing is stale, nothing is left of the plan, and it cost what it cost."""
    await filled(plant)
    plant.edit("extract", "Be brief.")
    published, before = await pages(plant), await plant.bought()
    plan = await apply(plant, STALE)
    report = await plant.drain()
    assert await plant.bought() - before == plan.money.calls == 4
    assert (await plant.plan(STALE)).stale == ()
    assert (await pages(plant), report.outcomes["failed"]) == (published, 0)
    (row,) = await rows_of(
        plant.database,
        """SELECT (SELECT count(*) FROM plan_items) AS left,
             spent_usd FROM budgets WHERE scope = 'plan'""",
    )
    assert row.left == 0
    assert abs(plan.money.p50_usd - row.spent_usd) / row.spent_usd <= FORECAST_ERROR


async def test_an_unchanged_output_stops_the_wave(plant: Plant) -> None:
    """What stands below it is passed without a call, and its event says so."""
    await filled(plant)
    plant.edit("segment", "Be brief.")
    await apply(plant, STALE)
    await plant.drain()
    rows = await rows_of(
        plant.database,
        """SELECT DISTINCT e.stage, e.fields->'unchanged' AS unchanged FROM events e
           JOIN runs r ON r.id = e.run_id WHERE r.trigger = 'reprocess'
             AND e.name = 'stage.advanced' ORDER BY 1""",
    )
    passed = {row.stage: row.unchanged for row in rows}
    assert passed.pop("index") is None  # it asks nothing, and is done again
    assert passed.pop("segment") is None
    assert set(passed.values()) == {True}
    assert "extract" in passed


async def test_a_changed_output_is_followed_to_the_pages(plant: Plant) -> None:
    """The moments' new titles are asked about anew, page by page."""
    await filled(plant)
    plant.edit("extract", "Shout.")
    await apply(plant, STALE)
    before = await plant.bought()
    await plant.drain()
    rows = await rows_of(
        plant.database, "SELECT DISTINCT stage FROM llm_calls WHERE id > :n", n=before
    )
    assert {row.stage for row in rows} >= {"extract", "classify", "compose"}
    titles = await rows_of(plant.database, "SELECT title FROM technique_moments")
    assert [row.title for row in titles] == [row.title.upper() for row in titles]


async def test_a_changed_prompt_of_pages_redoes_pages_alone(plant: Plant) -> None:
    """Videos stay as they are; each group is composed again, once."""
    await filled(plant)
    plant.edit("compose", "Be brief.")
    plan = await apply(plant, STALE)
    assert set(calls_of(plan)) == {"compose"}
    before = await plant.bought()
    await plant.drain()
    assert await plant.bought() - before == plan.money.calls
    assert (await plant.plan(STALE)).stale == ()
    runs = await rows_of(plant.database, "SELECT 1 FROM runs WHERE trigger = 'reprocess'")
    assert runs == []


async def test_force_buys_every_answer_anew(plant: Plant) -> None:
    """Although nothing changed; and a second drain buys nothing."""
    ids = await filled(plant)
    scope = Scope(Reach.VIDEO, video_ids=(ids[2],), force=True)
    plan = await apply(plant, scope)
    before = await plant.bought()
    await plant.drain()
    assert {"segment", "extract", "classify"} <= set(calls_of(plan))
    video_calls = sum(n for stage, n in calls_of(plan).items() if stage != "compose")
    rows = await rows_of(
        plant.database,
        "SELECT 1 FROM llm_calls WHERE id > :n AND item_kind = 'video'",
        n=before,
    )
    assert len(rows) == video_calls
    bought = await plant.bought()
    await plant.drain()
    assert await plant.bought() == bought


async def test_a_narrowed_scope_leaves_the_pages_of_others_alone(plant: Plant) -> None:
    """Neither an owner's scope nor one since a time reaches creators that have nothing in it."""
    ids = await filled(plant)
    await rows_of(
        plant.database,
        """UPDATE media SET owner = 'bo' WHERE id = (SELECT media_id FROM videos WHERE id = :id)
           RETURNING 1""",
        id=ids[2],
    )
    tomorrow = plant.clock.now() + timedelta(days=1)
    (creator,) = {
        row.creator_id
        for row in await rows_of(
            plant.database, "SELECT creator_id FROM videos WHERE id = :id", id=ids[2]
        )
    }
    for stage in (None, "compose"):
        of_bo = await plant.plan(Scope(Reach.ALL, owner="bo", stage=stage, force=True))
        assert {forecast.item.creator_id for forecast in of_bo.forecasts} == {creator}
        of_none = await plant.plan(Scope(Reach.ALL, since=tomorrow, stage=stage, force=True))
        assert of_none.forecasts == ()


async def test_what_is_worked_on_is_left_alone(plant: Plant) -> None:
    """It is named, not rehearsed and not put back."""
    ids = await filled(plant)
    plant.edit("segment", "Be brief.")
    await rows_of(
        plant.database,
        """UPDATE videos SET lease_owner = gen_random_uuid(), lease_expires_at = now() + '1 hour'
           WHERE id = :id RETURNING 1""",
        id=ids[0],
    )
    plan = await apply(plant, STALE)
    assert [item.id for item in plan.in_work] == [ids[0]]
    assert {redoing.id for redoing in plan.redoings()} == set(ids[1:])


async def test_an_interrupted_plan_goes_on_with_the_rest(plant: Plant) -> None:
    """What was put back before the end came is redone; the next plan has only the others."""
    ids = await filled(plant)
    plant.edit("segment", "Be brief.")
    await apply(plant, Scope(Reach.VIDEO, video_ids=(ids[0],)))
    plan = await plant.plan(STALE)
    assert {redoing.id for redoing in plan.redoings()} == set(ids[1:])
    before = await plant.bought()
    await apply(plant, STALE)
    async with plant.database.transaction() as session:
        told = await read_under_way(session)
    assert [one[1:] for one in told] == [(1, 0, 0), (2, 0, 0)]
    await plant.drain()
    assert await plant.bought() - before == 3
    async with plant.database.transaction() as session:
        assert await read_under_way(session) == []
    assert (await plant.plan(STALE)).stale == ()


async def test_a_plan_never_costs_more_than_was_agreed(plant: Plant) -> None:
    """Its items wait for money under their own cap, say so, and go on when it is raised."""
    await filled(plant)
    plant.edit("extract", "Be brief.")
    plan = await plant.plan(STALE)
    dearest = max(call.max_tokens_out for told in plan.forecasts for call in told.calls)
    cap = dearest + plan.money.p50_usd / 4  # room to reserve one call, not to make them all
    applied = await apply_plan(plant.idle_deps(), STALE, plan, cap)
    await plant.drain()
    (row,) = await rows_of(plant.database, "SELECT * FROM budgets WHERE scope = 'plan'")
    assert row.spent_usd <= cap
    waits = await rows_of(plant.database, "SELECT wait_detail FROM videos WHERE not_before > now()")
    assert waits
    assert all(f"the cap of plan {applied.plan_id}" in row.wait_detail for row in waits)
    woken = await raise_cap(plant.database, applied.plan_id, Decimal(1_000_000), clock=plant.clock)
    await plant.drain()
    assert (woken, (await plant.plan(STALE)).stale) == (len(waits), ())


async def test_a_plan_that_cost_its_forecast_waits_for_a_person(plant: Plant) -> None:
    """It begins no call beyond its 90th percentile, whatever its calls really cost."""
    await filled(plant)
    plant.edit("extract", "Be brief.")
    plan = await plant.plan(STALE)
    await apply_plan(plant.idle_deps(), STALE, plan, None)
    await rows_of(
        plant.database, "UPDATE plans SET stop_at_usd = 0.5 * stop_at_usd / 4 RETURNING 1"
    )
    before = await plant.bought()
    await plant.drain(concurrency=1)
    rows = await rows_of(plant.database, "SELECT wait_detail FROM videos WHERE not_before > now()")
    assert 0 < await plant.bought() - before < plan.money.calls
    assert all("as much as was forecast" in row.wait_detail for row in rows)
    await raise_cap(plant.database, 1, Decimal(1_000_000), clock=plant.clock)
    await plant.drain()
    assert (await plant.plan(STALE)).stale == ()


async def test_a_poisoned_item_holds_up_no_other(plant: Plant) -> None:
    """It is what is left of the plan, says why it waits, and is redone when its poison is gone."""
    ids = await filled(plant)
    plant.edit("extract", "Be brief.")
    await apply(plant, STALE)
    plant.model.poison = "razor"
    await plant.drain()
    rows = await rows_of(
        plant.database, "SELECT id, status, wait_reason, attempts FROM videos ORDER BY id"
    )
    assert [tuple(row) for row in rows] == [
        (ids[0], "indexed", None, 0),
        (ids[1], "segmented", "backoff", 1),
        (ids[2], "indexed", None, 0),
    ]
    left = await rows_of(plant.database, "SELECT item_id FROM plan_items WHERE item_kind = 'video'")
    assert [row.item_id for row in left] == [ids[1]]
    plant.model.poison = None
    await retry(plant.database, Selection((ids[1],)), clock=plant.clock)
    await plant.drain()
    assert (await plant.plan(STALE)).stale == ()
    assert await rows_of(plant.database, "SELECT 1 FROM plan_items") == []


async def test_an_override_is_for_one_stage_of_one_video(plant: Plant) -> None:
    """It is recorded, holds while it is set, is no staleness, and leaks nowhere."""
    ids = await filled(plant)
    shouted = plant.profile().prompts["extract"]
    text = f"{shouted.system}\nShout.\n=== user ===\n{shouted.user}"
    await rerun_stage(plant.idle_deps(), Rerun(ids[0], "extract", Override(prompt=text)))
    await plant.drain()
    titles = await rows_of(
        plant.database, "SELECT video_id, title FROM technique_moments ORDER BY video_id"
    )
    assert {row.video_id for row in titles if row.title.isupper()} == {ids[0]}
    assert (await plant.plan(STALE)).stale == ()
    redoing = await rerun_stage(plant.idle_deps(), Rerun(ids[0], "segment"))
    assert redoing.why == ["as configured", "extract as set for this video"]
    await plant.drain()
    redoing = await rerun_stage(plant.idle_deps(), Rerun(ids[0], "extract"))
    assert redoing.why == ["as configured"]
    before = await plant.bought()
    await plant.drain()
    titles = await rows_of(plant.database, "SELECT title FROM technique_moments")
    assert not any(row.title.isupper() for row in titles)
    assert await plant.bought() == before  # what it had said before is in the journal


async def test_a_prompt_that_asks_about_nothing_is_refused(plant: Plant) -> None:
    """A model that is not shown the words would be paid for inventing some."""
    ids = await filled(plant)
    text = "Find moments.\n=== user ===\nIn {{language}}: {{topic}}"
    with pytest.raises(UsageError, match=r"leaves out .*transcript.*, which the one of"):
        await rerun_stage(plant.idle_deps(), Rerun(ids[0], "extract", Override(prompt=text)))
    rows = await rows_of(plant.database, "SELECT override FROM work_orders")
    assert {row.override for row in rows} == {None}


async def test_other_models_answer_where_they_are_set(plant: Plant) -> None:
    """Only for the stage and video they are set for."""
    ids = await filled(plant)
    await rerun_stage(plant.idle_deps(), Rerun(ids[1], "segment", Override(models="other")))
    await plant.drain()
    rows = await rows_of(
        plant.database, "SELECT item_id, stage FROM llm_calls WHERE model = 'other'"
    )
    assert [tuple(row) for row in rows] == [(ids[1], "segment")]


async def test_a_run_says_what_was_set_for_it_by_hand(plant: Plant) -> None:
    """Not what the others are made by; the run after it, without, says nothing of the kind."""
    ids = await filled(plant)
    for override in (Override(models="other"), None):
        redoing = await rerun_stage(plant.idle_deps(), Rerun(ids[1], "segment", override))
        assert redoing.why == ["as configured" if override is None else "override"]
        await plant.drain()
    rows = await rows_of(
        plant.database,
        """SELECT setup->'stages'->'segment'->>'model', setup->'by_hand' FROM runs
           WHERE item_id = :id AND trigger = 'stage_rerun' ORDER BY id""",
        id=ids[1],
    )
    assert [tuple(row) for row in rows] == [("other", ["segment"]), ("dear", None)]


async def test_a_stage_needs_those_before_it(plant: Plant) -> None:
    """The sentence names the one that is missing; an unknown stage and video are named too."""
    video = await plant.add(BREAD)
    deps = plant.idle_deps()
    with pytest.raises(UsageError, match="has not passed segment yet, which extract needs"):
        await rerun_stage(deps, Rerun(video, "extract"))
    with pytest.raises(UsageError, match="has no stage 'paint'"):
        await rerun_stage(deps, Rerun(video, "paint"))
    with pytest.raises(UsageError, match="there is no video 4711"):
        await rerun_stage(deps, Rerun(4711, "extract"))


async def test_a_rerun_passes_over_nothing_that_is_to_be_done_anew(plant: Plant) -> None:
    """New words wait to be read: a later stage on the old ones would leave them unread for ever."""
    ids = await filled(plant)
    await plant.say(ids[1], KICK.lines)
    with pytest.raises(UsageError, match="has not passed segment yet, which extract needs"):
        await rerun_stage(plant.idle_deps(), Rerun(ids[1], "extract"))
    await cancel(plant.database, [ids[1]], clock=plant.clock)
    with pytest.raises(UsageError, match="has not passed segment yet, which extract needs"):
        await rerun_stage(plant.idle_deps(), Rerun(ids[1], "extract"))
    await rerun_stage(plant.idle_deps(), Rerun(ids[1], "segment"))


async def test_words_that_come_back_are_classified_again(plant: Plant) -> None:
    """What a stage was once given is no proof that what it made of it is still there."""
    ids = await filled(plant)
    published = await pages(plant)
    await plant.say(ids[1], KICK.lines)
    for _ in ("segment", "extract"):
        await plant.drain(mode=Mode.ONCE)
    await plant.say(ids[1], LOAF.lines)
    await plant.drain()
    assert await pages(plant) == published


async def test_a_clean_video_replays_or_buys_anew(plant: Plant) -> None:
    """Everything is made again; only `fresh` pays for it."""
    ids = await filled(plant)
    published, before = await pages(plant), await plant.bought()
    await clean_video(plant.idle_deps(), ids[2], fresh=False)
    await plant.drain()
    assert await plant.bought() == before
    await clean_video(plant.idle_deps(), ids[2], fresh=True)
    await plant.drain()
    assert await plant.bought() > before
    assert await pages(plant) == published


async def test_the_backlog_has_a_price_before_anything_is_bought(plant: Plant) -> None:
    """All stages of what waits are priced, the later ones as estimates."""
    await plant.add(BREAD)
    plan = await plant.plan(ALL, Among.WAITING)
    exact = {line.stage: line.is_exact for line in plan.lines if line.money.calls}
    assert (exact["segment"], exact["extract"]) == (True, False)
    assert (await plant.bought(), plan.money.p90_usd >= plan.money.p50_usd > 0) == (0, True)


async def test_pages_that_wait_are_in_the_backlog_and_not_stale(plant: Plant) -> None:
    """A recording went: its pages are written anew by themselves, and nobody has to plan that."""
    ids = await filled(plant)
    workshop = Workshop(plant.database, plant.profile(), FakeAsker())
    await workshop.remove(ids[1])
    plan = await plant.plan(ALL, Among.WAITING)
    assert {(line.stage, line.items > 0) for line in plan.lines} == {("compose", True)}
    assert {forecast.item.creator_id for forecast in plan.forecasts} == {1}
    plan = await plant.plan(STALE)
    assert (all(forecast.follows for forecast in plan.stale), plan.redoings()) == (True, [])
    await plant.drain()
    assert (await plant.plan(ALL, Among.WAITING)).lines == ()


@pytest.mark.parametrize(
    ("scope", "sentence"),
    [
        (Scope(Reach.VIDEO), "--scope video and --video belong together"),
        (Scope(Reach.SOURCE), "--scope source and --source belong together"),
        (Scope(Reach.STALE, force=True), "--force redoes what is not stale too"),
        (Scope(Reach.ALL, stage="paint"), "there is no stage 'paint'"),
        (Scope(Reach.VIDEO, video_ids=(99,)), "there is no video 99"),
        (Scope(Reach.VIDEO, video_ids=(1,), stage="compose"), "pages are of no one video"),
        (Scope(Reach.SOURCE, source_id=99), "there is no source 99"),
        (Scope(Reach.ALL, owner="nobody"), "there is no owner 'nobody'"),
    ],
)
async def test_a_scope_that_makes_no_sense_is_refused(
    plant: Plant, scope: Scope, sentence: str
) -> None:
    """In one sentence, before anything is looked at."""
    with pytest.raises(UsageError, match=sentence):
        await plant.plan(scope)
