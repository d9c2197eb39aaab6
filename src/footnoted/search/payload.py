"""What an index stores beside the terms of a document: the fields that filters ask for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from datetime import datetime

    from footnoted.search.port import Document, Filters

VECTOR: Final = "lexical"
LENGTH: Final = "length"
AVERAGE: Final = "average"
SPEC: Final = "spec"
PUBLISHED_AT: Final = "published_at"


class FieldType(StrEnum):
    """The types an index knows for a field."""

    KEYWORD = "keyword"
    INTEGER = "integer"
    FLOAT = "float"
    DATETIME = "datetime"


FIELDS: Final[dict[str, FieldType]] = {
    "kind": FieldType.KEYWORD,
    "profile": FieldType.KEYWORD,
    "creator": FieldType.KEYWORD,
    "source_id": FieldType.INTEGER,
    "category": FieldType.KEYWORD,
    "tags": FieldType.KEYWORD,
    "tools": FieldType.KEYWORD,
    "speakers": FieldType.KEYWORD,
    PUBLISHED_AT: FieldType.DATETIME,
    LENGTH: FieldType.INTEGER,
    AVERAGE: FieldType.FLOAT,
    SPEC: FieldType.KEYWORD,
}
"""Every stored field, with its type; each has an index."""


@dataclass(frozen=True, slots=True)
class Equals:
    """The field has this value, or holds it when it is a list."""

    field: str
    value: str | int


@dataclass(frozen=True, slots=True)
class NotBefore:
    """The field is at or after this time."""

    field: str
    at: datetime


Condition = Equals | NotBefore


def payload_of(document: Document, *, length: int, average: float, spec: str) -> dict[str, Any]:
    """Return the fields of a document; names are folded, absent values left out.

    `spec` names what its vectors were made by.
    """
    fields: dict[str, Any] = {
        "kind": document.kind.value,
        "profile": document.profile,
        "creator": document.creator.casefold(),
        "source_id": document.source_id,
        "category": document.category.casefold() if document.category else None,
        "tags": [tag.casefold() for tag in document.tags],
        "tools": [tool.casefold() for tool in document.tools],
        "speakers": [speaker.casefold() for speaker in document.speakers],
        PUBLISHED_AT: document.published_at.isoformat() if document.published_at else None,
        LENGTH: length,
        AVERAGE: average,
        SPEC: spec,
    }
    return {name: value for name, value in fields.items() if value is not None and value != []}


def conditions_of(filters: Filters) -> list[Condition]:
    """Return what a hit must satisfy, all of it; empty when nothing is asked."""
    wanted = {
        "kind": filters.kind.value if filters.kind else None,
        "profile": filters.profile,
        "creator": filters.creator.casefold() if filters.creator else None,
        "source_id": filters.source_id,
        "category": filters.category.casefold() if filters.category else None,
        "tags": filters.tag.casefold() if filters.tag else None,
        "tools": filters.tool.casefold() if filters.tool else None,
        "speakers": filters.speaker.casefold() if filters.speaker else None,
    }
    conditions: list[Condition] = [
        Equals(field, value) for field, value in wanted.items() if value is not None
    ]
    if filters.since:
        conditions.append(NotBefore(PUBLISHED_AT, filters.since))
    return conditions
