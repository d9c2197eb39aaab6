"""Faults of the systems that this profile follows, which need a database; each by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from footnoted.clock import SystemClock
from footnoted.knowledge.library.store import find_pages, list_pages, read_page
from footnoted.knowledge.pages.changes import diff_pages
from footnoted.pipeline.controls.removal.removal import purge
from tests.fakes.asker import FakeAsker
from tests.fakes.whim import answer_by_whim
from tests.fakes.workshop import Recording

if TYPE_CHECKING:
    from tests.fakes.workshop import Workshop

BREAD = ("Let the bread rise until it has doubled", "Bake the bread with steam for ten minutes")
ONE = Recording("one", BREAD)
TWO = Recording(
    "two", ("Bake the bread with steam for twelve minutes", "Salt the bread late"), day=1
)
CLOCK = SystemClock()


async def _made(workshop: Workshop, *recordings: Recording) -> list[int]:
    ids = [await workshop.add(recording) for recording in recordings]
    for video in ids:
        await workshop.process(video)
    await workshop.compose()
    return ids


async def test_fault_4_a_page_of_one_creator_is_never_written_over_by_anothers(
    workshop: Workshop,
) -> None:
    """Two creators with one title have two pages at one address, each with its own claims."""
    await _made(workshop, ONE, Recording("hers", BREAD[:1], creator="Grace"))
    async with workshop.database.transaction() as session:
        by_creator = {
            name: await find_pages(session, "bread-and-dough", creator=name)
            for name in ("Ada", "Grace")
        }
    claims = await workshop.claims()
    assert {name: len(found) for name, found in by_creator.items()} == {"Ada": 1, "Grace": 1}
    assert by_creator["Ada"] != by_creator["Grace"]
    assert {claim[2] for claim in claims if claim[0] == "Grace"} == set(BREAD[:1])


async def test_fault_9_c15_reprocessing_updates_the_page_and_doubles_nothing(
    workshop: Workshop,
) -> None:
    """Neither moments nor pages nor what a search finds."""
    (video,) = await _made(workshop, ONE)
    query = """
      SELECT (SELECT count(*) FROM technique_moments), (SELECT count(*) FROM pages),
        (SELECT count(*) FROM page_versions), (SELECT count(*) FROM documents)"""
    before = await workshop.rows(query)
    await workshop.process(video)
    await workshop.compose()
    assert await workshop.rows(query) == before


async def test_fault_11_a13_a_day_later_composing_gets_the_same_classes(workshop: Workshop) -> None:
    """They are in the database with the moments, and in no cache that forgets."""
    video = await workshop.add(ONE)
    await workshop.process(video)
    classes = await workshop.rows("SELECT category, subtopic FROM technique_moments")
    async with workshop.database.transaction() as session:
        await session.execute(text("DELETE FROM work_orders"))
        await session.execute(text("DELETE FROM llm_calls"))
    await workshop.compose()
    assert {tuple(row) for row in classes} == {("Cooking and Baking", "bread and dough")}
    assert {claim[2] for claim in await workshop.claims()} == set(BREAD)


async def test_fault_15_a_claim_is_heard_where_it_says(workshop: Workshop) -> None:
    """Summary and tools too: everything beside the claims has footnotes of the page."""
    await _made(workshop, Recording("one", (*BREAD, "Bake the bread in a Lodge pot at home")))
    async with workshop.database.transaction() as session:
        (summary,) = await list_pages(session)
        page = await read_page(session, summary.id)
    assert page is not None
    numbers = {note.number for note in page.footnotes}
    assert page.grounds.summary
    assert set(page.grounds.summary) <= numbers
    assert set(page.grounds.tools) == set(page.tools) == {"Lodge"}
    assert (page.source_quality.recordings, page.source_quality.quotes) == (1, 3)
    assert (await workshop.verify()).holds


async def test_c14_what_a_purged_video_alone_named_is_gone_at_once(workshop: Workshop) -> None:
    """Its tools and a summary of its words, before anything is composed anew, and from the rows."""
    tool = Recording("tool", ("Bake the bread in a Zebedee pot at home",), day=2)
    one, _ = await _made(workshop, ONE, tool)
    await purge(workshop.database, [one], clock=CLOCK)
    async with workshop.database.transaction() as session:
        (summary,) = await list_pages(session)
        page = await read_page(session, summary.id)
    assert page is not None
    assert (page.summary, page.tools) == ("", ("Zebedee",))
    assert page.tags == ("bread and dough",)
    other = await workshop.rows("SELECT id FROM videos")
    await purge(workshop.database, [other[0].id], clock=CLOCK)
    left = await workshop.scalar(
        "SELECT count(*) FROM page_versions v WHERE v::text ILIKE '%zebedee%'"
    )
    assert left == 0


async def test_85_deletions_ask_nothing(workshop: Workshop) -> None:
    """What merely lost support is put together from the answers there are.

    A known system made 1,593 calls of 85 deletions.
    """
    workshop.asker = asker = FakeAsker(answer_by_whim)
    third = Recording("three", (*BREAD, *TWO.lines), day=2)
    ids = await _made(workshop, ONE, TWO, third)
    asked = {(one.prompt.system, one.prompt.user) for wave in asker.waves for one in wave}
    for video in ids[:2]:
        asker.waves.clear()
        await purge(workshop.database, [video], clock=CLOCK)
        assert await workshop.compose() == 1
        again = {(one.prompt.system, one.prompt.user) for wave in asker.waves for one in wave}
        assert again <= asked
        assert (await workshop.verify()).holds


async def test_a_purge_keeps_the_paid_answers_about_other_videos(workshop: Workshop) -> None:
    """Those that hold words of the purged one are erased; so are those whose label says nothing."""
    one, two = await _made(workshop, ONE, TWO)
    group = await workshop.scalar("SELECT id FROM page_groups")
    labels = (f"video-{one}/0", f"video-{two}/0", f"video-{one}+{two}/merge-0-0-0", "chunk-0")
    async with workshop.database.transaction() as session:
        for label in labels:
            await session.execute(
                text("""INSERT INTO llm_calls (request_sha256, item_kind, item_id, stage, label,
                          model, prompt_sha256, state, usable, reserved_usd, answer)
                        VALUES (:label, 'page_group', :group, 'compose', :label, 'm', 'p',
                          'answered', true, 0, 'An answer')"""),
                {"label": label, "group": group},
            )
    await purge(workshop.database, [one], clock=CLOCK)
    kept = await workshop.rows("SELECT label FROM llm_calls WHERE usable ORDER BY label")
    assert [row.label for row in kept] == [f"video-{two}/0"]


async def test_a06_c17_c18_a_version_stands_for_each_content_with_all_that_made_it(
    workshop: Workshop,
) -> None:
    """Numbered without a gap; a diff tells what came; every prompt is named by its hash."""
    await _made(workshop, ONE)
    await _made(workshop, TWO)
    async with workshop.database.transaction() as session:
        (summary,) = await list_pages(session)
        old, new = [await read_page(session, summary.id, number) for number in (1, 2)]
    assert old is not None
    assert new is not None
    found = diff_pages(old, new)
    assert [change.text for change in found.added] == list(TWO.lines)
    assert (found.removed, found.made_by) == ((), {})
    hashes = {name: prompt.sha256 for name, prompt in workshop.profile.prompts.items()}
    assert new.provenance.prompts == hashes
    assert set(hashes) == {"segment", "extract", "classify", "subtopics", "compose", "merge"}
    assert set(new.provenance.models) == {"segment", "extract", "classify", "compose"}
    assert await workshop.rows("SELECT version FROM page_versions ORDER BY version") == [(1,), (2,)]


async def test_complaint_24_near_duplicate_titles_are_one_page_with_both_addresses(
    workshop: Workshop,
) -> None:
    """Found under either, so a link to the one that was not chosen is good."""
    workshop.asker = FakeAsker(answer_by_whim)
    await _made(
        workshop,
        *(
            Recording(
                f"r{n}", (f"Bake the bread for {n} minutes", f"Salt {n} loaves of bread"), day=n
            )
            for n in range(8)
        ),
    )
    rows = await workshop.rows("SELECT slug FROM page_redirects")
    live = {
        row.slug for row in await workshop.rows("SELECT slug FROM pages WHERE retired_at IS NULL")
    }
    async with workshop.database.transaction() as session:
        found = {row.slug: len(await find_pages(session, row.slug)) for row in rows}
    assert found
    assert found == dict.fromkeys(found, 1)
    assert len(live & {"bread-dough", "doughs-of-bread"}) == 1
