"""The ways in which a call is parked: which wait, and how long at least."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.errors import TransientError

if TYPE_CHECKING:
    from footnoted.llm.limits.stops import Stop

_SPREAD_SHARE = 0.1
_LEAST_SPREAD_S = 1.0
_LONGEST_SPREAD_S = 60.0


def spread(wait_s: float, jitter: float) -> float:
    """Return a pause of at least `wait_s`, so that not all who wait come back at once."""
    room_s = min(_LONGEST_SPREAD_S, max(_LEAST_SPREAD_S, wait_s * _SPREAD_SHARE))
    return wait_s + jitter * room_s


def rate_limited(name: str, wait_s: float, jitter: float) -> TransientError:
    """Return that the limits of a class are used up."""
    message = f"the rate limit of {name} is used up for {wait_s:.0f} s"
    return TransientError(
        message, wait_reason="rate_limited", retry_after_s=spread(wait_s, jitter), concerns=name
    )


def resting(name: str, detail: str, wait_s: float, jitter: float) -> TransientError:
    """Return that a class rests after a fault."""
    message = f"{name} rests for {wait_s:.0f} s: {detail}"
    return TransientError(
        message, wait_reason="provider_resting", retry_after_s=spread(wait_s, jitter), concerns=name
    )


def stopped(provider: str, stop: Stop, wait_s: float, jitter: float) -> TransientError:
    """Return that a provider refuses every call."""
    message = f"{provider} refuses every call: {stop.detail}"
    return TransientError(
        message,
        wait_reason="provider_stopped",
        retry_after_s=spread(wait_s, jitter),
        concerns=provider,
    )
