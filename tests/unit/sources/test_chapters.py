"""Chapters in descriptions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from footnoted.sources.chapters import chapters_in

LISTED = """Thanks for watching! Links: https://example.com/12:30

0:00 Intro
1:30 - The sound of it
(1:02:03) A long part: with 3:1 odds
"""


def test_a_list_that_starts_at_zero_is_chapters() -> None:
    """With whatever stands between time and title."""
    found = [(one.start_ms, one.title) for one in chapters_in(LISTED, None)]
    assert found == [
        (0, "Intro"),
        (90_000, "The sound of it"),
        (3_723_000, "A long part: with 3:1 odds"),
    ]


def test_times_behind_the_titles_count_too() -> None:
    """Some write it so."""
    found = chapters_in("Intro 0:00\nMiddle - 2:00\nEnd (4:30)", 300_000)
    assert [(one.start_ms, one.title) for one in found] == [
        (0, "Intro"),
        (120_000, "Middle"),
        (270_000, "End"),
    ]


def test_what_is_no_list_of_chapters_is_none() -> None:
    """Fewer than three, not from zero, not rising, or beyond the end."""
    assert chapters_in("0:00 Intro\n1:00 End", None) == ()
    assert chapters_in("0:30 A\n1:00 B\n2:00 C", None) == ()
    assert chapters_in("0:00 A\n2:00 B\n1:00 C", None) == ()
    assert chapters_in("0:00 A\n1:00 B\n9:00 C", 300_000) == ()
    assert chapters_in("see 12:30 and 13:00", None) == ()
    assert chapters_in("", None) == ()


@given(st.text(max_size=2_000))
def test_chapters_rise_from_zero(text: str) -> None:
    """Whatever the description."""
    starts = [one.start_ms for one in chapters_in(text, None)]
    assert starts == sorted(set(starts))
    assert starts == [] or starts[0] == 0
