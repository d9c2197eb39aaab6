"""How a stance on a symbol changes over recordings: points, and the events between them. Pure.

    mentions + recordings -> one point a recording -> in order of publication -> events

It follows from what there is now alone, so neither the order in which recordings arrived nor those
that left again make a difference. A point is the surest mention with an action in a recording.

- `new`: the first point, or the first after a silence.
- `flip`: another side than the one last taken (buy, add and hold are one; sell, short and avoid the
  other; watch and trim are none).
- `escalation`: the same side, taken further (hold < buy < add; avoid < sell < short) or more surely
  by a fifth of the scale; or a side taken where only watch or trim was before.
- `silence`: a number of recordings in a row that do not name the symbol, after a stance that leaves
  something open (not after sell or avoid).

Saying the same again, in whatever words, or less surely, is no event. Nobody knows what came before
a recording without a date: it is a point, an event only as the first of all, and never a silence.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from footnoted.profiles.stocks.types import ProfileModel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from footnoted.profiles.stocks.history.seen import Seen
    from footnoted.profiles.stocks.types import MentionRow

SILENT_RECORDINGS: Final = 4
"""How many recordings in a row must not name a symbol for it to be a silence."""
_SURER = 0.2
_RANKS = {"hold": 1, "buy": 2, "add": 3, "avoid": -1, "sell": -2, "short": -3}
_CLOSED = frozenset({"sell", "avoid"})
_LAST = datetime.max.replace(tzinfo=UTC)


class EventKind(StrEnum):
    """What happened to a stance."""

    NEW = "new"
    FLIP = "flip"
    ESCALATION = "escalation"
    SILENCE = "silence"


class Point(ProfileModel):
    """The stance of one recording, with the words that say it."""

    video_id: int
    recording: str
    title: str
    published_at: datetime | None
    action: str
    conviction: float | None
    horizon: str | None
    quote: str
    first_cue: int
    start_ms: int | None
    url: str | None


class Event(ProfileModel):
    """A change; `was` is the action before it, `point` the one that makes it (none is silence).

    `last` is the stance before it, with its words; the first of a timeline, or after a silence, has
    none.
    """

    kind: EventKind
    published_at: datetime | None
    recording: str
    was: str | None
    point: Point | None
    last: Point | None = None


class Timeline(ProfileModel):
    """What one creator, or one speaker by name, thinks of one symbol, oldest first."""

    creator: str
    creator_slug: str
    speaker: str | None
    symbol: str
    company: str
    points: tuple[Point, ...]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class _Of:
    """What a timeline is of."""

    creator_slug: str
    speaker: str | None
    symbol: str


def timelines(
    mentions: Iterable[MentionRow],
    recordings: Iterable[Seen],
    *,
    silent_recordings: int = SILENT_RECORDINGS,
) -> tuple[Timeline, ...]:
    """Return every timeline that has a point, by symbol, creator and speaker."""
    grouped: dict[_Of, list[MentionRow]] = defaultdict(list)
    for mention in mentions:
        if mention.symbol is not None:
            grouped[_Of(mention.creator_slug, mention.speaker, mention.symbol)].append(mention)
    seen: dict[str, list[Seen]] = defaultdict(list)
    for recording in recordings:
        seen[recording.creator_slug].append(recording)
    # A creator is not silent on what somebody names by name in a recording of theirs.
    named: dict[tuple[str, str], set[int]] = defaultdict(set)
    for of, said in grouped.items():
        named[of.creator_slug, of.symbol] |= {mention.video_id for mention in said}
    found: list[Timeline] = []
    for of in sorted(grouped, key=lambda of: (of.symbol, of.creator_slug, of.speaker or "")):
        heard = [
            one for one in seen[of.creator_slug] if of.speaker is None or of.speaker in one.speakers
        ]
        if of.speaker is None:
            in_which = named[of.creator_slug, of.symbol]
        else:
            in_which = {mention.video_id for mention in grouped[of]}
        found.append(_timeline(of, grouped[of], heard, _Follower(in_which, silent_recordings)))
    return tuple(timeline for timeline in found if timeline.points)


def _timeline(
    of: _Of, mentions: Sequence[MentionRow], heard: Sequence[Seen], follower: _Follower
) -> Timeline:
    points: dict[int, Point] = {}
    for mention in sorted(mentions, key=_surest_last):
        if mention.action is not None:
            points[mention.video_id] = _point(mention, mention.action)
    known = {one.video_id for one in heard}
    # A recording whose outlook is not there yet still has its points.
    early = [point for point in points.values() if point.video_id not in known]
    steps: list[Seen | Point] = [*heard, *early]
    for step in sorted(steps, key=lambda step: (_when(step), step.video_id)):
        follower.pass_by(step, points.get(step.video_id))
    first = min(mentions, key=lambda one: (_when(one), one.first_cue, one.company))
    return Timeline(
        creator=first.creator,
        creator_slug=of.creator_slug,
        speaker=of.speaker,
        symbol=of.symbol,
        company=first.company,
        points=tuple(sorted(points.values(), key=lambda point: (_when(point), point.video_id))),
        events=tuple(follower.events),
    )


class _Follower:
    """Passes recordings in order, notes what happens to one stance; `named` are those it is in."""

    def __init__(self, named: set[int], silent_recordings: int) -> None:
        self.events: list[Event] = []
        self._named = named
        self._silent_recordings = silent_recordings
        self._last: Point | None = None
        self._mark: Point | None = None
        """The point that later ones are compared with: the last one that was an event."""
        self._quiet = 0

    def pass_by(self, recording: Seen | Point, point: Point | None) -> None:
        """Take the next recording; those without a date, of which nothing follows, come last."""
        if recording.published_at is None:
            if point is not None and not self.events:
                self._note(EventKind.NEW, point, point)
            return
        if point is not None:
            self._take(point)
        self._quiet = 0 if recording.video_id in self._named else self._quiet + 1
        last = self._last
        if last is None or last.action in _CLOSED or self._quiet < self._silent_recordings:
            return
        self._note(EventKind.SILENCE, recording, None)
        self._last = self._mark = None

    def _take(self, point: Point) -> None:
        kind = self._kind(point)
        if kind is not None:
            self._note(kind, point, point)
            self._mark = point
        self._last = point

    def _kind(self, point: Point) -> EventKind | None:
        mark = self._mark
        if self._last is None or mark is None:
            return EventKind.NEW
        before, after = _rank(mark), _rank(point)
        if after == 0:
            return None
        if before * after < 0:
            return EventKind.FLIP
        is_further = abs(after) > abs(before) or (after == before and _is_surer(mark, point))
        return EventKind.ESCALATION if is_further else None

    def _note(self, kind: EventKind, at: Seen | Point, point: Point | None) -> None:
        was = self._last.action if self._last is not None else None
        self.events.append(
            Event(
                kind=kind,
                published_at=at.published_at,
                recording=at.recording,
                was=was,
                point=point,
                last=self._last,
            )
        )


def _is_surer(mark: Point, point: Point) -> bool:
    if mark.conviction is None or point.conviction is None:
        return False
    return round(point.conviction - mark.conviction, 6) >= _SURER


def _rank(point: Point) -> int:
    return _RANKS.get(point.action, 0)


def _surest_last(mention: MentionRow) -> tuple[float, int, str, str]:
    # Nothing of it depends on ids, which follow from the order in which recordings arrived.
    return mention.conviction or 0.0, mention.first_cue, mention.action or "", mention.quote


def _when(one: MentionRow | Seen | Point) -> tuple[datetime, str]:
    return (one.published_at or _LAST, one.recording)


def _point(mention: MentionRow, action: str) -> Point:
    fields = mention.model_dump(include=set(Point.model_fields) - {"action"})
    return Point(action=action, **fields)


def all_events(found: Sequence[Timeline]) -> Iterator[tuple[Timeline, Event]]:
    """Yield every event with its timeline, newest first."""
    pairs = [(timeline, event) for timeline in found for event in timeline.events]
    pairs.sort(key=lambda pair: pair[1].published_at or _LAST, reverse=True)
    yield from pairs
