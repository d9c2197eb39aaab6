"""Every state that an item can be in, as the whole program meets it and `status` tells it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from footnoted.daemon import run_daemon
from footnoted.pipeline.plan import Mode, RunPlan
from footnoted.pipeline.reports.status import StatusQuery, read_status
from footnoted.sources.items import YOUTUBE_KIND
from footnoted.sources.net.adding import NetPlace, NewPlace, add_place
from footnoted.sources.net.asking import Asked
from footnoted.sources.net.item import add_urls
from footnoted.sources.youtube.locator import YoutubeVideo
from tests.fakes.machine import rows_of
from tests.integration.sources.youtube.conftest import YOUTUBE, WorldClock, nobody
from tests.timeline.world import PRIVATE, START, Channel, Phase, Video, World

if TYPE_CHECKING:
    from collections.abc import Iterable

    from footnoted.db.session import Database
    from footnoted.pipeline.reports.report import StatusReport
    from tests.integration.sources.youtube.conftest import LivingIn

CHANNEL = "UC" + "abcdefghijklmnopqrstuv"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOON = int((START + 5 * HOUR).timestamp())
JUST_NOW = int((START - HOUR).timestamp())
STREAM = {"media_type": "livestream", "duration": None}


def _behind(what: str) -> Phase:
    """Return a phase in which something is in the way, as yt-dlp says it."""
    return Phase(START, fault=what, can_play=False)


WAITS: dict[str, tuple[Phase, float, float]] = {
    "upcoming": (
        Phase(START, {"live_status": "is_upcoming", "release_timestamp": SOON, **STREAM}),
        5 + 1 / 6,
        5 + 48,
    ),
    "premiere": (
        Phase(START, {"live_status": "is_upcoming", "release_timestamp": SOON}),
        5 + 1 / 6,
        5 + 48,
    ),
    "live": (
        Phase(START, {"live_status": "is_live", "release_timestamp": JUST_NOW, **STREAM}),
        0.25,
        72,
    ),
    "post_live": (
        Phase(START, {"live_status": "post_live", "release_timestamp": JUST_NOW}),
        0.5,
        48,
    ),
    "captions_pending": (Phase(START), 1, 72),
    "members_only": (
        _behind("Join this channel to get access to members-only content"),
        7 * 24,
        60 * 24,
    ),
    "private": (_behind(PRIVATE), 24, 7 * 24),
    "region_blocked": (
        _behind("The uploader has not made this video available in your country"),
        7 * 24,
        28 * 24,
    ),
    "item_unavailable": (_behind("Video unavailable"), 6, 7 * 24),
}
"""What is met, and in how many hours it is looked at next and given up."""

ENDS = {
    "removed": "Video unavailable. This video has been removed by the uploader",
    "age_restricted": "Sign in to confirm your age. This video may be inappropriate",
    "paid": "This video requires payment to watch.",
    "drm_protected": "This video is DRM protected",
    "url_unsupported": "Unsupported URL: it is none",
}
"""What is said of an item that is over."""


def videos(phases: Iterable[Phase], first: int, at: Any = START) -> list[Video]:
    """Return a video for each phase, of ten minutes and with an id of its own."""
    return [
        Video(f"video{first + turn:06}", f"Talk {first + turn}", at, 600.0, [phase])
        for turn, phase in enumerate(phases)
    ]


async def told(database: Database, world: World) -> StatusReport:
    """Return what `status` tells."""
    return await read_status(database, StatusQuery(world.now, HOUR, ("techniques",)))


async def test_every_state_has_its_name_its_next_look_and_its_end(
    database: Database, living_in: LivingIn
) -> None:
    """In one look at one item each; nothing else is told of any."""
    waiting = videos((phase for phase, _, _ in WAITS.values()), 0)
    over = videos((_behind(said) for said in ENDS.values()), 20)
    silent = videos([Phase(START)], 40, START - 10 * DAY)
    short = videos([Phase(START, {"media_type": "short", "duration": 30})], 50)
    channel = Channel(CHANNEL, "The Channel", short)
    world = World([channel, Channel("UC" + "b" * 22, "Others", [*waiting, *over, *silent])])
    clock = WorldClock(world)
    with living_in(world) as settings:
        asked = Asked(shorts="exclude", schedule="every 60d")
        place = NetPlace(YOUTUBE_KIND, f"{YOUTUBE}/channel/{CHANNEL}")
        await add_place(database, NewPlace(place, ["techniques"], asked), clock=clock)
        urls = [YoutubeVideo(video.video_id).url for video in (*waiting, *over, *silent)]
        await add_urls(database, urls, ["techniques"], clock=clock)
        await run_daemon(settings, RunPlan(Mode.DRAIN), nobody)
    report, now = await told(database, world), world.now
    hours = {
        line.reason: (_hours(line.next_at - now), _hours((line.deadline or now) - now))
        for line in report.waiting
    }
    assert hours == {
        reason: (round(until, 2), round(deadline, 2))
        for reason, (_, until, deadline) in WAITS.items()
    }
    ended = {(line.status, line.code): line.examples[0].detail for line in report.stopped}
    assert set(ended) == {
        *(("failed", code) for code in (*ENDS, "no_captions")),
        ("skipped", "not_taken"),
    }
    assert ended["skipped", "not_taken"] == "it is a Short, and the source leaves these out"
    assert all(line.count == 1 for line in (*report.waiting, *report.stopped))
    assert report.alerts == ()
    (source,) = await rows_of(database, "SELECT poll_state ->> 'listed_all' FROM sources")
    assert source[0] == "true", "a feed with room left lists all there is"


def _hours(span: timedelta) -> float:
    return round(span.total_seconds() / 3600, 2)


async def test_a_bot_check_is_one_alert_and_nobodys_failure(
    database: Database, living_in: LivingIn
) -> None:
    """The first to ask is refused; nobody else asks, and all of them wait for the host."""
    check = _behind("Sign in to confirm you\u2019re not a bot")
    asked = videos([check] * 20, 0)
    world = World([Channel(CHANNEL, "The Channel", asked)])
    clock = WorldClock(world)
    with living_in(world) as settings:
        urls = [YoutubeVideo(video.video_id).url for video in asked]
        await add_urls(database, urls, ["techniques"], clock=clock)
        await run_daemon(settings, RunPlan(Mode.DRAIN), nobody)
    report = await told(database, world)
    assert world.count("/video") == 1
    assert [(line.reason, line.count) for line in report.waiting] == [("host_rests", 20)]
    assert [(alert.code, alert.concerns) for alert in report.alerts] == [
        ("host_blocked", "youtube.com")
    ]
    assert report.stopped == ()
