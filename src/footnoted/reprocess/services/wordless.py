"""What videos will ask models for whose words nobody has yet: as much as an hour of others took.

A ratio estimate (Cochran, Sampling Techniques, 1977, chapter 6): calls and dollars over hours of
speech, in the first runs of the profile's finished videos. What a single video costs is as far from
that as theirs were, and the ratio itself is known the better the more of them there are. Pages
count as they did on the average.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from footnoted.reprocess.money import Money
from footnoted.reprocess.services import store
from footnoted.reprocess.services.lengths import length_of
from footnoted.reprocess.services.line import Amount, Service, ServiceLine

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from footnoted.db.session import Database
    from footnoted.llm.routes import Routes
    from footnoted.pipeline.flows import Flows
    from footnoted.reprocess.rehearsal import StageForecast
    from footnoted.reprocess.services.store import Length, Worked

_LEAST_HISTORY = 3


@dataclass(frozen=True, slots=True)
class _Rates:
    """What a millisecond of speech takes; `variance` is of a single one, `doubt` of the rate."""

    calls: float
    usd: float
    variance: float
    doubt: float


def paying_profiles(flows: Flows, routes: Routes) -> frozenset[str]:
    """Return the profiles that ask a model which is paid."""
    return frozenset(
        flow.profile
        for flow in flows
        for stage in flow.stages
        if stage.asks and not all(m.is_free for m in routes.of(stage.name, flow.profile))
    )


async def wordless_lines(
    database: Database, forecasts: Iterable[StageForecast], paying: Collection[str]
) -> list[ServiceLine]:
    """Return a line for each profile with videos without words, what they will ask for.

    `paying` are the profiles whose models are paid; what the others ask costs nothing.
    """
    waiting = sorted(
        (f.item.profile, f.item.id) for f in forecasts if f.is_wordless and f.item.profile in paying
    )
    if not waiting:
        return []
    async with database.transaction() as session:
        videos = await store.first_runs(session)
        pages = await store.page_calls(session)
        usual = await store.usual_length(session)
        lasting = {
            profile: await store.lengths_of_videos(session, [video for _, video in group])
            for profile, group in groupby(waiting, key=lambda pair: pair[0])
        }
    lines: list[ServiceLine] = []
    for profile, ones in lasting.items():
        known = [await asyncio.to_thread(length_of, one) or usual for one in ones]
        lengths = [length for length in known if length is not None]
        rates = _rates(videos.get(profile, []), pages.get(profile))
        sure = Amount() if rates is None else _amount(lengths, rates)
        unpriced = len(ones) - sure.items
        lines.append(ServiceLine(Service.CALLS, profile, sure, Amount(), unpriced=unpriced))
    return lines


def _rates(videos: Sequence[Worked], pages: Worked | None) -> _Rates | None:
    """Return what speech takes by these videos and pages; None where they are too few to tell."""
    if len(videos) < _LEAST_HISTORY:
        return None
    heard_ms = sum(one.ms for one in videos)
    calls, usd = sum(one.calls for one in videos), sum(one.usd for one in videos)
    rate, mean_ms = usd / heard_ms, heard_ms / len(videos)
    rest = sum((one.usd - rate * one.ms) ** 2 for one in videos) / (len(videos) - 1)
    paged = (0.0, 0.0) if pages is None else (pages.calls / pages.ms, pages.usd / pages.ms)
    doubt = rest / len(videos) / mean_ms**2
    return _Rates(calls / heard_ms + paged[0], rate + paged[1], rest / mean_ms, doubt)


def _amount(lengths: Sequence[Length], rates: _Rates) -> Amount:
    total_ms = sum(length.ms for length in lengths)
    unsure = sum((length.spread_ms * rates.usd) ** 2 for length in lengths)
    variance = rates.variance * total_ms + rates.doubt * total_ms**2 + unsure
    money = Money(mean_usd=rates.usd * total_ms, variance=variance)
    return Amount(len(lengths), rates.calls * total_ms, money)
