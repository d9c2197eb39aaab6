"""What goes when rules say so, on a real database, and what stays whatever they say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from footnoted.archive.retention.pruning import Retention, prune, survey
from footnoted.archive.retention.rules import Kind, Rule, parse_rule
from footnoted.knowledge.verify import verify
from footnoted.pipeline.reports.videos.video import read_video_runs
from footnoted.profiles.techniques.store import live_moments
from tests.integration.archive.conftest import contents, keep_file, open_at

if TYPE_CHECKING:
    from footnoted.db.storage import Storage

EVERYTHING = {kind: parse_rule("0d") for kind in Kind}
NEEDED = ("evidence", "transcripts", "claims", "claim_evidence", "page_versions", "pages", "topics")


async def run(storage: Storage, statement: str, **values: object) -> list[object]:
    """Return the first column of what a statement gives."""
    async with storage.database.transaction() as session:
        result = await session.execute(text(statement), values)
        return [row[0] for row in result] if result.returns_rows else []


async def journal(storage: Storage, name: str, *, state: str = "answered", days: int = 10) -> None:
    """Write a call of video 1 that is so old."""
    at = datetime.now(UTC) - timedelta(days=days)
    await run(
        storage,
        """
        INSERT INTO llm_calls (request_sha256, item_kind, item_id, stage, label, model,
          prompt_sha256, state, usable, reserved_usd, cost_usd, answer, body, prompt_preview,
          prompt_text, reserved_at, answered_at, deadline_at)
        VALUES (:name, 'video', 1, 'extract', :name, 'm', '', :state,
          CASE WHEN :state = 'answered' THEN true END, 0, 0.25,
          CASE WHEN :state = 'answered' THEN 'said' END, 'raw', 'first', 'whole', :at, :at, :at)""",
        name=name,
        state=state,
        at=at,
    )


async def test_nothing_a_page_stands_on_ever_goes(storage: Storage) -> None:
    """With every rule at its hardest, every quote still resolves, and no page has changed."""
    await journal(storage, "a")
    before = await contents(storage)
    gone = await prune(storage, EVERYTHING)
    after = await contents(storage)
    report = await verify(storage.database, [live_moments])
    assert gone[Kind.REPLAYS] == 1
    assert (report.holds, report.claims) == (True, 2)
    assert {name: before[name] for name in NEEDED} == {name: after[name] for name in NEEDED}


async def test_without_a_rule_nothing_goes(storage: Storage) -> None:
    """Neither by hand nor daily."""
    await journal(storage, "a", days=4_000)
    before = await contents(storage)
    await Retention(storage).look()
    assert await prune(storage, {}) == {}
    assert await contents(storage) == before


async def test_what_is_replayed_goes_only_by_its_own_rule(storage: Storage) -> None:
    """What models sent may go without it; the survey says what it would cost to ask again."""
    await journal(storage, "a")
    others = {kind: rule for kind, rule in EVERYTHING.items() if kind is not Kind.REPLAYS}
    lines = {line.kind: line for line in await survey(storage, EVERYTHING)}
    assert (lines[Kind.REPLAYS].holding.going, str(lines[Kind.REPLAYS].again_usd)) == (
        1,
        "0.250000000",
    )
    assert await prune(storage, others) == {
        Kind.EVENTS: 0,
        Kind.PREVIEWS: 1,
        Kind.PROMPTS: 1,
        Kind.ANSWERS: 1,
        Kind.MEDIA: 0,
    }
    left = "SELECT (answer, usable, body, prompt_preview, prompt_text)::text FROM llm_calls"
    assert await run(storage, left) == ["(said,t,,,)"]
    await prune(storage, EVERYTHING)
    left = "SELECT (state, answer, usable, unusable_code, cost_usd)::text FROM llm_calls"
    assert await run(storage, left) == ['(answered,"",f,purged,0.250000000)']


async def test_a_call_on_its_way_and_an_item_in_work_keep_theirs(storage: Storage) -> None:
    """What an open work order will replay is not old, whatever its date."""
    await journal(storage, "sent", state="sent")
    await journal(storage, "in work")
    await run(
        storage,
        """INSERT INTO work_orders (item_kind, item_id, stage, given, given_sha256, parts)
           VALUES ('video', 1, 'extract', '{}', '', '{}')
           ON CONFLICT (item_kind, item_id, stage) DO UPDATE SET given = excluded.given,
             given_sha256 = '', closed_at = NULL, output_sha256 = NULL""",
    )
    lines = {line.kind: line.holding for line in await survey(storage, EVERYTHING)}
    assert (lines[Kind.REPLAYS].going, lines[Kind.REPLAYS].needed) == (0, 1)
    assert (lines[Kind.ANSWERS].going, lines[Kind.ANSWERS].needed) == (0, 2)
    assert (lines[Kind.PROMPTS].going, lines[Kind.PROMPTS].needed) == (1, 1)


async def test_of_a_size_the_newest_stay(storage: Storage) -> None:
    """Three bytes each: a rule of seven keeps two."""
    for days in (3, 1, 2):
        await journal(storage, f"{days}", days=days)
    await prune(storage, {Kind.ANSWERS: Rule(None, 7)})
    left = "SELECT label FROM llm_calls WHERE body IS NOT NULL ORDER BY label"
    assert await run(storage, left) == ["1", "2"]


async def test_the_newest_event_of_each_name_stays(storage: Storage) -> None:
    """With it what a source's last look found, and that something was erased."""
    for name, days in (("a.done", 9), ("a.done", 8), ("b.done", 9), ("video.purged", 9)):
        at = datetime.now(UTC) - timedelta(days=days)
        await run(
            storage,
            "INSERT INTO events (item_kind, item_id, name, at) VALUES ('video', 99, :name, :at)",
            name=name,
            at=at,
        )
    assert await prune(storage, {Kind.EVENTS: parse_rule("1d")}) == {Kind.EVENTS: 1}
    left = "SELECT name FROM events WHERE item_id = 99 ORDER BY id"
    assert await run(storage, left) == ["a.done", "b.done", "video.purged"]


@pytest.mark.parametrize(("url", "stays"), [("https://video.example/b", False), (None, True)])
async def test_a_recording_goes_when_it_plays_elsewhere(
    storage: Storage, url: str | None, *, stays: bool
) -> None:
    """A file of a person's own folder stays in any case; a recording in work keeps everything."""
    await keep_file(storage, "media/ab/b.mp3", b"sound", role="media")
    outside = storage.settings.data_dir.parent / "mine.mp3"
    await keep_file(storage, str(outside), b"sound", role="media")
    await run(storage, "UPDATE media SET url = :url", url=url)
    kept = storage.settings.data_dir / "media" / "ab" / "b.mp3"
    await run(storage, "UPDATE videos SET status = 'extracted'")
    assert await prune(storage, {Kind.MEDIA: parse_rule("0d")}) == {Kind.MEDIA: 0}
    await run(storage, "UPDATE videos SET status = 'indexed'")
    await prune(storage, {Kind.MEDIA: parse_rule("0d")})
    assert (kept.exists(), outside.exists()) == (stays, True)
    present = "SELECT path FROM media_files WHERE missing_at IS NULL AND role = 'media' ORDER BY 1"
    assert await run(storage, present) == sorted(map(str, [outside, *([kept] if stays else [])]))


async def test_a_caption_file_goes_when_a_newer_took_its_place(storage: Storage) -> None:
    """Only when neither a video nor evidence rests on what was read from it."""
    path = storage.settings.data_dir / "fetched" / "1" / "ab.en.vtt"
    await run(storage, "UPDATE videos SET status = 'indexed'")
    await run(storage, "UPDATE transcripts SET file_sha256 = (SELECT sha256 FROM media_files)")
    copy = """
      INSERT INTO transcripts (media_id, version, origin, format, file_sha256, text_sha256,
        word_count, cue_count, is_timed, cues, quality)
      SELECT media_id, 2, origin, format, 'new', text_sha256, word_count, cue_count, is_timed, cues,
        quality FROM transcripts"""
    await run(storage, copy)
    rules = {Kind.MEDIA: parse_rule("0d")}
    assert await prune(storage, rules) == {Kind.MEDIA: 0}
    await run(storage, "UPDATE videos SET transcript_id = (SELECT max(id) FROM transcripts)")
    assert await prune(storage, rules) == {Kind.MEDIA: 0}
    await run(storage, "UPDATE evidence SET transcript_id = (SELECT max(id) FROM transcripts)")
    assert await prune(storage, rules) == {Kind.MEDIA: 1}
    assert not path.exists()


async def test_the_settings_say_what_goes_daily(storage: Storage) -> None:
    """One kind at a time."""
    await journal(storage, "a")
    data_dir = storage.settings.data_dir
    async with open_at(storage.url, data_dir, retain_previews="5d") as opened:
        await Retention(opened).look()
    left = "SELECT (prompt_preview, prompt_text)::text FROM llm_calls"
    assert await run(storage, left) == ["(,whole)"]


async def test_a_run_tells_the_same_when_its_events_are_gone(storage: Storage) -> None:
    """How far it came, what it replayed and how much happened, pruned at once or bit by bit."""
    old = datetime.now(UTC) - timedelta(days=40)
    (run_id,) = await run(
        storage,
        """INSERT INTO runs
             (item_kind, item_id, run_number, trigger, status, started_at, finished_at)
           VALUES ('video', 1, 9, 'manual', 'done', :at, :at) RETURNING id""",
        at=old,
    )
    for days, stage, replayed in ((40, "segment", 2), (30, "extract", 3), (20, "index", 0)):
        await run(
            storage,
            """INSERT INTO events (run_id, item_kind, item_id, name, stage, fields, at)
               VALUES (:run, 'video', 1, 'stage.advanced', :stage,
                 CAST(:fields AS jsonb), :at)""",
            run=run_id,
            stage=stage,
            fields=f'{{"calls": {{"replayed": {replayed}}}}}',
            at=datetime.now(UTC) - timedelta(days=days),
        )
    await run(  # the newest of its name is never pruned: it is another run's
        storage,
        """INSERT INTO events (item_kind, item_id, name, at)
           VALUES ('video', 1, 'stage.advanced', now())""",
    )

    async def told() -> tuple[object, ...]:
        (line,) = [one for one in await read_video_runs(storage.database, 1) if one.id == run_id]
        return line.reached, line.calls_replayed, line.events

    assert await told() == ("index", 5, 3)
    for rule, left in (("35d", 2), ("0d", 0)):
        await prune(storage, {Kind.EVENTS: parse_rule(rule)})
        events = await run(storage, "SELECT id FROM events WHERE run_id = :run", run=run_id)
        assert (len(events), await told()) == (left, ("index", 5, 3))
