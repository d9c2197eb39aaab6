"""What the timeline server knows: videos, their phases, and a clock that tests turn."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
Line = tuple[float, str]
"""What is said from a second on."""

SAID: tuple[Line, ...] = ((0, "So we start"), (4, "with the sound."))


@dataclass(frozen=True)
class Captions:
    """One track: its key (`en-orig`), who made it, and its cues as (start_s, text)."""

    key: str
    is_auto: bool
    cues: Sequence[Line]


@dataclass(frozen=True)
class Phase:
    """What a video is from a moment on: info dict fields, its captions, or what is in the way.

    `crash` makes the extractor break; `sound` is the file that `-f bestaudio` gets.
    """

    from_at: datetime
    info: Mapping[str, Any] = field(default_factory=dict)
    captions: Sequence[Captions] = ()
    fault: str | None = None
    crash: str | None = None
    can_play: bool = True


@dataclass
class Video:
    """A video: facts that stay, and its phases in the order of their times."""

    video_id: str
    title: str
    published_at: datetime
    duration_s: float
    phases: Sequence[Phase]
    language: str | None = "en"

    def phase(self, now: datetime) -> Phase:
        """Return the phase at `now`, the first one before it begins."""
        begun = [phase for phase in self.phases if phase.from_at <= now]
        return begun[-1] if begun else self.phases[0]


@dataclass
class Channel:
    """A channel: its videos, newest first, and the names it goes by."""

    channel_id: str
    name: str
    videos: list[Video]
    handle: str | None = None
    fault: str | None = None
    feed_status: int = 200


@dataclass
class World:
    """Everything that is served; `now` is the time there."""

    channels: list[Channel]
    now: datetime = START
    sound: bytes = b""
    requests: list[str] = field(default_factory=list)

    def video(self, video_id: str) -> Video | None:
        """Return a video by its id."""
        return next(
            (
                one
                for channel in self.channels
                for one in channel.videos
                if one.video_id == video_id
            ),
            None,
        )

    def channel(self, name: str) -> Channel | None:
        """Return a channel by its id, its uploads' id, or its handle."""
        for channel in self.channels:
            if name in (channel.channel_id, f"UU{channel.channel_id[2:]}", channel.handle):
                return channel
        return None

    def count(self, beginning: str) -> int:
        """Return how often a path that begins so was asked for."""
        return sum(path.startswith(beginning) for path in self.requests)


def life(video_id: str = "lifeoflife1", at: datetime = START, said: Sequence[Line] = SAID) -> Video:
    """Return a broadcast's whole life: upcoming, live, post-live, captions, better ones, trimmed.

    Announced at `at` for two hours later; live for one hour; its recording is made for an hour;
    captions of a machine come six hours after its start and a person's, who wrote what was `said`,
    after twenty; its last line is trimmed after three days, and it is private after ten.
    """
    starts, hour = at + timedelta(hours=2), timedelta(hours=1)
    when = {"release_timestamp": int(starts.timestamp()), "media_type": "livestream"}
    heard = Captions("en-orig", is_auto=True, cues=[(at_s, _heard(line)) for at_s, line in said])
    german = Captions("de", is_auto=True, cues=[(0, "ein andere Satz")])
    written = Captions("en", is_auto=False, cues=said)
    trimmed = Captions("en", is_auto=False, cues=said[:-1])
    was_live = {**when, "live_status": "was_live"}
    return Video(
        video_id,
        "The whole life",
        at,
        3600.0,
        [
            Phase(at, {**when, "live_status": "is_upcoming", "duration": None}, can_play=False),
            Phase(starts, {**when, "live_status": "is_live", "duration": None}),
            Phase(starts + hour, {**when, "live_status": "post_live"}),
            Phase(starts + 2 * hour, was_live),
            Phase(starts + 6 * hour, was_live, [heard, german]),
            Phase(starts + 20 * hour, was_live, [heard, german, written]),
            Phase(starts + 72 * hour, {**was_live, "duration": 3500.0}, [trimmed]),
            Phase(starts + 240 * hour, fault=PRIVATE, can_play=False),
        ],
    )


def _heard(line: str) -> str:
    """Return a line as a machine hears it: without capitals and marks."""
    return re.sub(r"[^\w\s']", "", line).lower()


PRIVATE = "Private video. Sign in if you've been granted access to this video"
