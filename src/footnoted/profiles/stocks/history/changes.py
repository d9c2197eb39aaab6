"""What changed in the stances between two states of knowledge: the feed of events. Pure.

An event is known by what it says happened, and where: to whom, to which symbol, of which kind, in
which recording. So a recording that is analysed again with other words brings no news.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from footnoted.profiles.stocks.history.stance import all_events

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from footnoted.profiles.stocks.history.stance import Event, Timeline


class Identity(NamedTuple):
    """What tells an event from all others."""

    kind: str
    symbol: str
    creator_slug: str
    speaker: str | None
    recording: str


Told = tuple["Timeline", "Event"]


def identity_of(timeline: Timeline, event: Event) -> Identity:
    """Return what tells an event of a timeline from all others."""
    return Identity(
        event.kind.value,
        timeline.symbol,
        timeline.creator_slug,
        timeline.speaker,
        event.recording,
    )


def changes_between(
    before: Sequence[Timeline], now: Sequence[Timeline]
) -> tuple[list[Told], list[Told]]:
    """Return the events that came and those that went, newest publication first."""
    old, new = _by_identity(all_events(before)), _by_identity(all_events(now))
    came = [told for identity, told in new.items() if identity not in old]
    went = [told for identity, told in old.items() if identity not in new]
    return came, went


def _by_identity(told: Iterable[Told]) -> dict[Identity, Told]:
    return {identity_of(timeline, event): (timeline, event) for timeline, event in told}
