"""Items for tests, as a model gives them and as they are stored."""

from __future__ import annotations

from typing import Any

from footnoted.knowledge.groups.group import PageGroup
from footnoted.model.identity import deterministic_id
from footnoted.model.transcript import Cue
from footnoted.profiles.declared.types import ItemsInput, StoredItem

GROUP = PageGroup(id=1, profile="notes", creator_id=1, creator="Ada", category="Notes", wanted=1)


def heard(*lines: str, **changes: Any) -> ItemsInput:
    """Return a recording called Salt in which these lines are said, four seconds each."""
    cues = tuple(Cue(at, at * 4_000, at * 4_000 + 4_000, line) for at, line in enumerate(lines))
    given = ItemsInput(
        video_id=7,
        transcript_id=3,
        recording="Salt",
        language="en",
        cues=cues,
        topics=(),
    )
    return given.model_copy(update=changes)


def said(quote: str, at: int = 0, **fields: Any) -> dict[str, Any]:
    """Return an item as a model gives it, quoted from one cue."""
    return {
        "about": "Salt",
        "sort": "fact",
        "text": "Salt is heavy.",
        "quote": quote,
        "from": at,
        "to": at,
        **fields,
    }


def stored(number: int, *, recording: str = "talk", **fields: Any) -> StoredItem:
    """Return the `number`th item of a recording."""
    values = {"about": "Salt", "sort": "fact", "text": f"Fact {number}.", **fields}
    return StoredItem(
        id=deterministic_id("item", recording, number),
        evidence_id=deterministic_id("evidence", recording, number),
        kind=values["sort"],
        title=values["text"],
        category="Notes",
        fields=values,
        video_id=1,
        recording=recording,
        first_cue=number,
        last_cue=number,
        quote=f"quote {number}",
        start_ms=number * 1_000,
        end_ms=number * 1_000 + 1_000,
    )
