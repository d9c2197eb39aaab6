"""Binds what a model says was said to what was said, and throws out what was not.

Pure. An item needs values that its shape allows and a quote that is in the transcript; its place
follows from where the quote was found.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.db.texts import storable
from footnoted.knowledge.bound_evidence import BoundEvidence, bind
from footnoted.knowledge.quotes import read_words
from footnoted.model.identity import deterministic_id
from footnoted.profiles.declared.answers import ViolationError, checked_item
from footnoted.profiles.declared.types import FoundItem, ItemsInput, ItemsOutput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from pydantic import JsonValue

    from footnoted.model.citation import Evidence
    from footnoted.profiles.declared.declaration import Declaration

_CUE_NUMBERS = range(-(2**31), 2**31)
"""What the database's integers hold; a model may cite anything."""
_ANY_KIND = "item"


@dataclass(frozen=True, slots=True)
class _Placed:
    """An item with what it is sorted by."""

    at: tuple[int, int, str, int]
    item: FoundItem


def bind_items(
    given: ItemsInput, values: Iterable[Mapping[str, JsonValue]], declared: Declaration
) -> ItemsOutput:
    """Return the items that stand, all evidence, and how many were rejected for what."""
    binder = _Binder(given, declared)
    for item in values:
        binder.add(item)
    return binder.output()


class _Binder:
    """Collects items against one transcript."""

    def __init__(self, given: ItemsInput, declared: Declaration) -> None:
        self._given = given
        self._declared = declared
        # It needs numpy, which a program that starts should not wait for.
        from footnoted.knowledge.evidence import QuoteMatcher  # noqa: PLC0415

        self._matcher = QuoteMatcher(given.cues)
        self._evidence: dict[UUID, BoundEvidence] = {}
        self._placed: dict[UUID, _Placed] = {}
        self._counts: Counter[str] = Counter()

    def add(self, values: Mapping[str, JsonValue]) -> None:
        """Take one item in, or count why not."""
        marks = self._declared.marks
        quote, first, last = (
            values[name] for name in (marks.quote, marks.first_cue, marks.last_cue)
        )
        # The declaration and the answer's type have seen to the types of these three.
        if not (isinstance(quote, str) and isinstance(first, int) and isinstance(last, int)):
            raise TypeError(quote, first, last)
        try:
            fields = checked_item(self._declared.own_fields, values)
        except ViolationError as error:
            self._counts[f"rejected_{error.violation}"] += 1
            return
        if first not in _CUE_NUMBERS or last not in _CUE_NUMBERS:
            self._counts["rejected_cues"] += 1
            return
        found = self._matcher.match(storable(quote), first, last)
        bound = self._bind(found)
        if found.first_cue is not None:
            self._place(found, bound, fields)

    def output(self) -> ItemsOutput:
        """Return everything in the order it was said."""
        placed = sorted(self._placed.values(), key=lambda each: each.at)
        return ItemsOutput(
            transcript_id=self._given.transcript_id,
            items=tuple(each.item for each in placed),
            evidence=tuple(sorted(self._evidence.values(), key=lambda each: each.id)),
            counts={"items": len(placed), **dict(sorted(self._counts.items()))},
        )

    def _place(self, found: Evidence, bound: BoundEvidence, fields: dict[str, JsonValue]) -> None:
        declared = self._declared
        kind = _ANY_KIND if declared.kind_field is None else str(fields[declared.kind_field])
        title = str(fields[declared.title_field])
        identity = item_id(self._given.video_id, found, kind, title)
        if identity in self._placed:
            self._counts["duplicates"] += 1
            return
        category = declared.category_field
        item = FoundItem(
            id=identity,
            evidence_id=bound.id,
            kind=kind,
            title=title,
            category=declared.title if category is None else str(fields[category]),
            fields=fields,
        )
        first, last = found.first_cue or 0, found.last_cue or 0
        self._placed[identity] = _Placed((first, last, found.quote, len(self._placed)), item)

    def _bind(self, found: Evidence) -> BoundEvidence:
        if self._given.transcript_id is None:
            raise AssertionError  # items are only asked for where there is a transcript
        bound = bind(self._given.video_id, self._given.transcript_id, found)
        if bound.id not in self._evidence:
            self._evidence[bound.id] = bound
            self._counts[f"evidence_{found.match}"] += 1
        return bound


def item_id(video_id: int, found: Evidence, kind: str, title: str) -> UUID:
    """Return the id of the item of this kind and title that these words at this place say.

    A sentence may say several things: it takes the title to tell them apart.
    """
    said, called = (
        " ".join(word.key for word in read_words(text)) for text in (found.quote, title)
    )
    return deterministic_id(
        "declared_item", video_id, found.first_cue, found.last_cue, said, kind, called
    )
