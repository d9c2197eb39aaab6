"""What the examination makes of what it sees."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from footnoted.doctor.check import State
from footnoted.doctor.holder import find_holder
from footnoted.doctor.indexing import LATE, IndexFacts, SpecLack, judge_index
from footnoted.doctor.machine import judge_leases, judge_waits
from footnoted.doctor.place import judge_major, judge_space
from footnoted.doctor.store import Stuck

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.doctor.check import Check

NOW = datetime(2026, 3, 15, 12, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def lack(ago: timedelta | None, *, is_serving: bool = True) -> SpecLack:
    """Return three documents without vectors, of which the oldest came `ago`; None: had some."""
    since = None if ago is None else NOW - ago
    return SpecLack(spec="c27f", is_serving=is_serving, documents=3, oldest_at=since)


def facts(**changed: object) -> IndexFacts:
    """Return an index that is as it should be, with changes."""
    faults = ("missing", "orphaned", "stale_spec", "mislabelled", "unmade", "strays")
    well = {**dict.fromkeys(faults, 0), "documents": 10, "waiting": 0, "oldest_at": None}
    return IndexFacts.model_validate({**well, **changed})


def states(checks: Sequence[Check]) -> list[str]:
    """Return how each is."""
    return [check.state.value for check in checks]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ["ok", "ok", "ok", "ok"]),
        ({"missing": 1}, ["failure", "ok", "ok", "ok"]),
        ({"orphaned": 1}, ["warning", "ok", "ok", "ok"]),
        ({"missing": 1, "orphaned": 1}, ["failure", "ok", "ok", "ok"]),
        ({"stale_spec": 1}, ["ok", "warning", "ok", "ok"]),
        ({"mislabelled": 1}, ["ok", "warning", "ok", "ok"]),
        ({"unmade": 1}, ["ok", "ok", "warning", "ok"]),
        ({"strays": 1}, ["ok", "ok", "warning", "ok"]),
        ({"lacks": [lack(LATE)]}, ["ok", "ok", "ok", "ok"]),
        ({"lacks": [lack(LATE + SECOND)]}, ["ok", "ok", "warning", "ok"]),
        ({"lacks": [lack(LATE + SECOND, is_serving=False)]}, ["ok", "ok", "ok", "ok"]),
        ({"lacks": [lack(None)]}, ["ok", "ok", "ok", "ok"]),
        ({"waiting": 9, "oldest_at": NOW - LATE}, ["ok", "ok", "ok", "ok"]),
        (
            {"waiting": 9, "oldest_at": NOW - LATE - SECOND},
            ["ok", "ok", "ok", "warning"],
        ),
    ],
)
def test_an_index_is_judged_by_what_people_miss(
    changed: dict[str, object], expected: list[str]
) -> None:
    """What is not found is a failure; what is found and gone, or late, is worth a look."""
    assert states(judge_index(facts(**changed), NOW)) == expected


def test_a_spec_that_lacks_vectors_is_told_whether_or_not_it_serves() -> None:
    """One that can be gone back to is no fault, and not passed over in silence."""
    vectors = judge_index(facts(lacks=[lack(LATE, is_serving=False)]), NOW)[2].explanation
    assert vectors.endswith("; 3 of 10 documents have none under c27f, which does not serve")
    late = judge_index(facts(lacks=[lack(2 * LATE)]), NOW)[2].explanation
    assert late.startswith(
        "3 of 10 documents have none under c27f, which serves: they are found by"
    )


@pytest.mark.parametrize(
    ("stuck", "is_daemon_up", "expected"),
    [
        (Stuck(0, 0, 0), False, State.OK),
        (Stuck(3, 0, 0), True, State.OK),
        (Stuck(3, 1, 0), True, State.WARNING),
        (Stuck(3, 0, 0), False, State.WARNING),
    ],
)
def test_leases_are_stuck_when_nobody_can_hold_them(
    *, stuck: Stuck, is_daemon_up: bool, expected: State
) -> None:
    """A daemon that is up holds items; without one, every lease is a dead one's."""
    assert judge_leases(stuck, is_daemon_up=is_daemon_up).state is expected


def test_waits_past_their_time_are_worth_a_look() -> None:
    """One that is over and not woken says that no daemon looks."""
    assert judge_waits(Stuck(0, 0, 0)).state is State.OK
    assert judge_waits(Stuck(0, 0, 2)).state is State.WARNING


@pytest.mark.parametrize(
    ("free_mib", "expected"),
    [(63, State.FAILURE), (64, State.WARNING), (1023, State.WARNING), (1024, State.OK)],
)
def test_space_is_judged_by_what_postgresql_needs(free_mib: int, expected: State) -> None:
    """Too little to start is a failure, little a warning."""
    assert judge_space(free_mib, "/data").state is expected


def test_a_disk_that_postgresql_still_starts_on_is_not_said_to_be_too_small_for_it() -> None:
    """What the index needs and what PostgreSQL needs are told apart."""
    told = judge_space(60, "/data").explanation
    assert told == (
        "60 MiB are free on the disk of /data: the search index needs 64, PostgreSQL 48 to start"
    )


def test_a_cluster_of_another_major_version_is_a_failure() -> None:
    """The version that made it is named."""
    check = judge_major("17")
    assert check.state is State.FAILURE
    assert "PostgreSQL 17" in check.explanation
    assert judge_major("18").state is State.OK


LOCKS = """\
1: POSIX  ADVISORY  WRITE 88 08:01:555 0 EOF
2: FLOCK  ADVISORY  WRITE 4711 08:01:555 0 EOF
2: -> FLOCK  ADVISORY  WRITE 4712 08:01:555 0 EOF
3: FLOCK  ADVISORY  WRITE 0 08:01:777 0 EOF
"""


@pytest.mark.parametrize(("inode", "expected"), [(555, 4711), (55, None), (777, None)])
def test_the_holder_of_a_lock_is_read_off_the_systems_list(
    inode: int, expected: int | None
) -> None:
    """Only a flock, only the one who has it, and nobody whom another namespace hides (pid 0)."""
    assert find_holder(LOCKS, inode) == expected
