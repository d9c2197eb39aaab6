"""Fusing channels."""

from __future__ import annotations

from uuid import UUID

import pytest

from footnoted.search.port import Hit
from footnoted.search.query import fuse


def channel(*numbers: int) -> list[Hit]:
    """Return hits in this order, with falling scores."""
    return [Hit(document_id=UUID(int=n), score=1 / rank) for rank, n in enumerate(numbers, 1)]


def order(hits: list[Hit]) -> list[int]:
    """Return the numbers."""
    return [hit.document_id.int for hit in hits]


def test_one_channel_keeps_its_order_and_scores() -> None:
    """There is nothing to fuse."""
    assert fuse([channel(3, 1, 2)]) == channel(3, 1, 2)


def test_what_two_channels_agree_on_comes_first() -> None:
    """1/(60+2) twice beats 1/(60+1) once (Cormack et al. 2009)."""
    fused = fuse([channel(1, 2), channel(3, 2)])
    assert order(fused) == [2, 1, 3]
    assert fused[0].score == pytest.approx(2 / 62)


def test_ties_come_in_the_order_of_ids() -> None:
    """Equal ranks in different channels."""
    assert order(fuse([channel(9), channel(4)])) == [4, 9]


def test_no_channel_finds_nothing() -> None:
    """An empty answer is an answer."""
    assert (fuse([]), fuse([[], []])) == ([], [])


def test_a_channel_counts_as_much_as_its_weight() -> None:
    """Half the weight, half the score; without any, nothing."""
    one, two = (Hit(document_id=UUID(int=at), score=1.0) for at in (1, 2))
    fused = fuse([[one], [two]], [0.5, 1.0])
    assert [hit.document_id.int for hit in fused] == [2, 1]
    assert fused[1].score == pytest.approx(fused[0].score / 2)
    assert fuse([[one], [two]], [0.0, 1.0])[1].score == 0.0
