"""An event of a stance as one sentence, with where it can be heard. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.model.text import clock_time

if TYPE_CHECKING:
    from footnoted.profiles.stocks.history.stance import Event, Point, Timeline


def who_of(timeline: Timeline) -> str:
    """Return whose timeline it is: a creator, or a speaker with the creator."""
    return f"{timeline.speaker} ({timeline.creator})" if timeline.speaker else timeline.creator


def stance_of(point: Point) -> str:
    """Return a stance in short, such as `buy 0.60 years`."""
    conviction = None if point.conviction is None else f"{point.conviction:.2f}"
    return " ".join(part for part in (point.action, conviction, point.horizon) if part)


def change_of(event: Event) -> str:
    """Return what changed in short, such as `buy → sell 0.60`."""
    if event.point is None:
        return f"{event.was}, then not named"
    was = f"{event.was} → " if event.was else ""
    return f"{was}{stance_of(event.point)}"


def place_of(point: Point) -> str:
    """Return where a stance can be heard: the link to its second, else recording and place."""
    if point.start_ms is None:
        return f"{point.title} (video {point.video_id}), cue {point.first_cue}"
    return point.url or f"{point.title} (video {point.video_id}), {clock_time(point.start_ms)}"


def cited_point(event: Event) -> Point | None:
    """Return the stance that shows an event; of a silence, the last one before it."""
    return event.point or event.last


def sentence_of(timeline: Timeline, event: Event) -> str:
    """Return an event as an alert tells it."""
    day = f" ({event.published_at:%Y-%m-%d})" if event.published_at else ""
    said = cited_point(event)
    where = f": {place_of(said)}" if said else ""
    what = f"{timeline.symbol} ({timeline.company}), {who_of(timeline)}"
    return f"{event.kind.value}{day}: {what}: {change_of(event)}{where}"
