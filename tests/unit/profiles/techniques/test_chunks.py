"""Runs that are written up together, and how they move when a moment comes in."""

from __future__ import annotations

import random
from statistics import mean

from hypothesis import given
from hypothesis import strategies as st

from footnoted.profiles.techniques.chunks import chunk_moments
from tests.unit.profiles.techniques.moments import moment

SIZE = 40


def test_a_recording_that_fits_is_one_run_in_the_order_it_was_said() -> None:
    """Whatever its moments are about; another recording is another run."""
    moments = [moment(0), moment(1, subtopic="b"), moment(2, subtopic="a")]
    other = [moment(0, recording="other"), moment(1, recording="other")]
    assert chunk_moments([*moments, *other], 4) == (tuple(moments), tuple(other))


def test_no_moments_are_no_runs() -> None:
    """An emptied group asks nothing."""
    assert chunk_moments([], SIZE) == ()


@given(st.integers(1, 300), st.integers(2, 50))
def test_runs_hold_everything_once_and_are_neither_too_large_nor_too_small(
    count: int, size: int
) -> None:
    """At most `size`; all but the last more than half of it."""
    moments = [moment(number) for number in range(count)]
    runs = chunk_moments(moments, size)
    assert [item for run in runs for item in run] == moments
    assert all(len(run) <= size for run in runs)
    assert all(len(run) > size / 2 for run in runs[:-1])


def test_a_run_ends_between_subtopics_where_it_can() -> None:
    """A subtopic that fits is not torn apart."""
    moments = [moment(n, subtopic=f"{n // 10}") for n in range(30)]
    runs = chunk_moments(moments, 16)
    assert [len(run) for run in runs] == [10, 10, 10]


def test_an_inserted_moment_leaves_most_runs_as_they_were() -> None:
    """So most calls are answered from the journal; cuts at every nth moment change half of them."""
    chance = random.Random(3)  # noqa: S311 - a test's choice
    moments = [moment(number) for number in range(1000)]
    before = set(chunk_moments(moments, SIZE))
    changed = []
    for number in range(40):
        at = chance.randrange(len(moments))
        grown = [*moments[:at], moment(5_000 + number), *moments[at:]]
        changed.append(len(set(chunk_moments(grown, SIZE)) - before))
    assert len(before) > 25
    assert mean(changed) < 2.5


def test_a_recording_that_comes_leaves_the_runs_of_the_others_as_they_were() -> None:
    """So it asks about itself alone, and one that goes asks nothing."""
    recordings = {
        name: [moment(n, recording=name) for n in range(size)]
        for name, size in (("a", 55), ("b", 130), ("c", 90))
    }
    alone = [run for name in ("a", "c") for run in chunk_moments(recordings[name], SIZE)]
    together = chunk_moments([m for name in "abc" for m in recordings[name]], SIZE)
    assert [run for run in together if run[0].recording != "b"] == alone


def test_two_and_a_half_times_the_size_is_three_calls_or_a_few_more() -> None:
    """Cuts follow the content, and are never closer than half the size."""
    assert 3 <= len(chunk_moments([moment(n) for n in range(100)], SIZE)) <= 5


def test_cuts_do_not_depend_on_ids() -> None:
    """Ids follow the order of arrival, and pages must not."""
    moments = [moment(number) for number in range(200)]
    renamed = [item.model_copy(update={"id": moment(0).id, "video_id": 9}) for item in moments]
    sizes = [len(run) for run in chunk_moments(moments, SIZE)]
    assert [len(run) for run in chunk_moments(renamed, SIZE)] == sizes
