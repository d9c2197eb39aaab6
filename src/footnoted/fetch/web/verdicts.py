"""What the status of an answer means to the host and to who asked. Pure: one table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from footnoted.fetch.web.rests import BOT_CHECK, FORBIDDEN, RATE_LIMITED, UNAVAILABLE, UNREACHABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECONDS = re.compile(r"\d{1,9}")


class Fate(StrEnum):
    """What becomes of a request."""

    TAKEN = "taken"
    UNCHANGED = "unchanged"
    GONE = "gone"
    REFUSED = "refused"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of the request; `held` is the code that is held against the host, if any."""

    fate: Fate
    why: str = ""
    held: str | None = None
    rest_s: float | None = None


def judge(
    status: int, headers: Mapping[str, str], now: datetime, *, is_conditional: bool
) -> Verdict:
    """Return what an answer that is no redirect means."""
    rest_s = retry_after_s(headers.get("retry-after"), now)
    if 200 <= status < 300:  # noqa: PLR2004 - RFC 9110, section 15.3
        return Verdict(Fate.TAKEN)
    match status:
        case 304 if is_conditional:
            return Verdict(Fate.UNCHANGED)
        case 404 | 410:
            return Verdict(Fate.GONE, f"nothing is there ({status})")
        case 429:
            why = "it says that it is asked too often (429)"
            return Verdict(Fate.LATER, why, RATE_LIMITED, rest_s)
        case 403 | 503 if headers.get("cf-mitigated") == "challenge":
            why = f"it wants to know whether a person asks ({status})"
            return Verdict(Fate.LATER, why, BOT_CHECK, rest_s)
        case 403:
            return Verdict(Fate.REFUSED, "it refuses access (403)", FORBIDDEN, rest_s)
        case 503 if rest_s is not None:
            return Verdict(Fate.LATER, "it asks to come back later (503)", UNAVAILABLE, rest_s)
        case 408 | 425:
            return Verdict(Fate.LATER, f"it was too slow for us or we for it ({status})")
        case _ if status >= 500:  # noqa: PLR2004 - RFC 9110, section 15.6
            why = f"it answers with an error of its own ({status})"
            return Verdict(Fate.LATER, why, UNREACHABLE, rest_s)
        case _:
            return Verdict(Fate.REFUSED, f"it refuses the request ({status})")


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """Return how long a `Retry-After` asks to wait (RFC 9110, 10.2.3); None: it asks nothing."""
    words = (value or "").strip()
    if _SECONDS.fullmatch(words):
        return float(words)
    try:
        at = parsedate_to_datetime(words)
        at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
        wait_s = (at - now).total_seconds()
    except (ValueError, OverflowError):
        return None
    return wait_s if wait_s > 0 else None
