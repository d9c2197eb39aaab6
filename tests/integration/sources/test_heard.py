"""Sound of a folder and of a podcast, through the whole program: heard, paid for once, kept."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from footnoted.clock import SystemClock
from footnoted.daemon import run_daemon
from footnoted.pipeline.controls.changing import change_source
from footnoted.pipeline.controls.selection import Selection
from footnoted.pipeline.controls.taking_up import retry
from footnoted.pipeline.plan import Mode, RunPlan
from footnoted.settings import Settings
from footnoted.sources.follow import NewSource, add_source
from footnoted.sources.items import FEED_KIND
from footnoted.sources.net.adding import NetPlace, NewPlace, add_place
from footnoted.sources.net.asking import Asked
from footnoted.stages import transcribe
from tests.fakes.hearing import spoken
from tests.fakes.machine import rows_of
from tests.fakes.sounds import write_wav
from tests.fakes.speech_server import SpeechServer, Truth
from tests.fakes.speech_server import serving as serving_speech
from tests.fakes.web_server import Page, WebServer, serving
from tests.integration.sources.conftest import SENTENCES, captions

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator
    from pathlib import Path

    from footnoted.app import App
    from footnoted.db.session import Database
    from footnoted.pipeline.plan import Report

HALF = 16_000 * 60
MINUTE_USD = Decimal("0.006")
FEED = """<?xml version="1.0"?><rss version="2.0"
 xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>The Pod</title>
<language>en</language><item><title>Episode 1</title><guid>e1</guid>
<pubDate>Mon, 02 Nov 2026 08:00:00 GMT</pubDate><itunes:duration>{length_s}</itunes:duration>
<enclosure url="{url}" type="audio/wav" length="9"/></item></channel></rss>"""
VIDEOS = """SELECT m.title, v.status, v.wait_reason FROM videos v JOIN media m ON m.id = v.media_id
            ORDER BY m.title"""


def said() -> Truth:
    """Return two minutes in which people say sentences."""
    truth = spoken(120.0)
    words = " ".join(SENTENCES * 12).split()
    return replace(
        truth,
        words=tuple((word, *rest) for word, (_, *rest) in zip(words, truth.words, strict=False)),
    )


@asynccontextmanager
async def nobody(app: App) -> AsyncGenerator[None]:
    """Serve no requests."""
    del app
    yield


@dataclass
class Followed:
    """A folder and a podcast that are followed, and the service that hears."""

    settings: Settings
    database: Database
    service: SpeechServer
    web: WebServer
    folder: Path

    def publish(self, samples: Any) -> None:
        """Have the podcast offer that sound as its one episode."""
        length_s = len(samples) // 16_000
        feed = FEED.format(url=self.web.url("/1.wav"), length_s=length_s)
        sound = write_wav(self.folder.parent / "1.wav", samples).read_bytes()
        self.web.pages |= {
            "/feed.xml": Page(feed.encode(), headers=("Content-Type: application/rss+xml",)),
            "/1.wav": Page(sound, headers=("Content-Type: audio/wav",)),
        }

    async def drain(self, **changes: Any) -> Report:
        """Let the whole program work until nothing is due."""
        settings = self.settings.model_copy(update=changes)
        return await run_daemon(settings, RunPlan(Mode.DRAIN), nobody)

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return [tuple(row) for row in await rows_of(self.database, query)]


@pytest.fixture(autouse=True)
def _lost_wakes_are_made_up_for_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look again soon: a video that looks while its transcription ends would wait ten seconds."""
    monkeypatch.setattr(transcribe, "_AT_WORK", timedelta(milliseconds=100))


@pytest.fixture
async def followed(
    database: Database, database_url: str, short_path: Path
) -> AsyncIterator[Followed]:
    """Follow a folder with a file of sound, and a podcast that offers no transcript."""
    truth, folder, clock = said(), short_path / "talks", SystemClock()
    folder.mkdir()
    write_wav(folder / "talk.wav", truth.samples[:HALF])
    async with serving_speech(truth) as service, serving(WebServer()) as web:
        settings = Settings(
            data_dir=short_path / "data",
            database_url=SecretStr(database_url),
            allow_private_addresses=True,
            host_gap_s=0.0,
            file_settle_s=0.0,
            speech="openai",
            speech_base_url=f"{service.base_url}/v1",
        )
        made = Followed(settings, database, service, web, folder)
        made.publish(truth.samples[HALF : 2 * HALF])
        await add_source(database, NewSource(str(folder), ["techniques"], 300), clock=clock)
        place = NewPlace(NetPlace(FEED_KIND, web.url("/feed.xml")), ["techniques"], Asked())
        await add_place(database, place, clock=clock)
        yield made


async def test_sound_without_captions_is_heard_and_paid_once(followed: Followed) -> None:
    """Each recording is one call in the journal, settled at its length; nothing is left held."""
    await followed.drain()
    assert await followed.rows(VIDEOS) == [
        ("Episode 1", "indexed", None),
        ("talk", "indexed", None),
    ]
    calls = """SELECT item_kind, stage, model, state, cost_usd FROM llm_calls
               WHERE item_kind = 'transcription' ORDER BY id"""
    call = ("transcription", "listen", "whisper-1", "answered", MINUTE_USD)
    assert await followed.rows(calls) == [call, call]
    kept = "SELECT origin, language, word_count > 50 FROM transcripts ORDER BY id"
    assert await followed.rows(kept) == [("asr", "en", True)] * 2
    spent = "SELECT spent_usd, reserved_usd FROM budgets WHERE scope = 'day'"
    assert await followed.rows(spent) == [(2 * MINUTE_USD, 0)]
    assert [*followed.settings.fetched_dir.glob("*/sound-*")] == []


async def test_a_second_run_buys_nothing(followed: Followed) -> None:
    """Even where both recordings are to be heard anew and what was heard is lost."""
    await followed.drain()
    await followed.rows("DELETE FROM media_files WHERE role = 'transcript' RETURNING 1")
    await followed.rows("UPDATE transcriptions SET status = 'wanted' RETURNING 1")
    await followed.drain()
    assert len(followed.service.asked) == 2
    heard = "SELECT count(*) FROM transcriptions WHERE status = 'heard'"
    assert await followed.rows(heard) == [(2,)]
    assert await followed.rows("SELECT count(*) FROM transcripts") == [(2,)]


async def test_a_recording_that_was_cut_is_heard_again(followed: Followed) -> None:
    """Its publisher tells another length; one who only rounds otherwise is not asked for sound."""
    await followed.drain()
    old = "history = history #- '{heard,told_ms}', status = 'wanted'"  # as before it was noted
    await followed.rows(f"UPDATE transcriptions SET {old} RETURNING 1")  # noqa: S608 - constant
    for seconds, calls, versions in ((58, 2, 1), (40, 3, 2)):
        followed.publish(said().samples[HALF : HALF + seconds * 16_000])
        await followed.rows("UPDATE sources SET next_poll_at = now() RETURNING 1")
        await followed.drain()
        made_of = """SELECT t.version FROM videos v JOIN transcripts t ON t.id = v.transcript_id
                     JOIN media m ON m.id = v.media_id WHERE m.title = 'Episode 1'"""
        assert (len(followed.service.asked), await followed.rows(made_of)) == (calls, [(versions,)])
    assert [row[1] for row in await followed.rows(VIDEOS)] == ["indexed", "indexed"]


async def test_what_nobody_brings_is_not_waited_for_for_ever(followed: Followed) -> None:
    """It stops under its name; a transcript that comes later is taken, a retry hears the other."""
    await followed.drain(speech="off")
    passed = """UPDATE transcriptions SET deadline = deadline - interval '31 days',
                not_before = now() WHERE deadline > now() RETURNING 1"""
    assert await followed.rows(passed) == [(1,), (1,)]
    await followed.drain(speech="off")
    stopped = [(row[0], row[1]) for row in await followed.rows(VIDEOS)]
    assert stopped == [("Episode 1", "failed"), ("talk", "failed")]
    code = "speech_recognition_deadline"
    assert set(await followed.rows("SELECT failure_code FROM videos")) == {(code,)}

    (followed.folder / "talk.vtt").write_text(captions(), encoding="utf-8")
    await followed.rows("UPDATE sources SET next_poll_at = now() RETURNING 1")
    await followed.drain(speech="off")
    await retry(followed.database, Selection(reason=code), clock=SystemClock())
    await followed.drain()
    assert [row[1] for row in await followed.rows(VIDEOS)] == ["indexed", "indexed"]
    assert len(followed.service.asked) == 1


async def test_what_nothing_hears_says_so(followed: Followed) -> None:
    """Without speech recognition they wait for it by its name, and are heard when it is there."""
    await followed.drain(speech="off")
    waiting = await followed.rows(VIDEOS)
    await followed.drain()
    assert waiting == [
        ("Episode 1", "discovered", "speech_recognition"),
        ("talk", "discovered", "speech_recognition"),
    ]
    assert [row[1] for row in await followed.rows(VIDEOS)] == ["indexed", "indexed"]


@pytest.mark.parametrize("is_taken_back", [False, True])
async def test_a_sources_own_cap_holds_until_it_is_raised_or_taken_back(
    followed: Followed, *, is_taken_back: bool
) -> None:
    """What it does not let through waits; other sources go on; more of a cap wakes what waited."""
    asked = Asked(daily_cap_usd=str(MINUTE_USD / 2))
    await change_source(followed.database, 2, asked, clock=SystemClock())
    report = await followed.drain()
    assert report.is_held_up
    assert await followed.rows(VIDEOS) == [
        ("Episode 1", "discovered", "budget"),
        ("talk", "indexed", None),
    ]
    told = await followed.rows("SELECT code, concerns FROM alerts WHERE resolved_at IS NULL")
    assert [(code, concerns.partition("/")[0]) for code, concerns in told] == [
        ("cost_cap_reached", "source_day 2")
    ]
    asked = Asked(daily_cap_usd="" if is_taken_back else str(2 * MINUTE_USD))
    await change_source(followed.database, 2, asked, clock=SystemClock())
    await followed.drain()
    assert [row[1] for row in await followed.rows(VIDEOS)] == ["indexed", "indexed"]
    assert len(followed.service.asked) == 2


async def test_the_lower_of_two_caps_of_a_source_holds(followed: Followed) -> None:
    """That of all sources, where a source's own is higher."""
    asked = Asked(daily_cap_usd=str(MINUTE_USD * 2))
    await change_source(followed.database, 2, asked, clock=SystemClock())
    await followed.drain(source_daily_cost_cap_usd=MINUTE_USD / 2)
    assert [row[2] for row in await followed.rows(VIDEOS)] == ["budget", "budget"]
    assert followed.service.asked == []
