"""When a backup is made, tested and dropped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from footnoted.archive.backups.manifest import Backup, Proof, Trigger, name_of
from footnoted.archive.backups.schedule import Plan, is_due, is_test_due, surplus
from tests.fakes.backups import manifest_of

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY, WEEK, HOUR = timedelta(days=1), timedelta(days=7), timedelta(hours=1)
PLAN = Plan(every=DAY, test_every=WEEK, keep=2)


def made(
    age: timedelta, trigger: Trigger = Trigger.SCHEDULED, proof: Proof | None = None
) -> Backup:
    """Return a backup made so long ago."""
    manifest = manifest_of(NOW - age, trigger)
    return Backup(Path("/backups") / name_of(NOW - age), manifest, proof)


def proven(age: timedelta, why_not: str | None = None) -> Proof:
    """Return what a test found so long ago."""
    return Proof(tested_at=NOW - age, claims=1, evidence=1, why_not=why_not)


@pytest.mark.parametrize(
    ("plan", "backups", "first_at", "expected"),
    [
        (PLAN, [], None, False),
        (PLAN, [], NOW - HOUR, False),
        (PLAN, [], NOW - DAY, True),
        (PLAN, [made(HOUR)], NOW - WEEK, False),
        (PLAN, [made(DAY)], NOW - WEEK, True),
        (PLAN, [made(HOUR, Trigger.MANUAL), made(DAY)], NOW - WEEK, True),
        (PLAN, [made(HOUR, Trigger.MANUAL)], NOW - HOUR, False),
        (Plan(timedelta(0), WEEK, 2), [], NOW - WEEK, False),
    ],
)
def test_a_backup_is_due_a_period_after_the_last_or_after_the_first_content(
    plan: Plan, backups: list[Backup], first_at: datetime | None, *, expected: bool
) -> None:
    """One made by hand puts nothing off: it may have gone elsewhere since."""
    assert is_due(plan, backups, first_at, NOW) is expected


def test_the_oldest_scheduled_ones_are_too_many() -> None:
    """What a person made is never dropped."""
    new, by_hand, second, third = (
        made(HOUR),
        made(2 * HOUR, Trigger.MANUAL),
        made(DAY),
        made(2 * DAY),
    )
    assert surplus(PLAN, [new, by_hand, second, third]) == [third]


@pytest.mark.parametrize(
    ("plan", "backups", "expected"),
    [
        (PLAN, [], False),
        (PLAN, [made(HOUR)], True),
        (PLAN, [made(HOUR, proof=proven(HOUR))], False),
        (PLAN, [made(HOUR, proof=proven(HOUR, "damaged"))], False),
        (PLAN, [made(HOUR), made(DAY, proof=proven(DAY))], False),
        (PLAN, [made(HOUR), made(WEEK, proof=proven(WEEK))], True),
        (PLAN, [made(HOUR), made(DAY, proof=proven(DAY, "damaged"))], True),
        (Plan(DAY, timedelta(0), 2), [made(HOUR)], False),
    ],
)
def test_the_newest_is_tested_once_a_period_and_after_one_that_failed(
    plan: Plan, backups: list[Backup], *, expected: bool
) -> None:
    """A test that failed is no test for the next one."""
    assert is_test_due(plan, backups, NOW) is expected
