"""What a recording is called and who made it: facts from sidecars against what is stored. Pure."""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from footnoted.db.texts import storable
from footnoted.model.path import real_path
from footnoted.sources.names import NotTaken, read_name, title_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from footnoted.sources.port import Facts

EDITABLE_FIELDS = (
    *("title", "url", "creator", "published_at", "duration_s", "language", "tags", "chapters"),
)
"""The fields of a recording that a person may set; a set one is never overwritten by a look."""

_FACT_FIELDS = ("title", "url", "published_at", "duration_ms", "language", "description")
_NOT_WORD = re.compile(r"[^\w]+|_+")
_ACCENTED = re.compile("([a-z])[\u0300-\u036f]+")
_MAX_SLUG = 80


@dataclass(frozen=True, slots=True)
class StoredFacts:
    """The columns of a recording that facts may change, those set by hand, and its source."""

    values: Mapping[str, Any]
    edited: frozenset[str]
    source_id: int | None = None


def title_of_path(stored: str) -> str:
    """Return the title that a file's name gives its recording."""
    folder, name = os.path.split(real_path(stored))
    read = read_name(name)
    stem = name if isinstance(read, NotTaken) else read.stem
    return storable(title_of(stem, os.path.basename(folder)))  # noqa: PTH119 - any bytes


def readable(text: str) -> str:
    """Return a name from the file system as text for people; odd bytes show as U+FFFD."""
    return storable(real_path(text))


def fact_columns(facts: Facts) -> dict[str, Any]:
    """Return the columns that facts say something about, as they are stored."""
    columns = {name: getattr(facts, name) for name in _FACT_FIELDS}
    columns = {name: value for name, value in columns.items() if value is not None}
    if facts.chapters:
        columns["chapters"] = [chapter.model_dump() for chapter in facts.chapters]
    if facts.tags:
        columns["tags"] = list(facts.tags)
    return columns


def changed_columns(wanted: Mapping[str, Any], stored: StoredFacts) -> dict[str, Any]:
    """Return those wanted columns that differ and that nobody set by hand."""
    return {
        name: value
        for name, value in wanted.items()
        if name not in stored.edited and stored.values[name] != value
    }


def slug_of(name: str) -> str:
    """Return the words of a name in lower case, joined by `-`; never empty.

    Letters of every script stay; those of Latin lose their accents.
    """
    plain = _ACCENTED.sub(r"\1", unicodedata.normalize("NFKD", name.casefold()))
    words = _NOT_WORD.sub("-", unicodedata.normalize("NFC", plain)).strip("-")
    return words[:_MAX_SLUG].strip("-") or "creator"


def same_name(one: str, other: str) -> bool:
    """Return whether two names of creators mean the same one: case and spacing do not count."""
    return _name_key(one) == _name_key(other)


def _name_key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
