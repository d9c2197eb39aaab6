"""How a run ends, as its exit code tells it."""

from __future__ import annotations

from collections import Counter

import pytest

from footnoted.cli.exits import Exit
from footnoted.cli.run import exit_of_report
from footnoted.pipeline.plan import Report

FAILED = Counter({"failed": 1})


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (Report(), Exit.DONE),
        (Report(FAILED), Exit.SOME_FAILED),
        (Report(is_held_up=True), Exit.TRY_LATER),
        (Report(FAILED, is_held_up=True), Exit.TRY_LATER),
        (Report(ran_out_of_money=True), Exit.TRY_LATER),
        (Report(ran_out_of_time=True, is_held_up=True), Exit.TIME_LIMIT),
    ],
)
def test_a_run_that_should_be_tried_again_says_so_first(report: Report, expected: Exit) -> None:
    """75 while work waits for a cap or a limit, whether or not something failed beside it."""
    assert exit_of_report(report, is_finite=True) is expected


def test_a_daemon_that_is_stopped_ends_well() -> None:
    """What failed in weeks is for `status` to tell."""
    assert exit_of_report(Report(FAILED), is_finite=False) is Exit.DONE
