"""Which words a recogniser takes for each other."""

from __future__ import annotations

import pytest

from footnoted.knowledge.sound import consonants, sound_likeness


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("compresser", "compressor"),
        ("cracked", "correct"),
        ("headed", "heading"),
        ("right", "write"),
        ("phone", "fone"),
        ("\ub2e4\uc2dc", "\ub2e4\uc2a4"),
    ],
)
def test_mishearings_sound_alike(one: str, other: str) -> None:
    """Spelling, forms of a word and voiced consonants are heard as one."""
    assert sound_likeness(one, other) > 0


@pytest.mark.parametrize(
    ("one", "other"),
    [("alice", "bob"), ("compressor", "limiter"), ("apple", "amazon"), ("bullish", "bearish")],
)
def test_other_words_do_not(one: str, other: str) -> None:
    """A name or a term in place of another is no mishearing."""
    assert sound_likeness(one, other) == 0


def test_consonants_are_kept_as_they_sound() -> None:
    """Vowels and doubled letters say little in recognition."""
    assert (consonants("kicked"), consonants("night")) == (consonants("cakt"), consonants("nite"))
