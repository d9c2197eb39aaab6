"""What following a place would take, what not and why, and what the backlog would cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from footnoted.sources.items import Place
from footnoted.sources.rules.backfill import BACKFILL, Reach, plan_backfill
from footnoted.sources.rules.judging import Later, NotTaken, judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from footnoted.sources.items import Follower, FoundItem, Poll
    from footnoted.sources.net.adding import NetPlace
    from footnoted.sources.options import SourceOptions


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class PreviewLine(_Value):
    """An item and what would become of it; `reason` is None where it would be taken at once."""

    key: str
    title: str
    published_at: datetime | None
    duration_ms: int | None
    reason: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class Rates:
    """What an hour of speech took so far: paid calls and dollars; None where none was worked on.

    `hearing` returns what recognising a recording of so many milliseconds costs (USD); None where
    nothing is configured that hears.
    """

    calls: Decimal | None
    usd: Decimal | None
    hearing: Callable[[int], Decimal] | None = None


class BacklogCost(_Value):
    """What the items that would be taken would take, as far as their lengths are known.

    `speech_minutes` are at most: of items for which no words are offered, as far as that is told.
    `speech_usd` is what hearing them costs; None where nothing hears.
    """

    items: int
    hours: Decimal
    unknown_lengths: int
    calls: Decimal | None
    usd: Decimal | None
    speech_minutes: Decimal
    speech_usd: Decimal | None


class NetPreview(_Value):
    """A place as following it would see it."""

    kind: str
    locator: str
    title: str | None
    takes: tuple[PreviewLine, ...]
    leaves: tuple[PreviewLine, ...]
    skipped: tuple[str, ...]
    cost: BacklogCost


async def preview_place(
    place: NetPlace, follower: Follower, options: SourceOptions, rates: Rates, now: datetime
) -> NetPreview:
    """Return what following a place would take now, and what it would cost; nothing is taken.

    Raises as `Follower.look` does.
    """
    backfill = options.backfill
    asked = Place(
        source_id=0,
        locator=place.locator,
        is_deep=backfill.reach is not Reach.NONE,
        limit=options.listed_at_most,
    )
    poll = await follower.look(asked, now)
    judged = [(item, judge(item, options.rules, now)) for item in poll.items]
    wanted = [item for item, verdict in judged if not isinstance(verdict, NotTaken)]
    chosen = {item.keys[0] for item in plan_backfill(wanted, backfill)}
    takes: list[FoundItem] = []
    leaves: list[PreviewLine] = []
    for item, verdict in judged:
        if isinstance(verdict, NotTaken):
            leaves.append(_line(item, verdict.reason, verdict.detail))
        elif item.keys[0] not in chosen:
            leaves.append(_line(item, BACKFILL, f"the backfill is {backfill}"))
        elif isinstance(verdict, Later):
            leaves.append(_line(item, verdict.reason, verdict.detail))
        else:
            takes.append(item)
    return _preview(place, poll, (takes, leaves), rates)


def _preview(
    place: NetPlace,
    poll: Poll,
    sorted_: tuple[list[FoundItem], list[PreviewLine]],
    rates: Rates,
) -> NetPreview:
    takes, leaves = sorted_
    return NetPreview(
        kind=place.kind,
        locator=place.locator,
        title=poll.title,
        takes=tuple(_line(item, None, None) for item in takes),
        leaves=tuple(leaves),
        skipped=poll.skipped,
        cost=_cost(takes, rates),
    )


def _cost(takes: list[FoundItem], rates: Rates) -> BacklogCost:
    lengths = [item.facts.duration_ms for item in takes]
    hours = _hours(sum(length or 0 for length in lengths))
    # Whether a page has captions is known when it is looked at: at most all of them have none.
    unheard = [item.facts.duration_ms or 0 for item in takes if not item.transcripts]
    return BacklogCost(
        items=len(takes),
        hours=hours,
        unknown_lengths=lengths.count(None),
        calls=None if rates.calls is None else round(rates.calls * hours, 0),
        usd=None if rates.usd is None else round(rates.usd * hours, 4),
        speech_minutes=round(Decimal(sum(unheard)) / 60_000, 1),
        speech_usd=None if rates.hearing is None else _usd(map(rates.hearing, unheard)),
    )


def _usd(costs: Iterable[Decimal]) -> Decimal:
    return round(sum(costs, Decimal(0)), 4)


def _hours(length_ms: int) -> Decimal:
    return round(Decimal(length_ms) / 3_600_000, 2)


def _line(item: FoundItem, reason: str | None, detail: str | None) -> PreviewLine:
    return PreviewLine(
        key=item.keys[0],
        title=item.facts.title or item.link or item.keys[0],
        published_at=item.facts.published_at,
        duration_ms=item.facts.duration_ms,
        reason=reason,
        detail=detail,
    )
