"""What speech takes by a profile: calls and dollars, by what its first runs took.

A ratio estimate (Cochran, Sampling Techniques, 1977, chapter 6): calls and dollars over hours of
speech, in the first runs of the profile's finished videos. What a single video costs is as far from
that as theirs were, and the ratio itself is known the better the more of them there are. Pages
count as they did on the average.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.reprocess.money import Money
from footnoted.reprocess.services import store
from footnoted.reprocess.services.line import Amount

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.reprocess.services.store import Length, Worked

LEAST_HISTORY = 3
"""Finished videos of a profile before there is a rate."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What a millisecond of speech takes; `variance` is of a single one, `doubt` of the rate."""

    calls: float
    usd: float
    variance: float
    doubt: float

    def amount(self, lengths: Sequence[Length]) -> Amount:
        """Return what recordings of these lengths will take."""
        total_ms = sum(length.ms for length in lengths)
        unsure = sum((length.spread_ms * self.usd) ** 2 for length in lengths)
        variance = self.variance * total_ms + self.doubt * total_ms**2 + unsure
        money = Money(mean_usd=self.usd * total_ms, variance=variance)
        return Amount(len(lengths), self.calls * total_ms, money)


async def read_rates(session: AsyncConnection) -> dict[str, Rates]:
    """Return the rates of each profile that has paid for enough videos to tell."""
    videos = await store.first_runs(session)
    pages = await store.page_calls(session)
    return {
        profile: _rates(ones, pages.get(profile))
        for profile, ones in videos.items()
        if len(ones) >= LEAST_HISTORY
    }


def _rates(videos: Sequence[Worked], pages: Worked | None) -> Rates:
    heard_ms = sum(one.ms for one in videos)
    calls, usd = sum(one.calls for one in videos), sum(one.usd for one in videos)
    rate, mean_ms = usd / heard_ms, heard_ms / len(videos)
    rest = sum((one.usd - rate * one.ms) ** 2 for one in videos) / (len(videos) - 1)
    paged = (0.0, 0.0) if pages is None else (pages.calls / pages.ms, pages.usd / pages.ms)
    doubt = rest / len(videos) / mean_ms**2
    return Rates(calls / heard_ms + paged[0], rate + paged[1], rest / mean_ms, doubt)
