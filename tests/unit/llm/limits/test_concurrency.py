"""How many calls may be out."""

from __future__ import annotations

from footnoted.llm.limits.concurrency import Window


def test_it_grows_by_one_per_answer_until_the_first_cut_then_by_four_per_window() -> None:
    """Slow start, then avoidance."""
    window = Window(4, 64)
    for _ in range(6):
        window.answered(in_use=True)
    assert window.size == 10
    window.refused()
    assert window.size == 5
    for _ in range(6):
        window.answered(in_use=True)
    assert window.size == 8


def test_it_does_not_grow_while_it_is_not_used() -> None:
    """An answer to a single call proves nothing about ten."""
    window = Window(4, 64)
    window.answered(in_use=False)
    assert window.size == 4


def test_it_stays_between_one_and_the_ceiling() -> None:
    """However many refusals or answers."""
    window = Window(4, 6)
    for _ in range(20):
        window.answered(in_use=True)
    assert window.size == 6
    for _ in range(20):
        window.refused()
    assert window.size == 1
