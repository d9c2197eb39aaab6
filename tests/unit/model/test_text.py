"""Text from outside, made fit to store and to show."""

from __future__ import annotations

from footnoted.model.identity import deterministic_id
from footnoted.model.text import clock_time, one_line


def test_text_is_one_line_without_control_characters() -> None:
    """Nothing that a terminal would obey is left."""
    assert one_line(" a\tb\n\x1b[31mc\x00 ", 100) == "a b [31mc"


def test_long_text_is_cut_at_a_word_with_an_ellipsis() -> None:
    """Never longer than asked for."""
    assert one_line("one two three four", 12) == "one two…"
    assert one_line("a" * 20, 10) == "a" * 9 + "…"
    assert one_line("exactly ten", 11) == "exactly ten"


def test_times_are_written_as_people_do() -> None:
    """Hours only where there are any."""
    assert [clock_time(ms) for ms in (0, 61_999, 3_600_000)] == ["0:00", "1:01", "1:00:00"]


def test_ids_tell_parts_from_their_joins() -> None:
    """`("ab", "c")` is not `("a", "bc")`, and 1 is not "1"."""
    ids = {deterministic_id("k", *parts) for parts in (("ab", "c"), ("a", "bc"), (1,), ("1",))}
    assert len(ids) == 4
    assert deterministic_id("k", 1) == deterministic_id("k", 1)
