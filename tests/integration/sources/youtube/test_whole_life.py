"""A broadcast's whole life, lived through by the whole program: daemon, yt-dlp, paid models.

The site and the provider are real servers on loopback; one clock for the site and the program is
turned while nothing is under way, from each time something is due to the next.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from pydantic import SecretStr

from footnoted.daemon import run_daemon
from footnoted.model.transcript import TranscriptOrigin
from footnoted.pipeline.plan import Mode, RunPlan
from footnoted.pipeline.reports.items.item import read_item_words
from footnoted.pipeline.reports.jobs.store import JobFilter, read_jobs
from footnoted.pipeline.reports.videos import store as videos
from footnoted.sources.items import YOUTUBE_KIND
from footnoted.sources.net.adding import NetPlace, NewPlace, add_place
from footnoted.sources.net.asking import Asked
from footnoted.transcripts.captions import read_transcript
from tests.emulator import running
from tests.emulator.running import ROOT
from tests.fakes.machine import rows_of
from tests.integration.sources.youtube.conftest import YOUTUBE, WorldClock, nobody
from tests.timeline.world import Channel, Line, World, life

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from footnoted.db.session import Database
    from footnoted.settings import Settings
    from tests.emulator.running import Emulator
    from tests.integration.sources.youtube.conftest import LivingIn

START = datetime(2026, 11, 1, 12, tzinfo=UTC)  # when what is paid for has its price
CHANNEL = "UC" + "abcdefghijklmnopqrstuv"
SAMPLE = "low-ceiling-02-vocal-chain.en.srt"
SLOWLY = 6
LOGIC = ROOT / "bench" / "logic" / "extractive.py"
LAST = START + timedelta(days=32)
DUE = """
  SELECT min(at) FROM (
    SELECT not_before AS at FROM transcriptions UNION ALL SELECT next_check_at FROM transcriptions
    UNION ALL SELECT not_before FROM page_groups) due WHERE at > :now
"""


class Seen(NamedTuple):
    """What a person reads of the video, with times in hours since the beginning.

    `state` is what it waits for, else its status and whose words it has; `next_look` is of the
    video or, once that is done, of its captions.
    """

    at: float
    state: str
    next_look: float | None
    given_up: float | None


@dataclass
class Living:
    """The program in that world."""

    settings: Settings
    database: Database
    world: World
    emulator: Emulator
    trace: list[Seen] = field(default_factory=list[Seen])
    bought: list[int] = field(default_factory=list[int])

    async def live(self, most: int = 20) -> None:
        """Let the daemon work until nothing is due, turn the clock to what is next, and again."""
        for _ in range(most):
            await run_daemon(self.settings, RunPlan(Mode.DRAIN), nobody)
            self.trace.append(await self._seen())
            self.bought.append(self.emulator.totals()["calls"])
            (row,) = await self.rows(DUE, now=self.world.now)
            if row[0] is None or row[0] > LAST:
                return
            self.world.now = row[0]
        pytest.fail(f"it goes on and on: {self.trace}")

    async def rows(self, query: str, **values: Any) -> list[Any]:
        """Return the rows of a query."""
        return await rows_of(self.database, query, **values)

    async def _seen(self) -> Seen:
        now = self.world.now
        async with self.database.transaction() as session:
            state = await videos.read_state(session, 1, now)
            jobs = await read_jobs(session, JobFilter(media_id=1), now, 1)
        if state.wait_until is not None:
            until, deadline = _hours(state.wait_until), _hours(state.deadline)
            return Seen(_hours(now), str(state.wait_reason), until, deadline)
        words = await read_item_words(self.database, 1, now)
        told = f"{state.status}: {words.origin}, version {words.version}"
        if not jobs:
            return Seen(_hours(now), told, None, None)
        then = f"{told}; {jobs[0].reason}" if jobs[0].reason else told
        return Seen(_hours(now), then, _hours(jobs[0].at), None)


def _hours(at: datetime | None) -> Any:
    """Return hours since the beginning."""
    return None if at is None else round((at - START).total_seconds() / 3600, 2)


@pytest.fixture(scope="module")
def said(project_root: Path) -> Sequence[Line]:
    """Return what is said: a sample, with pauses for half an hour."""
    data = (project_root / "samples" / SAMPLE).read_bytes()
    read = read_transcript(data, SAMPLE, origin=TranscriptOrigin.CAPTIONS_MANUAL)
    return [((cue.start_ms or 0) / 1000 * SLOWLY, cue.text) for cue in read.cues]


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """Return a provider that answers a hundred times as fast as a real one."""
    how = ("--seed", "7", "--clock", "real", "--scale", "100", "--logic", str(LOGIC))
    with running.started(*how) as started:
        yield started


@pytest.fixture
def living(
    database: Database, living_in: LivingIn, said: Sequence[Line], emulator: Emulator
) -> Iterator[Living]:
    """Return the program with a key to pay with, in a world with one channel."""
    world = World([Channel(CHANNEL, "The Channel", [life(at=START, said=said)])], START)
    key = SecretStr("sk-test-1")
    with living_in(
        world,
        anthropic_api_key=key,
        anthropic_base_url=emulator.base_url,
        speech="openai",
        speech_base_url="http://127.0.0.1:9/v1",
    ) as settings:
        yield Living(settings, database, world, emulator)


@pytest.mark.timeout(300)
async def test_a_life_is_lived_through_and_paid_for_when_it_is_ready(living: Living) -> None:
    """What a person reads of it at any time: the state, when it is looked at next, until when.

    Nothing is bought before its words are there, and its sound is never asked for.
    """
    place = NewPlace(
        NetPlace(YOUTUBE_KIND, f"{YOUTUBE}/channel/{CHANNEL}"),
        ["techniques"],
        Asked(schedule="every 60d"),
    )
    await add_place(living.database, place, clock=WorldClock(living.world))
    await living.live()
    auto, manual = "indexed: captions_auto, version 1", "indexed: captions_manual, version"
    assert living.trace == [
        Seen(0.0, "upcoming", 2.17, given_up=50.0),
        Seen(2.17, "live", 2.42, given_up=74.17),
        Seen(2.42, "live", 2.67, given_up=74.17),
        Seen(2.67, "live", 2.92, given_up=74.17),
        Seen(2.92, "live", 3.17, given_up=74.17),
        Seen(3.17, "post_live", 3.67, given_up=51.0),
        Seen(3.67, "post_live", 4.17, given_up=51.0),
        Seen(4.17, "captions_pending", 9.0, given_up=75.0),
        Seen(9.0, auto, 27.0, given_up=None),
        Seen(27.0, f"{manual} 2", 171.0, given_up=None),
        Seen(171.0, f"{manual} 3", 722.97, given_up=None),
        Seen(722.97, f"{manual} 3; private", 746.97, given_up=None),
        Seen(746.97, f"{manual} 3; private", 770.97, given_up=None),
    ]
    async with living.database.transaction() as session:
        withheld = (await videos.read_state(session, 1, living.world.now)).withheld
    assert (withheld.reason if withheld else None) == "private", "`show` tells, as `jobs` does"
    ready = [seen.state for seen in living.trace].index(auto)
    assert living.bought[:ready] == [0] * ready
    assert living.world.count("/sound") == 0
    calls = await living.rows("SELECT item_kind, stage, reserved_at FROM llm_calls ORDER BY id")
    at = [_hours(call.reserved_at) for call in calls]
    assert sorted(set(at)) == [9.0, 27.0, 171.0]
    assert living.bought[-1] == len(calls)
    trimmed = [call.stage for call in calls if _hours(call.reserved_at) == 171.0]
    assert trimmed == ["segment", "extract"], "one topic of several had a line less"
