"""What a name is known by: a key that spelling does not change, and an id that follows from it.

Within one video a short form is the long one where only one long form fits: `Mario` is Mario Vega
as long as no other Mario is named there. Across videos no short form is ever resolved by itself:
two Marios would become one person by way of their first name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from footnoted.knowledge.quotes import NUMBER_MARK, read_words
from footnoted.model.identity import deterministic_id
from footnoted.profiles.brain.types import PERSON, SAID_EXACTLY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

_TITLES = frozenset(
    {"mr", "mrs", "ms", "miss", "dr", "prof", "professor", "sir", "herr", "frau", "the"}
)
_LEGAL_FORMS = frozenset(
    {"inc", "incorporated", "corp", "corporation", "ltd", "limited", "llc", "plc", "gmbh", "co"}
    | {"company", "ag", "sa", "bv", "kg"}
)
_POSSESSIVE = re.compile(r"['\u2019]s?$")
_ACRONYM = re.compile(r"[A-Z][A-Z0-9]{2,5}")
_SMALL = frozenset(("of", "and", "for", "the", "in", "on", "a", "an", "de", "la", "du", "und"))
_ANONYMOUS = re.compile(
    r"(?:speaker|spk|guest|host|unknown|participant|person|voice|moderator|interviewer|operator"
    r"|audience|narrator|sprecher(?:in)?|orador|intervenant)[\s_#-]*\w{0,3}|s?\d+|[a-z]",
    re.IGNORECASE,
)


def words_of_name(name: str) -> tuple[str, ...]:
    """Return the folded words of a name without titles, legal forms and a possessive `s`."""
    read = read_words(_POSSESSIVE.sub("", name.strip()))
    words = [word.key.strip(NUMBER_MARK) for word in read]
    while len(words) > 1 and words[0] in _TITLES:
        words = words[1:]
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words = words[:-1]
    return tuple(words)


def name_key(name: str) -> str:
    """Return what a name is known by, its folded words; empty when nothing is left of it."""
    return " ".join(words_of_name(name))


def letters_of(key: str) -> str:
    """Return a key without its spaces, which nobody hears: `git hub` is `github`."""
    return key.replace(" ", "")


def name_id(key: str, entity_type: str) -> UUID:
    """Return the id of a name, wherever it is heard; a date is never a person of that name."""
    return deterministic_id("name", entity_type if entity_type in SAID_EXACTLY else "", key)


def is_anonymous(speaker: str) -> bool:
    """Return whether a speaker's label names nobody (`Speaker 2`, `SPEAKER_00`)."""
    return _ANONYMOUS.fullmatch(speaker.strip()) is not None


def long_forms(names: Mapping[str, str]) -> dict[str, str]:
    """Return the long form of each short one among the names of one video (name to type).

    A single word is short for the only person whose first or last word it is; capitals for the
    only name whose initials they are. What fits two stays what it is.
    """
    return {
        short: fitting.pop()
        for short, entity_type in names.items()
        if len(fitting := set(_fitting(short, entity_type, names))) == 1
    }


def _fitting(short: str, entity_type: str, names: Mapping[str, str]) -> Iterable[str]:
    words = words_of_name(short)
    if len(words) != 1:
        return
    is_acronym = _ACRONYM.fullmatch(short) is not None
    for name, other_type in names.items():
        parts = words_of_name(name)
        if len(parts) < 2 or other_type in SAID_EXACTLY:  # noqa: PLR2004 - one word is no long form
            continue
        if other_type == PERSON and entity_type in (PERSON, "other"):
            if words[0] in (parts[0], parts[-1]):
                yield name
        elif is_acronym and short.casefold() == _initials(parts):
            yield name


def _initials(parts: tuple[str, ...]) -> str:
    return "".join(part[0] for part in parts if part not in _SMALL)
