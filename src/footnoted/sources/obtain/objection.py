"""What speaks against an item now that more is known of it than the look at its source told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.model.outcome import Stopped, Waiting
from footnoted.model.status import SKIPPED
from footnoted.sources.rules.backfill import BACKFILL
from footnoted.sources.rules.judging import TOO_YOUNG, Later, NotTaken, judge

if TYPE_CHECKING:
    from datetime import datetime

    from footnoted.sources.obtain.port import Wanted
    from footnoted.sources.port import Facts


def objection(wanted: Wanted, facts: Facts, now: datetime) -> Stopped | Waiting | None:
    """Return why an item is not wanted after all, or not yet; `facts` go before what was known.

    What is too young is waited for without a deadline: its date ends the wait. What came in time is
    not too old for having waited here, and what was taken once is not judged again.
    """
    if wanted.was_taken:
        return None
    known = facts.over(wanted.item.facts)
    item = wanted.item.model_copy(update={"facts": known})
    refusal = judge(item, wanted.options.rules, wanted.seen_at)
    if isinstance(refusal, NotTaken):
        return Stopped(SKIPPED, refusal.reason, refusal.detail)
    if (detail := _before(known.published_at, wanted)) is not None:
        return Stopped(SKIPPED, BACKFILL, detail)
    delay = judge(item, wanted.options.rules, now)
    if isinstance(delay, Later):
        return Waiting(delay.until, TOO_YOUNG, delay.detail)
    return None


def _before(published_at: datetime | None, wanted: Wanted) -> str | None:
    """Return that an item is older than the backfill goes back, or that nothing tells."""
    since, backfill = wanted.since, wanted.options.backfill
    if since is None or (published_at is not None and published_at >= since):
        return None
    is_date = backfill.since is not None
    reach = f"the backfill is since {since:%Y-%m-%d}" if is_date else f"the backfill is {backfill}"
    if published_at is None:
        return f"its page does not tell its date, and {reach}"
    older = "" if is_date else ", older than the following"
    return f"it is of {published_at:%Y-%m-%d}{older}, and {reach}"
