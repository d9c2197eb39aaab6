"""How words are folded before they are compared."""

from __future__ import annotations

import pytest

from footnoted.knowledge.quotes import read_words


def letters(text: str) -> str:
    """Return the keys of a text in a row, as exact matching sees them."""
    return "".join(word.key for word in read_words(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Cut, the LOWS!", "cut the lows"),
        ("don\u2019t \u201cpush\u201d it", 'don\'t "push" it'),
        ("mid-side e-mail", "mid side email"),
        ("caf\u00e9 na\u00efve \u00fcber", "cafe\u0301 naive uber"),
        ("\uff26\uff55\uff4c\uff4c \u210c", "Full H"),
        ("stra\u00dfe", "STRASSE"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("1,000 5%", "1000 5 percent"),
        ("rhythm & blues", "rhythm and blues"),
        ("\u30cf\uff9e\u30c3\u30af", "\u30d0\u30c3\u30af"),
        ("\u6771\u4eac \u30bf\u30ef\u30fc", "\u6771\u4eac\u30bf\u30ef\u30fc"),
        ("\u0915\u0940\u092e\u0924", "\u0915\u0940\u092e\u0924 "),
        ("\u0661\u0662", "12"),
    ],
)
def test_writing_does_not_matter(one: str, other: str) -> None:
    """Case, marks, spaces and compatibility forms are folded."""
    assert letters(one) == letters(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3.5 dB", "35 dB"),
        ("20 20", "2020"),
        ("-3 dB", "3 dB"),
        ("$5", "\u20ac5"),
        ("C++", "C#"),
        ("\u304b", "\u304c"),
        ("\u0915\u093f", "\u0915\u0940"),
    ],
)
def test_what_carries_meaning_is_kept(one: str, other: str) -> None:
    """Decimal signs, currencies, signs of other sounds are not folded away."""
    assert letters(one) != letters(other)


def test_a_word_knows_where_it_stands() -> None:
    """The text behind a key can be shown as it was written."""
    text = "Na\u00efve \u2014 \u201cdon\u2019t\u201d!"
    assert [text[word.start : word.end] for word in read_words(text)] == [
        "Na\u00efve",
        "don\u2019t",
    ]


def test_a_script_without_spaces_gives_one_word_per_character() -> None:
    """Vowel and sound signs stay with their character."""
    assert [word.key for word in read_words("\u6771\u4eac\u3067\u3059\u3002")] == [
        "\u6771",
        "\u4eac",
        "\u3067",
        "\u3059",
    ]


def test_nothing_but_marks_gives_no_words() -> None:
    """A line of punctuation says nothing."""
    assert read_words("\u2026 \u2014 \u266a \u00bf?!") == []
