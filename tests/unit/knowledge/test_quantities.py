"""Which numbers words state."""

from __future__ import annotations

import pytest

from footnoted.knowledge.quantities import currencies, quantities
from footnoted.knowledge.quotes import read_words


def keys(text: str) -> list[str]:
    """Return the folded words of a text."""
    return [word.key for word in read_words(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("twenty five apples", ["25"]),
        ("25 apples", ["25"]),
        ("two hundred and five", ["205"]),
        ("two million three hundred thousand and five", ["2300005"]),
        ("nineteen ninety nine", ["1999"]),
        ("twenty twenty", ["2020"]),
        ("ten thousand", ["10000"]),
        ("10k", ["10000"]),
        ("5 million", ["5000000"]),
        ("1,000 and 1000.50", ["1000", "1000.5"]),
        ("one two three", ["1", "2", "3"]),
        ("three and four", ["3", "4"]),
        ("a hundred", ["100"]),
        ("at 10:30 it is 3,5", ["10:30", "3,5"]),
        ("the 2nd, the second", ["2th", "2th"]),
        ("the twenty third", ["23th"]),
        ("minus 6 dB, half of 5%", ["minus", "6", "half", "5", "percent"]),
        ("o.k. then", []),
        ("vingt-cinq", ["25"]),
        ("\u4e09\u3064", ["\u4e09"]),
        ("nothing here", []),
    ],
)
def test_numbers_are_read_from_digits_and_words(text: str, expected: list[str]) -> None:
    """The same number is the same however it is written."""
    assert quantities(keys(text)) == expected


def test_a_currency_is_the_same_as_sign_and_as_word() -> None:
    """`$5` and `five dollars` name one currency; euros are another."""
    assert currencies(keys("$5")) == currencies(keys("five dollars")) == ["dollar"]
    assert currencies(keys("\u20ac5")) == ["euro"]
