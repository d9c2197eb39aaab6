"""How alike two written words sound, near enough to tell a mishearing from another word."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import takewhile

from rapidfuzz.distance import Indel

_ALIKE = 0.65
"""Letters that two mishearings of one word share at least; unrelated English words rarely do."""
_ALIKE_BY_CONSONANTS = 0.4
"""The same, for words whose consonants sound the same."""
_HOMOPHONE, _ALIKE_AS_HOMOPHONE = 0.8, 0.6
"""What such words count as, and the letters they share, when they are as good as homophones."""
_MIN_STEM, _MAX_ENDING = 4, 3

# Consonants that recognisers take for each other fall together (after Soundex, R. C. Russell, US
# patent 1,261,167, 1918; here voiced and unvoiced pairs only, and the first letter counts as well).
_SPELLINGS = (
    (re.compile("ght"), "t"),
    (re.compile("ph|gh$"), "f"),
    (re.compile("ck|ch|qu|x"), "k"),
)
_CONSONANTS = str.maketrans("bpvfdtgkcqzsjmnlr", "ppfftt" + "kkkkssjmnlr", "aeiouyhw")
_MIN_CONSONANTS = 2


@lru_cache(maxsize=1 << 14)
def sound_likeness(one: str, other: str) -> float:
    """Return how alike two folded words sound, from 0 (not at all, or unrelated) to 1.

    Alike are words that share most letters, forms of one word (`headed`, `heading`), and words
    with the same consonants (`case`, `kiss`).
    """
    likeness = Indel.normalized_similarity(*map(_letters, (one, other)))
    same = consonants(one) == consonants(other) and len(consonants(one)) >= _MIN_CONSONANTS
    if same and likeness >= _ALIKE_AS_HOMOPHONE:
        return max(likeness, _HOMOPHONE)
    if likeness >= _ALIKE or _are_forms(one, other):
        return max(likeness, _ALIKE)
    return _ALIKE if same and likeness >= _ALIKE_BY_CONSONANTS else 0.0


def consonants(word: str) -> str:
    """Return the consonants of a word as they sound, doubled ones once; of Latin letters only."""
    for spelling, sound in _SPELLINGS:
        word = spelling.sub(sound, word)
    heard = "".join(char for char in word.translate(_CONSONANTS) if char.isascii())
    return re.sub(r"(.)\1+", r"\1", heard)


def _are_forms(one: str, other: str) -> bool:
    """Return whether two words share a stem and differ in a short ending."""
    shared = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    stem = sum(1 for _ in shared)
    return stem >= _MIN_STEM and max(len(one), len(other)) - stem <= _MAX_ENDING


def _letters(word: str) -> str:
    """Return the letters that a script builds its characters from (Hangul has three in one)."""
    return unicodedata.normalize("NFD", word)
