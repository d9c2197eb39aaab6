"""What the real yt-dlp says of items, hosts and lists, and lives that end without words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnoted.fetch.port import HostRestsError
from footnoted.fetch.ytdlp.faults import FaultKind
from footnoted.fetch.ytdlp.limits import RunLimits
from footnoted.fetch.ytdlp.port import YtDlpFailedError
from footnoted.fetch.ytdlp.program import Place, YtDlpProgram
from footnoted.sources.youtube.availability import Gone, Ready, Wait, decide
from footnoted.sources.youtube.follower import resolve_channel
from footnoted.sources.youtube.item import probe
from footnoted.sources.youtube.listing import read_listing
from footnoted.sources.youtube.locator import PlaceKind, YoutubePlace, YoutubeVideo
from footnoted.sources.youtube.timing import DAY_S, HOUR_S, History, Policy, Rest
from tests.fakes.turns import FakeTurns
from tests.timeline import server
from tests.timeline.world import PRIVATE, START, Captions, Channel, Phase, Video, World, life

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

ID = "lifeoflife1"
CHANNEL = "UC" + "abcdefghijklmnopqrstuv"


@pytest.fixture
def world() -> World:
    """Return a world with one channel that goes on air once."""
    return World([Channel(CHANNEL, "The Channel", [life(ID)], "@channel")])


@pytest.fixture
def turns() -> FakeTurns:
    """Return a gate that lets everybody pass."""
    return FakeTurns()


@pytest.fixture
def ytdlp(world: World, turns: FakeTurns, tmp_path: Path) -> Iterator[YtDlpProgram]:
    """Return the real yt-dlp, asking the world."""
    with server.started(world) as base:
        place = Place(tmp_path / "work", server.command(base))
        yield YtDlpProgram(place, turns, RunLimits(timeout_s=60))


class Life:
    """Looks at a video whenever the decision before asks for it, and keeps the trace."""

    def __init__(self, ytdlp: YtDlpProgram, world: World) -> None:
        """Start at the time of the world."""
        self._ytdlp, self._world = ytdlp, world
        self._history = History(first_seen_at=world.now)
        self.trace: list[tuple[float, str, str]] = []

    async def look(self, policy: Policy) -> datetime | None:
        """Look once; return when to look again."""
        now = self._world.now
        decision = decide(await probe(self._ytdlp, _page()), self._history, now, policy)
        hours = round((now - START).total_seconds() / 3600, 2)
        match decision:
            case Wait():
                goes_on = self._history.waiting_for == decision.wait_reason
                since = self._history.waiting_since if goes_on else now
                self._history = History(START, decision.wait_reason, since)
                self.trace.append((hours, "wait", decision.wait_reason))
                return decision.until
            case Gone():
                self.trace.append((hours, decision.status, decision.failure_code))
                return None
            case Ready():
                self.trace.append((hours, "ready", decision.detail))
                return None

    async def live(self, policy: Policy, most: int = 60) -> None:
        """Turn the clock from look to look until nothing more is to be looked at."""
        for _ in range(most):
            at = await self.look(policy)
            if at is None:
                return
            self._world.now = at
        pytest.fail(f"it goes on and on: {self.trace}")


async def test_a_machines_translation_is_never_fetched(ytdlp: YtDlpProgram, world: World) -> None:
    """Not even when nothing else comes: it ends without words (complaints 2 and 3)."""
    german = Captions("de", is_auto=True, cues=[(0, "erfunden")])
    world.channels[0].videos = [_video(Phase(START, captions=[german]))]
    lived = Life(ytdlp, world)
    await lived.live(Policy())
    assert [entry[1:] for entry in lived.trace] == [
        ("wait", "captions_pending"),
        ("wait", "captions_pending"),
        ("wait", "captions_pending"),
        ("wait", "captions_pending"),
        ("failed", "no_captions"),
    ]
    assert world.count("/captions") == 0


async def test_a_recording_that_is_never_made_is_given_up(
    ytdlp: YtDlpProgram, world: World
) -> None:
    """Complaint 8: two days, then whatever is there, which is nothing."""
    info = {"live_status": "post_live", "release_timestamp": int(START.timestamp())}
    world.channels[0].videos = [_video(Phase(START, info, can_play=False))]
    lived = Life(ytdlp, world)
    await lived.live(Policy(post_live=Rest(16 * HOUR_S, 2 * DAY_S)))
    assert lived.trace == [
        (0.0, "wait", "post_live"),
        (16.0, "wait", "post_live"),
        (32.0, "wait", "post_live"),
        (48.0, "wait", "post_live"),
        (48.17, "wait", "captions_pending"),
        (72.17, "failed", "no_captions"),
    ]


@pytest.mark.parametrize(
    ("says", "kind"),
    [
        (PRIVATE, FaultKind.PRIVATE),
        ("Join this channel to get access to members-only content", FaultKind.MEMBERS_ONLY),
        ("Sign in to confirm your age", FaultKind.AGE_RESTRICTED),
        (
            "The uploader has not made this video available in your country",
            FaultKind.REGION_BLOCKED,
        ),
        ("Video unavailable. This video has been removed by the uploader", FaultKind.REMOVED),
        ("Video unavailable", FaultKind.UNAVAILABLE),
    ],
)
async def test_what_yt_dlp_says_of_an_item_arrives_as_its_kind(
    ytdlp: YtDlpProgram, world: World, turns: FakeTurns, says: str, kind: FaultKind
) -> None:
    """Through its own ways of saying so, and the host is not blamed."""
    world.channels[0].videos = [_video(Phase(START, fault=says, can_play=False))]
    seen = await probe(ytdlp, _page())
    assert (seen.fault.kind if seen.fault else None) == kind
    assert turns.refusals == []


@pytest.mark.parametrize(
    "says",
    ["Sign in to confirm you\u2019re not a bot", "This content isn't available, try again later."],
)
async def test_what_it_says_of_us_is_a_rest_of_the_host(
    ytdlp: YtDlpProgram, world: World, turns: FakeTurns, says: str
) -> None:
    """And no state of the item (complaints 4 and 6)."""
    world.channels[0].videos = [_video(Phase(START, fault=says, can_play=False))]
    with pytest.raises(HostRestsError):
        await probe(ytdlp, _page())
    assert len(turns.refusals) == 1


async def test_a_crash_of_its_extractor_is_a_counted_attempt(
    ytdlp: YtDlpProgram, world: World, turns: FakeTurns
) -> None:
    """The next one goes on."""
    world.channels[0].videos = [_video(Phase(START, crash="the page has changed"))]
    with pytest.raises(YtDlpFailedError, match="the page has changed"):
        await probe(ytdlp, _page())
    assert turns.refusals == []


async def test_a_handle_is_resolved_and_its_uploads_are_listed(
    ytdlp: YtDlpProgram, world: World
) -> None:
    """Newest first, at most as many as wanted."""
    world.channels[0].videos = [
        Video(f"video{number:06}", f"Talk {number}", START, 60.0, [Phase(START)])
        for number in range(5)
    ]
    found = await resolve_channel(ytdlp, YoutubePlace(PlaceKind.HANDLE, "@channel"))
    assert found == YoutubePlace(PlaceKind.CHANNEL, CHANNEL)
    listed = read_listing(await ytdlp.listing(found.listing_url, 3), found.url)
    assert [item.keys for item in listed.items] == [
        ("youtube:video000000",),
        ("youtube:video000001",),
        ("youtube:video000002",),
    ]
    assert listed.items[0].facts.title == "Talk 0"
    assert listed.items[0].facts.duration_ms == 60_000
    assert listed.creator == "The Channel"


def _page() -> str:
    return YoutubeVideo(ID).url


def _video(*phases: Phase) -> Video:
    return Video(ID, "A talk", START, 600.0, phases)
