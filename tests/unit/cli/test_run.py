"""How a run ends, as its exit code tells it."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from footnoted.cli.exits import Exit
from footnoted.cli.run import exit_of_report, words_on_end, words_on_money
from footnoted.pipeline.plan import Report, RunPlan
from footnoted.settings import load_settings

FAILED = Counter({"failed": 1})
PAUSED = "All work is paused, so nothing more is begun: `footnoted resume` goes on."


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


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (Report(), "Stages: nothing was due. `footnoted status` tells more."),
        (
            Report(is_held_up=True, is_paused=True),
            PAUSED,
        ),
        (
            Report(Counter({"advanced": 2}), is_held_up=True, is_paused=True),
            f"Stages: 2 advanced. {PAUSED}",
        ),
    ],
)
def test_a_drain_says_that_all_work_is_paused(report: Report, expected: str) -> None:
    """Nothing was due is not why it did nothing."""
    assert words_on_end(report) == expected


def test_a_daemon_that_is_stopped_ends_well() -> None:
    """What failed in weeks is for `status` to tell."""
    assert exit_of_report(Report(FAILED), is_finite=False) is Exit.DONE


def test_a_run_with_a_key_says_what_it_may_cost() -> None:
    """The cap of the day is always in force, and named, so that it can be changed."""
    key = {"FOOTNOTED_ANTHROPIC_API_KEY": "k"}
    month = {"FOOTNOTED_MONTHLY_COST_CAP_USD": "20"}
    plain = load_settings(key).settings
    capped = load_settings({**key, **month}).settings
    assert words_on_money(load_settings({}).settings, RunPlan()) is None
    assert words_on_money(plain, RunPlan()) == (
        "With a key, models may cost at most $1 a day (FOOTNOTED_DAILY_COST_CAP_USD); days are UTC."
    )
    assert words_on_money(capped, RunPlan(max_usd=Decimal("0.5"))) == (
        "With a key, models may cost at most $1 a day (FOOTNOTED_DAILY_COST_CAP_USD),"
        " $20 a month, $0.5 for this run; days are UTC."
    )
