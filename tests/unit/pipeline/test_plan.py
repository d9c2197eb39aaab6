"""How long the loop sleeps, decided without sleeping."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from footnoted.pipeline import plan
from footnoted.pipeline.outlook.store import Outlook
from tests.fakes.clock import START
from tests.fakes.machine import QUICK


def outlook(wait_s: float | None = None, poll_s: float | None = None) -> Outlook:
    """Return an idle outlook with the next wait and poll in so many seconds."""

    def at(seconds: float | None) -> datetime | None:
        return None if seconds is None else START + timedelta(seconds=seconds)

    return Outlook(
        is_ready=False,
        is_asleep=False,
        next_wait_at=at(wait_s),
        next_poll_at=at(poll_s),
        is_index_behind=False,
    )


@pytest.mark.parametrize(
    ("wait_s", "poll_s", "expected_s"),
    [
        (None, None, QUICK.poll_interval_s),
        (0.02, None, 0.02),
        (600, 0.03, 0.03),
        (-5, None, plan.SHORTEST_PAUSE_S),
        (600, 600, QUICK.poll_interval_s),
    ],
)
def test_an_idle_loop_sleeps_to_the_next_time_within_its_interval(
    wait_s: float | None, poll_s: float | None, expected_s: float
) -> None:
    """The poll interval is the most, and a time that has come the least."""
    found = plan.pause_until_next(outlook(wait_s, poll_s), START, QUICK)
    assert found == pytest.approx(expected_s)


@pytest.mark.parametrize(
    ("wait_s", "poll_s", "expected_s"),
    [(None, None, None), (None, 5, None), (299, None, QUICK.poll_interval_s), (301, None, None)],
)
def test_a_drain_sleeps_through_short_waits_only(
    wait_s: float | None, poll_s: float | None, expected_s: float | None
) -> None:
    """A followed source's next scan keeps no drain alive."""
    assert plan.pause_of_drain(outlook(wait_s, poll_s), START, QUICK) == expected_s
