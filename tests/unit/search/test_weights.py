"""BM25 weights, computed by hand and computed back."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnoted.search.weights import Lengths, weigh, weigh_anew


def test_weights_follow_the_formula() -> None:
    """Two terms, three words, average 6: worked out by hand with k = 1.2 and b = 0.75."""
    found = weigh({7: 2, 9: 1}, 6.0)
    # norm = 1.2 * (0.25 + 0.75 * 3 / 6) = 0.75
    assert found.terms == [7, 9]
    assert found.weights == pytest.approx([2 * 2.2 / 2.75, 2.2 / 1.75])


def test_a_longer_document_weighs_less() -> None:
    """The same count means less among more words."""
    short = weigh({1: 1}, 10.0).weights[0]
    long = weigh({1: 1, 2: 30}, 10.0).weights[0]
    assert long < short


@given(
    counts=st.dictionaries(st.integers(0, 2**32 - 1), st.integers(1, 300), min_size=1, max_size=50),
    old=st.floats(1, 2000),
    new=st.floats(1, 2000),
)
def test_weighing_anew_is_weighing_with_the_new_average(
    counts: dict[int, int], old: float, new: float
) -> None:
    """Counts are recovered from weights as stored, in single precision."""
    stored = [_single(weight) for weight in weigh(counts, old).weights]
    again = weigh_anew(stored, sum(counts.values()), old, new)
    assert again == pytest.approx(weigh(counts, new).weights, rel=1e-6)


def test_lengths_add_up_to_an_average() -> None:
    """Lengths come counted, and two groups make one."""
    assert Lengths.of([(10, 2), (40, 1)]) == Lengths(documents=3, terms=60)
    assert (Lengths(3, 60) + Lengths(1, 20)).average == 20.0


@pytest.mark.parametrize("lengths", [Lengths(), Lengths(documents=5, terms=0)])
def test_an_average_can_always_be_divided_by(lengths: Lengths) -> None:
    """No documents, or only empty ones."""
    assert lengths.average == 1.0


def _single(value: float) -> float:
    (single,) = struct.unpack("f", struct.pack("f", value))
    return single
