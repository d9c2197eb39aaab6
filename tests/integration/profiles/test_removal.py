"""A purge leaves nothing of a video and everything of the others."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from footnoted.clock import SystemClock
from footnoted.db.tables import metadata
from footnoted.errors import UsageError
from footnoted.pipeline.controls.removal.removal import purge, remove_source
from footnoted.sources.store import insert_source
from tests.fakes.workshop import Recording

if TYPE_CHECKING:
    from tests.fakes.workshop import Workshop

ONE = Recording("one", ("Let the bread rise until it has doubled, says Zebedee",), creator="Zoe")
TWO = Recording("two", ("Bake the bread with steam for ten minutes",), day=1)
TOO = Recording("too", ("Knead the bread dough in the morning, says Zebedee",), day=2)
CLOCK = SystemClock()
NOW = datetime(2026, 3, 4, tzinfo=UTC)


async def made(workshop: Workshop, *recordings: Recording) -> list[int]:
    """Return the ids of videos that were worked on to the end, pages included."""
    ids = [await workshop.add(recording) for recording in recordings]
    for video in ids:
        await workshop.process(video)
    await workshop.compose()
    return ids


async def answered(workshop: Workshop, kind: str, item_id: int) -> None:
    """Journal an answer that quotes what was said, and a call that was lost with its prompt."""
    async with workshop.database.transaction() as session:
        await session.execute(
            text("""
              INSERT INTO llm_calls (request_sha256, item_kind, item_id, stage, label, model,
                prompt_sha256, state, usable, reserved_usd, cost_usd, answer, body, prompt_text,
                prompt_preview)
              SELECT gen_random_uuid()::text, :kind, :id, 's', 'l', 'm', 'p', c.state, c.usable,
                0.5, c.cost_usd, c.answer, c.answer, 'What did Zebedee say?', 'Zebedee'
              FROM (VALUES ('answered', true, 0.25, 'Zebedee said so'),
                ('unknown', NULL, NULL, NULL)) c (state, usable, cost_usd, answer)"""),
            {"kind": kind, "id": item_id},
        )


async def mentions(workshop: Workshop, word: str) -> dict[str, int]:
    """Return how many rows of each table say a word anywhere."""
    found = {
        table.name: await workshop.scalar(
            f"SELECT count(*) FROM {table.name} t WHERE t::text ILIKE '%' || :word || '%'",  # noqa: S608 - our tables
            word=word,
        )
        for table in metadata.sorted_tables
    }
    return {name: count for name, count in found.items() if count}


async def follow(workshop: Workshop, video_ids: list[int]) -> int:
    """Return a source that brought these videos."""
    async with workshop.database.transaction() as session:
        source = await insert_source(
            session,
            {
                "kind": "folder",
                "locator": "/mnt/x",
                "title": "x",
                "profiles": ["techniques"],
                "poll_interval_s": 300,
                "next_poll_at": NOW,
            },
        )
        for table, column in (("media", "id"), ("videos", "media_id")):
            await session.execute(
                text(f"""UPDATE {table} SET source_id = :source WHERE {column} IN
                           (SELECT media_id FROM videos WHERE id = ANY(:ids))"""),  # noqa: S608 - constants
                {"source": source, "ids": video_ids},
            )
    return int(source or 0)


async def test_not_a_word_of_a_purged_video_is_left(workshop: Workshop) -> None:
    """Every table is searched, pages, documents, answers and its creator's name included."""
    (video,) = await made(workshop, ONE)
    await answered(workshop, "video", video)
    group = await workshop.scalar("SELECT id FROM page_groups")
    await answered(workshop, "page_group", group)
    assert {"llm_calls", "transcripts", "page_versions"} <= (
        await mentions(workshop, "Zebedee")
    ).keys()
    removed = await purge(workshop.database, [video], clock=CLOCK)
    assert removed.videos == ((video, "one"),)
    assert await mentions(workshop, "Zebedee") == {}
    assert await mentions(workshop, "Zoe") == {}


async def test_what_the_calls_cost_stays(workshop: Workshop) -> None:
    """The ledger is an account of money; an erased answer is never replayed."""
    (video,) = await made(workshop, ONE)
    await answered(workshop, "video", video)
    await purge(workshop.database, [video], clock=CLOCK)
    rows = await workshop.rows("SELECT state, cost_usd, usable, answer FROM llm_calls ORDER BY id")
    assert [(row.state, str(row.cost_usd), row.usable, row.answer) for row in rows] == [
        ("answered", "0.250000000", False, ""),
        ("unknown", "None", None, None),
    ]


async def test_a_plan_waits_for_nothing_that_is_gone(workshop: Workshop) -> None:
    """Neither for the video nor for the pages that only it had."""
    (video,) = await made(workshop, ONE)
    await workshop.rows(
        """INSERT INTO plans (scope, forecast, applied_at) VALUES ('{}', '{}', now()) RETURNING 1"""
    )
    await workshop.rows(
        """INSERT INTO plan_items (plan_id, item_kind, item_id)
           SELECT p.id, 'video', v.id FROM plans p, videos v
           UNION ALL SELECT p.id, 'page_group', g.id FROM plans p, page_groups g RETURNING 1"""
    )
    await purge(workshop.database, [video], clock=CLOCK)
    assert await workshop.rows("SELECT * FROM plan_items") == []


async def test_other_videos_keep_their_claims(workshop: Workshop) -> None:
    """The page they share is composed anew, and says what they alone would have said."""
    two, too = await made(workshop, TWO, TOO)
    await purge(workshop.database, [too], clock=CLOCK)
    before = await workshop.claims()
    await workshop.compose()
    assert {claim[2] for claim in before} == set(TWO.lines)
    assert {claim[2] for claim in await workshop.claims()} == set(TWO.lines)
    assert (await workshop.verify()).holds
    assert [row.id for row in await workshop.rows("SELECT id FROM videos")] == [two]


async def test_its_documents_leave_by_the_outbox(workshop: Workshop) -> None:
    """Each document that goes is noted for the index."""
    (video,) = await made(workshop, ONE)
    documents = {row.id for row in await workshop.rows("SELECT id FROM documents")}
    await workshop.rows("DELETE FROM index_outbox RETURNING 1")
    await purge(workshop.database, [video], clock=CLOCK)
    noted = {row.document_id for row in await workshop.rows("SELECT * FROM index_outbox")}
    assert await workshop.rows("SELECT id FROM documents") == []
    assert documents <= noted


async def test_another_profile_keeps_the_recording(workshop: Workshop) -> None:
    """The words are erased with the last video that uses them."""
    (video,) = await made(workshop, ONE)
    other = await workshop.scalar(
        """INSERT INTO videos (media_id, profile, creator_id, status)
           SELECT media_id, 'stocks', creator_id, 'discovered' FROM videos RETURNING id"""
    )
    counts = "SELECT (SELECT count(*) FROM media) || ' ' || (SELECT count(*) FROM transcripts)"
    await purge(workshop.database, [video], clock=CLOCK)
    assert await workshop.scalar(counts) == "1 1"
    await purge(workshop.database, [other], clock=CLOCK)
    assert await workshop.scalar(counts) == "0 0"


async def test_a_composition_in_progress_is_lost(workshop: Workshop) -> None:
    """Whoever composes from the purged words finds another fence, and no pinned input."""
    (one, two) = await made(workshop, TWO, TOO)
    await workshop.rows(
        """INSERT INTO work_orders (item_kind, item_id, stage, given, given_sha256, parts)
           SELECT 'page_group', id, 'compose', '{}', 'x', '{}' FROM page_groups RETURNING 1"""
    )
    query = "SELECT sum(fence) FROM page_groups"
    before = await workshop.scalar(query)
    await purge(workshop.database, [one], clock=CLOCK)
    assert await workshop.scalar(query) > before
    left = await workshop.rows("SELECT DISTINCT item_kind, item_id FROM work_orders")
    assert left == [("video", two)]


async def test_an_unknown_video_erases_nothing(workshop: Workshop) -> None:
    """A slip of the finger beside a right number costs nothing."""
    (video,) = await made(workshop, ONE)
    with pytest.raises(UsageError, match="there is no video 999"):
        await purge(workshop.database, [video, 999], clock=CLOCK)
    assert await workshop.scalar("SELECT count(*) FROM videos") == 1


@pytest.mark.parametrize(("kind", "named"), [("folder", ("/mnt/x/one.vtt",)), ("feed", ())])
async def test_a_file_that_is_still_followed_is_named(
    workshop: Workshop, kind: str, named: tuple[str, ...]
) -> None:
    """It is a person's own, and somebody should know; what was fetched of a feed is ours."""
    (video,) = await made(workshop, ONE)
    await follow(workshop, [video])
    await workshop.rows("UPDATE sources SET kind = :kind RETURNING 1", kind=kind)
    await workshop.rows(
        """INSERT INTO media_files (media_id, path, role, origin, sha256, size_bytes, modified_ns)
           SELECT id, '/mnt/x/one.vtt', 'transcript', 'imported', 'x', 1, 1 FROM media
           RETURNING 1"""
    )
    removed = await purge(workshop.database, [video], clock=CLOCK)
    assert removed.still_there == named


async def test_a_source_goes_and_what_it_made_stays(workshop: Workshop) -> None:
    """Unfinished videos are cancelled, finished ones and their pages are kept."""
    done, other = await made(workshop, TWO, ONE)
    half = await workshop.add(TOO)
    source = await follow(workshop, [done, half])
    removed = await remove_source(workshop.database, source, clock=CLOCK, purges=False)
    assert (removed.purged, removed.cancelled, removed.kept) == (0, 1, 1)
    rows = await workshop.rows("SELECT id, status, source_id FROM videos ORDER BY id")
    assert [tuple(row) for row in rows] == [
        (done, "indexed", None),
        (other, "indexed", None),
        (half, "cancelled", None),
    ]
    assert await workshop.rows("SELECT 1 FROM sources") == []
    assert {claim[2] for claim in await workshop.claims()} == {*TWO.lines, *ONE.lines}


async def test_a_source_goes_with_all_it_brought(workshop: Workshop) -> None:
    """What others brought stays."""
    mine, other = await made(workshop, ONE, TWO)
    source = await follow(workshop, [mine])
    removed = await remove_source(workshop.database, source, clock=CLOCK, purges=True)
    left: list[Any] = await workshop.rows("SELECT id FROM videos")
    assert (removed.purged, [row.id for row in left]) == (1, [other])
    assert await mentions(workshop, "Zebedee") == {}
