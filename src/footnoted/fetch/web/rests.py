"""How long a host is left alone after it refused, and when that is forgotten. Pure.

A host that says for how long is taken at its word the first time. Otherwise, and when it refuses
again, the rest grows: 1 min, 2 min, ... 6 h. A success soon after a rest does not make it good:
the host must have done well for as long as it rested before the next refusal counts as its first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from footnoted.fetch.web.hosts import Standing

RATE_LIMITED: Final = "rate_limited"
"""429: it says that we ask too often."""
BOT_CHECK: Final = "bot_check"
"""It wants to know whether we are a person."""
FORBIDDEN: Final = "forbidden"
"""403: may be about one address only, so it takes some in a row."""
UNAVAILABLE: Final = "unavailable"
"""503 with a time to come back."""
UNREACHABLE: Final = "unreachable"
"""It does not answer, or with errors of its own: it takes some in a row."""

_BASE_S = 60.0
_CAP_S = 6 * 3600.0
_UNREACHABLE_CAP_S = 900.0  # it may be our own line that was down
_LONGEST_TOLD_S = 24 * 3600.0
_LEAST_TOLD_S = 1.0
_JITTER = 0.25
_MOST_DOUBLINGS = 20
_NEEDED = {FORBIDDEN: 3, UNREACHABLE: 3}
_ALERTED_FROM_S = 60.0
_LONGEST_BELIEVED = timedelta(seconds=_LONGEST_TOLD_S * (1 + _JITTER))
_LONGEST_DETAIL = 500
_FURTHEST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Refusal:
    """How a host refused: a stable code, its words, and how long a rest it asked for, if it did."""

    code: str
    detail: str
    rest_s: float | None = None


def rests_until(standing: Standing, now: datetime) -> datetime | None:
    """Return until when a host rests, or None when it doesn't.

    A rest longer than any that is given was written by a clock that went wrong.
    """
    until = standing.rests_until
    if until is None or not now < until <= now + _LONGEST_BELIEVED:
        return None
    return until


def departs_at(standing: Standing, now: datetime, gap: timedelta) -> datetime:
    """Return when the next request to a host may leave, as far as the last one has a say.

    A last one in the far future was written by a clock that went wrong.
    """
    last = standing.goes_at
    if last is None or last > now + max(gap, _FURTHEST):
        return now
    return max(now, last + gap)


def booked(standing: Standing, now: datetime, gap: timedelta, longest: timedelta) -> Standing:
    """Return what is remembered when the next request took its time to leave, `goes_at`.

    A host that rests gives none, nor one that is further away than `longest`.
    """
    goes_at = departs_at(standing, now, gap)
    if rests_until(standing, now) is not None or goes_at > now + longest:
        return standing
    return replace(standing, goes_at=goes_at)


def after_refusal(standing: Standing, refusal: Refusal, now: datetime, jitter: float) -> Standing:
    """Return what is remembered after a host refused.

    Requests that were out together are refused together: while it rests, only a longer rest that
    is asked for counts.
    """
    told_s = _told_s(refusal.rest_s)
    current = rests_until(standing, now)
    if current is not None:
        asked_until = now + timedelta(seconds=told_s or 0.0)
        return replace(standing, rests_until=max(current, asked_until))
    failures = standing.failures + 1
    rest_s = _rest_s(failures - _NEEDED.get(refusal.code, 1), told_s)
    if rest_s is not None and refusal.code == UNREACHABLE:
        rest_s = min(rest_s, _UNREACHABLE_CAP_S)
    return replace(
        standing,
        failures=failures,
        code=refusal.code,
        detail=refusal.detail[:_LONGEST_DETAIL],
        refused_at=now,
        rests_until=now + timedelta(seconds=rest_s * (1 + _JITTER * jitter)) if rest_s else None,
    )


def _rest_s(step: int, told_s: float | None) -> float | None:
    """Return the rest of the `step`-th refusal that counts, from 0; None: it is left in peace."""
    if told_s is not None and step <= 0:
        return told_s
    if step < 0:
        return None
    return max(told_s or 0.0, min(_CAP_S, _BASE_S * 2.0 ** min(step, _MOST_DOUBLINGS)))


def _told_s(rest_s: float | None) -> float | None:
    """Return the rest that was asked for, within reason."""
    if rest_s is None or math.isnan(rest_s) or rest_s < _LEAST_TOLD_S:
        return None
    return min(rest_s, _LONGEST_TOLD_S)


def after_success(standing: Standing, now: datetime) -> Standing:
    """Return what is remembered after a host answered well: all is forgiven, or nothing yet."""
    refused_at, until = standing.refused_at, standing.rests_until
    if refused_at is not None and until is not None:
        good_from = until + (until - refused_at)
        if now < good_from <= now + 2 * _LONGEST_BELIEVED:
            return standing
    return replace(standing, failures=0, code=None, detail=None, refused_at=None, rests_until=None)


def is_alert(standing: Standing) -> bool:
    """Return whether a person should hear of the rest.

    Not of a short one, nor of a host that is away: what waits for it says so itself.
    """
    if standing.rests_until is None or standing.refused_at is None:
        return False
    length_s = (standing.rests_until - standing.refused_at).total_seconds()
    return standing.code != UNREACHABLE and length_s >= _ALERTED_FROM_S
