"""What negates a statement or turns it round."""

from __future__ import annotations

import pytest

from footnoted.knowledge.polarity import count_negations, is_opposite
from footnoted.knowledge.quotes import read_words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("do compress it", 0),
        ("do not compress it", 1),
        ("don't, can't, won't", 3),
        ("never without", 2),
        ("ne compressez pas", 2),
        ("nicht komprimieren", 1),
        ("\u4f7f\u308f\u306a\u3044\u3067\u304f\u3060\u3055\u3044", 1),
        ("\u4e0d\u8981\u538b\u7f29", 1),
        ("\u043d\u0435 \u043d\u0430\u0434\u043e", 1),
    ],
)
def test_negations_are_counted_in_many_languages(text: str, expected: int) -> None:
    """Contractions count like the words they are made of."""
    assert count_negations([word.key for word in read_words(text)]) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("possible", "impossible", True),
        ("increase", "decrease", True),
        ("maximum", "minimum", True),
        ("compressed", "uncompressed", True),
        ("compressor", "compression", False),
        ("same", "same", False),
    ],
)
def test_a_prefix_can_turn_a_word_round(one: str, other: str, *, expected: bool) -> None:
    """Words that look alike can mean the opposite."""
    assert is_opposite(one, other) == expected
