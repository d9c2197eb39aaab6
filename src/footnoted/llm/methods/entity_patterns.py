"""Dates and sums of money by their pattern: what is written in full, and nothing relative."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from footnoted.llm.methods.wordlists import read_sections

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBER = r"\d{1,3}(?:[,.]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?"
_ISO_DATE = r"(?:19|20)\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_NUMERIC_DATE = r"(?:0?[1-9]|[12]\d|3[01])[./](?:0?[1-9]|[12]\d|3[01])[./](?:19|20)\d{2}"
_QUARTER = r"Q[1-4](?: of)? (?:fiscal )?(?:19|20)\d{2}"
_NEVER = r"(?!)"


def exact_in(text: str, language: str) -> Iterator[tuple[str, str]]:
    """Yield the dates and the sums of money in `text`, each with `date` or `money`, in order."""
    found = [
        (match.start(), match.group(), kind)
        for kind, pattern in _patterns(language).items()
        for match in pattern.finditer(text)
    ]
    for _, words, kind in sorted(found):
        yield words.strip(" ,"), kind


@lru_cache(maxsize=16)
def _patterns(language: str) -> dict[str, re.Pattern[str]]:
    lists = read_sections(f"entities-{language}")
    month, currency, scale = (
        lists[name].alternatives if name in lists else _NEVER
        for name in ("month", "currency", "scale")
    )
    month = _capitalised(month)
    day = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?![\d:%])"
    year = r"(?:19|20)\d{2}"
    dates = (
        rf"{month} {day}(?:,? {year})?|{day}(?: of)? {month}(?:,? {year})?|{month},? {year}"
        rf"|{_ISO_DATE}|{_NUMERIC_DATE}|{_QUARTER}"
    )
    sum_of = rf"(?:{_NUMBER})(?:[ -]?(?i:{scale}))?"
    money = (
        rf"(?:US|C|A)?[$\u20ac\u00a3\u00a5] ?{sum_of}|{sum_of} (?i:{currency})|{sum_of} ?[\u20ac$]"
    )
    return {
        "date": re.compile(rf"(?<![\w.-])(?:{dates})(?!\w)"),
        "money": re.compile(rf"(?<![\w.-])(?:{money})(?!\w)"),
    }


def _capitalised(months: str) -> str:
    """Return the alternatives written with a capital: `may` and `march` are mostly no months."""
    return re.sub(r"(?<=[(|])[a-z]", lambda match: match.group().upper(), months)
