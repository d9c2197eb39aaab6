"""What the headers of an answer say: when to come back, and how much is left of the limits.

Proxies and local servers send some of them, none, or nonsense; what can't be read is not there.
"""

from __future__ import annotations

import math
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from footnoted.ledger.faults import Allowance, Allowances

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST_S = 31_536_000.0  # a year: a longer wait is no wait, and no clock overflows


def request_id_of(headers: Mapping[str, str]) -> str | None:
    """Return the provider's id of the request."""
    return headers.get("request-id")


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return how long the provider wants us to stay away; None when it doesn't say.

    A date (RFC 9110) counts from the answer's own `date`, so that our clock doesn't matter.
    """
    in_ms = _number(headers.get("retry-after-ms"))
    if in_ms is not None:
        return _bounded(in_ms / 1000)
    text = headers.get("retry-after")
    in_s = _number(text)
    if in_s is not None:
        return _bounded(in_s)
    until, sent = _http_date(text), _http_date(headers.get("date"))
    return None if until is None or sent is None else _bounded((until - sent).total_seconds())


def allowances_of(headers: Mapping[str, str]) -> Allowances | None:
    """Return what is left of each limit; None when the headers tell of none."""
    requests, tokens_in, tokens_out = (
        _allowance(headers, name) for name in ("requests", "input-tokens", "output-tokens")
    )
    if requests is None and tokens_in is None and tokens_out is None:
        return None
    return Allowances(requests, tokens_in, tokens_out)


def _allowance(headers: Mapping[str, str], name: str) -> Allowance | None:
    stem = f"anthropic-ratelimit-{name}"
    limit, remaining = (_count(headers.get(f"{stem}-{part}")) for part in ("limit", "remaining"))
    if limit is None or remaining is None:
        return None
    return Allowance(limit, remaining, _moment(headers.get(f"{stem}-reset")))


def _count(text: str | None) -> int | None:
    number = _number(text)
    return None if number is None or number < 0 else int(number)


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), _LONGEST_S)


def _http_date(text: str | None) -> datetime | None:
    try:
        return _aware(parsedate_to_datetime(text or ""))
    except (ValueError, OverflowError):
        return None


def _moment(text: str | None) -> datetime | None:
    try:
        return _aware(datetime.fromisoformat(text or ""))
    except ValueError:
        return None


def _aware(moment: datetime) -> datetime | None:
    return None if moment.tzinfo is None else moment
