"""What the examination makes of backups, of what is published, and of calls without an answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from footnoted.archive.backups.manifest import Backup, Proof
from footnoted.archive.backups.schedule import Plan
from footnoted.doctor.backups import judge_backups
from footnoted.doctor.made import judge_calls, judge_dangling, judge_support
from footnoted.knowledge.verify import Fault
from footnoted.pipeline.upkeep.store import Lost
from footnoted.pipeline.upkeep.upkeep import Unsupported
from tests.fakes.backups import manifest_of

NOW = datetime(2026, 3, 15, 12, 30, tzinfo=UTC)
DAY = timedelta(days=1)
PLAN = Plan(every=DAY, test_every=7 * DAY, keep=7)
NEVER = Plan(every=timedelta(0), test_every=timedelta(0), keep=7)


def backup(days: int, why_not: str | None = None) -> Backup:
    """Return a backup so old, tested a day later."""
    made_at = NOW - days * DAY
    manifest = manifest_of(made_at)
    proof = Proof(tested_at=made_at + DAY, claims=1, evidence=1, why_not=why_not)
    return Backup(Path("/backups/footnoted-x"), manifest, proof)


@pytest.mark.parametrize(
    ("plan", "found", "first_at", "expected", "words"),
    [
        (PLAN, [], None, "ok", "nothing to back up"),
        (PLAN, [], NOW - DAY, "ok", "none yet"),
        (PLAN, [], NOW - 3 * DAY, "warning", "none yet, and one should be made every 24 h"),
        (PLAN, [backup(2)], NOW - 9 * DAY, "ok", "restore test of 2026-03-14 12:30 UTC passed"),
        (PLAN, [backup(3)], NOW - 9 * DAY, "warning", "1 kept, the newest of 2026-03-12"),
        (NEVER, [], NOW - 9 * DAY, "ok", "none is scheduled"),
        (NEVER, [backup(9, "it is damaged")], NOW - 9 * DAY, "failure", "it is damaged"),
    ],
)
def test_backups_are_missed_after_two_periods_and_mistrusted_after_a_test(
    plan: Plan, found: list[Backup], first_at: datetime | None, expected: str, words: str
) -> None:
    """Where nothing is to be lost, none is missed."""
    check = judge_backups(plan, found, first_at, NOW)
    assert check.state.value == expected
    assert words in check.explanation


def test_evidence_that_cannot_be_heard_is_a_failure_and_a_link_elsewhere_a_warning() -> None:
    """Its videos are named, each once, and why the first cannot be; nothing mends a link."""
    assert judge_dangling([]).state.value == "ok"
    link = Fault(UUID(int=3), 9, "its link opens at ['5'], not 12", is_in_link=True)
    found = judge_dangling([link, *(Fault(UUID(int=n), 7, "it was not said") for n in (1, 2))])
    assert found.state.value == "failure"
    told = "2 piece(s) of evidence cannot be heard where they say, in video 7 (the first: it was"
    assert told in found.explanation
    assert "$0" not in found.explanation
    left = judge_dangling([Fault(UUID(int=1), 7, "it was not said")], {7: "it is cancelled: x"})
    assert "1 video(s) are left as they are; video 7: it is cancelled: x" in left.explanation
    assert "--fix" not in left.explanation
    elsewhere = judge_dangling([link])
    assert (elsewhere.state.value, "--fix" in elsewhere.explanation) == ("warning", False)
    assert "1 link(s) to evidence open at another second, in video 9" in elsewhere.explanation


def test_what_is_published_on_nothing_is_a_failure() -> None:
    """Pages are counted, and their claims."""
    assert judge_support(Unsupported(0, 0)).state.value == "ok"
    found = judge_support(Unsupported(2, 3))
    assert found.state.value == "failure"
    assert "2 published page(s) have no claim, or 3 without evidence" in found.explanation


@pytest.mark.parametrize(
    ("overdue", "unsent", "lost", "expected", "words"),
    [
        (0, 0, Lost(0, "0"), "ok", "may still be"),
        (2, 0, Lost(0, "0"), "warning", "2 call(s) were sent"),
        (0, 3, Lost(0, "0"), "warning", "3 call(s) hold money and were never sent"),
        (0, 0, Lost(1, "0.25"), "ok", "1 lost answer(s) are counted at $0.25"),
    ],
)
def test_a_call_that_nobody_waits_for_is_looked_at(
    overdue: int, unsent: int, lost: Lost, expected: str, words: str
) -> None:
    """One that is given up is counted, and nothing to repair."""
    check = judge_calls(overdue, unsent, lost)
    assert check.state.value == expected
    assert words in check.explanation
