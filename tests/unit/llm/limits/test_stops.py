"""When a stopped provider is probed."""

from __future__ import annotations

from datetime import datetime, timedelta

from footnoted.ledger.faults import FaultKind
from footnoted.llm.limits.stops import Stop, postponed, stopped
from tests.fakes.clock import START
from tests.fakes.stepping import fault

MINUTE = timedelta(minutes=1)


def windows(code: str, retry_after_s: float | None = None) -> list[timedelta]:
    """Return the pauses between eight probes that all fail, each on time."""
    found, now, stop = list[timedelta](), START, None
    for _ in range(8):
        stop = stopped(fault(FaultKind.STOPPED, code, retry_after_s=retry_after_s), stop, now)
        found.append(stop.probe_at - now)
        now = stop.probe_at
    return found


def test_probes_of_a_wrong_key_get_rarer_up_to_six_hours() -> None:
    """15 minutes, doubling."""
    expected = [15, 30, 60, 120, 240, 360, 360, 360]
    assert windows("key_refused") == [minutes * MINUTE for minutes in expected]


def test_a_spend_limit_is_probed_hourly_or_when_it_says() -> None:
    """It ends by itself, at a time we can't know."""
    assert set(windows("spend_limit_reached")) == {60 * MINUTE}
    assert set(windows("spend_limit_reached", 7_200)) == {120 * MINUTE}


def test_a_stop_keeps_its_beginning_and_takes_the_newest_reason() -> None:
    """A person is told since when."""
    first = stopped(fault(FaultKind.STOPPED, "key_refused"), None, START)
    later: datetime = START + 15 * MINUTE
    second = stopped(fault(FaultKind.STOPPED, "credit_missing"), first, later)
    assert second == Stop("credit_missing", "it said: credit_missing", START, later + 30 * MINUTE)


def test_a_probe_that_met_other_trouble_waits_for_another_window() -> None:
    """It told nothing about the key."""
    stop = Stop("key_refused", "", START, START + 15 * MINUTE)
    assert postponed(stop, START + 20 * MINUTE).probe_at == START + 35 * MINUTE
