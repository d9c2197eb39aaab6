"""Words as they are compared: folded, so that writing does not matter and wording does.

Folded are case, punctuation, white space, compatibility forms (NFKC), apostrophes and invisible
characters. Combining marks are dropped where they are accents (Latin, Greek, Cyrillic) or optional
pointing (Hebrew, Arabic), and kept where they spell another sound (Indic vowels, dakuten).
Scripts written without spaces give one word per character, so they need no dictionary. Signs that
carry meaning stay words: currencies, `%` (as `percent`), `&` (as `and`), and a minus before a
number. Numbers keep their decimal sign and stand between separators, so that `20 20` is not `2020`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

NUMBER_MARK = "\x1f"
"""Stands on both sides of a number in a key; no text has it."""

_WORD = re.compile(r"(?<![au0mi'])-(?=0)|0+(?:\.0+)*|a[ami]*(?:'a[ami]*)*\+*|u[mi]*|s")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]")
_SPELLED = {"%": "percent", "&": "and", "-": "minus", "\u2212": "minus"}
_CLASSES = {
    **dict.fromkeys(map(ord, "'\u2019\u02bc\uff07`\u00b4"), "'"),
    **dict.fromkeys(map(ord, ".,:"), "."),
    **dict.fromkeys(map(ord, "-\u2212"), "-"),
    **dict.fromkeys(map(ord, "+#"), "+"),
    **dict.fromkeys(map(ord, "%&"), "s"),
    **dict.fromkeys((0xFF9E, 0xFF9F), "m"),  # half-width sound marks belong to the kana before
}
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x0F00, 0x109F),  # Tibetan, Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x30FF),  # iteration marks, hiragana, katakana
    (0x31F0, 0x31FF),  # katakana extensions
    (0x3400, 0x9FFF),  # Han
    (0xF900, 0xFAFF),  # Han, compatibility
    (0xFF66, 0xFF9D),  # half-width katakana
    (0x20000, 0x3FFFF),  # Han, extensions
)


class Word(NamedTuple):
    """A word of a text: its folded key, and where it stands (`text[start:end]`)."""

    key: str
    start: int
    end: int


def read_words(text: str) -> list[Word]:
    """Return the words of `text` in order, as they are compared."""
    classes = "".join(map(_class_of, text))
    return [
        Word(key, match.start(), match.end())
        for match in _WORD.finditer(classes)
        if (key := fold(text[match.start() : match.end()]))
    ]


@lru_cache(maxsize=1 << 16)
def fold(word: str) -> str:
    """Return the key under which one word is compared; empty when nothing of it is left."""
    if word in _SPELLED:
        return _SPELLED[word]
    plain = unicodedata.normalize("NFKC", word).casefold()
    if plain[:1].isdecimal():
        return f"{NUMBER_MARK}{_canonical_number(plain)}{NUMBER_MARK}"
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", plain))
    kept = "".join(char for char in bare if _class_of(char) in _KEPT)
    return unicodedata.normalize("NFC", kept)


_KEPT = frozenset("aum+s0")


def is_number(key: str) -> bool:
    """Return whether the key is a number in digits."""
    return key.startswith(NUMBER_MARK)


def is_unspaced(key: str) -> bool:
    """Return whether the key is one character of a script that is written without spaces."""
    return bool(key) and _class_of(key[0]) == "u"


def is_han(key: str) -> bool:
    """Return whether the key is a Han character, which carries a meaning of its own."""
    return unicodedata.name(key[0], "").startswith("CJK ") if key else False


def _canonical_number(number: str) -> str:
    """Return ASCII digits without separators of thousands; a decimal sign stays as written."""
    digits = "".join(str(unicodedata.digit(char, char)) for char in number)
    return digits.replace(",", "") if _THOUSANDS.fullmatch(digits) else digits


@lru_cache(maxsize=1 << 14)
def _class_of(char: str) -> str:
    """Return the one letter that says what a character is to `_WORD`; a blank separates words."""
    code = ord(char)
    if code in _CLASSES:
        return _CLASSES[code]
    category = unicodedata.category(char)
    if category in ("Cf", "Sc"):
        return "i" if category == "Cf" else "s"
    if category.startswith("M"):
        return "m"
    if any(first <= code <= last for first, last in _UNSPACED) and category.startswith("L"):
        return "u"
    if category == "Nd":
        return "0"
    return "a" if category[0] in "LN" else " "
