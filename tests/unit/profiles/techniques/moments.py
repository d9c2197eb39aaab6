"""Moments for tests, as stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.model.identity import deterministic_id
from footnoted.profiles.techniques.types import StoredMoment

if TYPE_CHECKING:
    from uuid import UUID


def moment(
    number: int,
    *,
    subtopic: str | None = None,
    tools: tuple[str, ...] = (),
    recording: str = "talk",
) -> StoredMoment:
    """Return the `number`th moment of a recording."""
    return StoredMoment(
        id=deterministic_id("moment", recording, number),
        evidence_id=evidence_id(number, recording),
        video_id=1,
        recording=recording,
        first_cue=number,
        last_cue=number,
        title=f"Title {number}",
        summary=f"Summary {number}.",
        content_type="tip",
        found_type="tip",
        tools=tools,
        category="Cooking",
        subtopic=subtopic,
        quote=f"quote {number}",
        start_ms=number * 1000,
        end_ms=number * 1000 + 1000,
        language="en",
    )


def evidence_id(number: int, recording: str = "talk") -> UUID:
    """Return the id of the evidence of a moment."""
    return deterministic_id("evidence", recording, number)
