"""A video from its transcript to cited pages, through real SQL."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from footnoted.knowledge.library.store import find_pages, list_pages, read_page
from footnoted.llm.tasks import ExtractAnswer, ExtractedMoment, ExtractTask
from footnoted.model.status import INDEXED
from footnoted.search.port import Document
from tests.fakes.asker import AUDIO, COOKING, FakeAsker
from tests.fakes.workshop import EPOCH, Recording, Workshop, transcript_of

if TYPE_CHECKING:
    from footnoted.knowledge.pages.view import PageView

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


def shown_topics(asker: FakeAsker) -> list[str]:
    """Return what prompts showed of each topic that moments were asked of, in order."""
    requests = [request for wave in asker.waves for request in wave]
    return [one.prompt.user for one in requests if isinstance(one.task, ExtractTask)]


async def _page(workshop: Workshop, slug: str) -> PageView:
    async with workshop.database.transaction() as session:
        (page_id,) = await find_pages(session, slug)
        page = await read_page(session, page_id)
    assert page is not None
    return page


async def test_a_transcript_becomes_pages_whose_claims_play(workshop: Workshop) -> None:
    """Every claim has a footnote with the words, and the link opens the second of its cue."""
    video = await workshop.add(BREAD)
    await workshop.process(video)
    await workshop.compose()
    status = await workshop.scalar("SELECT status FROM videos WHERE id = :id", id=video)
    page = await _page(workshop, "bread-and-dough")
    claims = [claim for section in page.sections for claim in section.claims]
    notes = {note.number: note for note in page.footnotes}
    assert status == INDEXED
    assert [claim.text for claim in claims] == [BREAD.lines[n] for n in (0, 1, 3, 4)]
    assert [notes[claim.footnotes[0]].link for claim in claims] == [
        f"https://video.example/watch?v=bread&t={second}" for second in (0, 4, 12, 16)
    ]
    assert (await workshop.verify()).holds


async def test_topics_cover_the_recording_and_moments_know_theirs(workshop: Workshop) -> None:
    """Four cues make a topic; a moment belongs to the topic its words are in."""
    video = await workshop.add(BREAD)
    await workshop.process(video)
    topics = await workshop.rows("SELECT first_cue, last_cue, start_ms, end_ms FROM topics")
    moments = await workshop.rows(
        "SELECT position, topic_position FROM technique_moments ORDER BY position"
    )
    assert [tuple(row) for row in topics] == [(0, 3, 0, 16_000), (4, 4, 16_000, 20_000)]
    assert [tuple(row) for row in moments] == [(0, 0), (1, 0), (2, 0), (3, 0), (4, 1)]


async def test_a_recording_that_loses_its_beginning_is_asked_about_what_changed(
    workshop: Workshop,
) -> None:
    """The topics that are left are the requests they were, and their moments play where they are.

    The cue that the cut went into is another one; all others stand earlier, under other numbers.
    """
    assert isinstance(workshop.asker, FakeAsker)
    lines = tuple(f"Knead the bread dough for {number} minutes in the morning" for number in "1234")
    video = await workshop.add(Recording("long", (*BREAD.lines[:4], *lines, *BREAD.lines[1:])))
    await workshop.process(video)
    before = shown_topics(workshop.asker)
    workshop.asker.waves.clear()
    trimmed = transcript_of((*lines, *BREAD.lines[1:4], "Leave the bread alone"))
    await workshop.transcribe(video, trimmed)
    await workshop.process(video)
    moments = await workshop.rows(
        "SELECT m.summary, e.first_cue, e.start_ms FROM technique_moments m"
        " JOIN evidence e ON e.id = m.evidence_id WHERE m.retired_at IS NULL ORDER BY m.position"
    )
    assert len(before) == 3
    assert [shown in before for shown in shown_topics(workshop.asker)] == [True, False]
    assert [tuple(row) for row in moments] == [
        (cue.text, cue.index, cue.start_ms) for cue in trimmed.cues
    ]


async def test_one_recording_is_indexed_as_windows_moments_and_pages(workshop: Workshop) -> None:
    """Each kind of document is written by the save that makes what it is of."""
    await workshop.process(await workshop.add(BREAD))
    await workshop.compose()
    kinds = await workshop.rows("SELECT kind, count(*) FROM documents GROUP BY kind ORDER BY kind")
    assert [tuple(row) for row in kinds] == [("moment", 5), ("page", 2), ("window", 1)]


async def test_moments_are_findable_by_who_speaks_and_pages_by_date(workshop: Workshop) -> None:
    """A moment has the speakers of its cues; a page the date of its newest recording."""
    said = transcript_of(BREAD.lines)
    cues = tuple(cue._replace(speaker=("Ada", "Bo")[cue.index % 2]) for cue in said.cues)
    spoken = said.model_copy(update={"cues": cues})
    for day, name in ((3, "new"), (1, "old")):
        recording = Recording(name, BREAD.lines, day=day, transcript=spoken)
        await workshop.process(await workshop.add(recording))
    await workshop.compose()
    bodies = {
        kind: await workshop.rows(
            "SELECT body FROM documents WHERE kind = :kind ORDER BY body->>'start_ms'", kind=kind
        )
        for kind in ("moment", "page")
    }
    moments = [Document.model_validate(row.body) for row in bodies["moment"]]
    assert {(one.start_ms, one.speakers) for one in moments} == {
        (cue.start_ms, (cue.speaker,)) for cue in cues
    }
    pages = [Document.model_validate(row.body) for row in bodies["page"]]
    assert {(one.language, one.published_at) for one in pages} == {("en", EPOCH + timedelta(3))}


async def test_saving_the_same_again_changes_nothing(workshop: Workshop) -> None:
    """A second pass leaves every row as it was: no group is wanted, no version is written."""
    video = await workshop.add(BREAD)
    await workshop.process(video)
    await workshop.compose()
    query = """
      SELECT 'm', id, xmin::text FROM technique_moments
      UNION ALL SELECT 't', id, xmin::text FROM topics
      UNION ALL SELECT 'e', id, xmin::text FROM evidence
      UNION ALL SELECT 'p', id, xmin::text FROM pages
      UNION ALL SELECT 'v', id, xmin::text FROM page_versions
      UNION ALL SELECT 'd', id, xmin::text FROM documents ORDER BY 1, 2"""
    before = await workshop.rows(query)
    await workshop.process(video)
    composed = await workshop.compose()
    assert composed == 0
    assert await workshop.rows(query) == before


async def test_an_invented_quote_is_stored_and_not_published(workshop: Workshop) -> None:
    """Rejected evidence is counted; its moment does not exist."""
    assert isinstance(workshop.asker, FakeAsker)
    invented = ExtractedMoment(
        title="Use a microwave",
        summary="Bread is best from the microwave.",
        content_type="tip",
        quote="put the loaf into the microwave for ninety seconds at full power",
        first_cue=0,
        last_cue=1,
    )
    workshop.asker.will_answer("topic-0", ExtractAnswer(moments=(invented,)))
    outputs = await workshop.process(await workshop.add(BREAD))
    await workshop.compose()
    rejected = await workshop.rows("SELECT quote FROM evidence WHERE match = 'rejected'")
    titles = await workshop.rows("SELECT title FROM technique_moments")
    assert outputs["extract"].counts["evidence_rejected"] == 1
    assert [row.quote for row in rejected] == [invented.quote]
    assert [row.title for row in titles] == ["Leave the bread alone"]
    assert (await workshop.verify()).rejected == 1


async def test_a_transcript_without_speech_passes_every_stage(workshop: Workshop) -> None:
    """Nothing in it is an outcome too: each milestone is reached and no page is made."""
    video = await workshop.add(Recording("silence", ()))
    outputs = await workshop.process(video)
    assert outputs["segment"].topics == ()
    assert await workshop.compose() == 0
    status = await workshop.scalar("SELECT status FROM videos WHERE id = :id", id=video)
    assert status == INDEXED


async def test_two_creators_with_the_same_title_have_two_pages(workshop: Workshop) -> None:
    """A page belongs to its creator: one's recordings never write the other's page."""
    await workshop.process(await workshop.add(BREAD))
    other = Recording("loaf", ("Feed the bread starter twice a day at least",), creator="Grace")
    await workshop.process(await workshop.add(other))
    await workshop.compose()
    async with workshop.database.transaction() as session:
        both = await find_pages(session, "bread-and-dough")
        hers = await find_pages(session, "bread-and-dough", creator="grace")
        pages = await list_pages(session, creator="Grace")
    assert len(both) == 2
    assert len(hers) == 1
    assert [page.claim_count for page in pages] == [1]


async def test_a_page_lists_only_the_tags_and_tools_of_its_moments(workshop: Workshop) -> None:
    """Nothing spills over from the other page of the same call."""
    lines = (
        "Start the bread with Flour and some Water",
        "Thicken the sauce with Butter at the end",
    )
    await workshop.process(await workshop.add(Recording("both", lines)))
    await workshop.compose()
    bread = await _page(workshop, "bread-and-dough")
    assert (bread.tags, bread.tools) == (("bread and dough",), ("Flour", "Water"))


async def test_a_moment_that_changed_its_category_leaves_the_old_page(workshop: Workshop) -> None:
    """Both groups are composed anew, the one it left and the one it joined."""
    first = await workshop.add(Recording("mix", ("The kick sits under the reverb in this mix",)))
    await workshop.process(first)
    await workshop.compose()
    said = transcript_of(["Spread the sauce on the bread while it is warm"])
    await workshop.transcribe(first, said)
    await workshop.process(first)
    stale = await workshop.rows(
        "SELECT category FROM page_groups WHERE status = 'stale' ORDER BY category"
    )
    await workshop.compose()
    async with workshop.database.transaction() as session:
        pages = await list_pages(session)
    assert [row.category for row in stale] == [COOKING, AUDIO]
    assert {page.category for page in pages} == {COOKING}
    left = await workshop.scalar("SELECT count(*) FROM technique_moments")
    assert left == 1


async def test_an_edited_date_reaches_the_pages_that_cite_a_recording(workshop: Workshop) -> None:
    """They are found by it; nothing is composed again for that."""
    video = await workshop.add(BREAD)
    await workshop.process(video)
    await workshop.compose()
    dates = "SELECT DISTINCT body->>'published_at' FROM documents WHERE kind = 'page'"
    before = await workshop.rows(dates)
    await workshop.rows("UPDATE media SET published_at = '2020-02-03T00:00Z' RETURNING 1")
    await workshop.rows("DELETE FROM index_outbox RETURNING 1")
    await workshop.process(video)
    assert len(before) == 1
    assert [row[0][:10] for row in await workshop.rows(dates)] == ["2020-02-03"]
    pages = await workshop.scalar("SELECT count(*) FROM documents WHERE kind = 'page'")
    noted = await workshop.scalar(
        "SELECT count(*) FROM index_outbox o JOIN documents d ON d.id = o.document_id"
        " WHERE d.kind = 'page'"
    )
    assert (noted, await workshop.compose()) == (pages, 0)
