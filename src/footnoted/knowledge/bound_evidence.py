"""Evidence with the identity it is stored and cited under."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from footnoted.model.citation import Evidence
from footnoted.model.identity import deterministic_id


class BoundEvidence(BaseModel):
    """A piece of evidence in one transcript version; equal citations have equal ids."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    evidence: Evidence


def bind(video_id: int, transcript_id: int, evidence: Evidence) -> BoundEvidence:
    """Return `evidence` with the id that it has in this video and transcript version."""
    cited = (evidence.cited_first_cue, evidence.cited_last_cue)
    identity = deterministic_id("evidence", video_id, transcript_id, *cited, evidence.quote)
    return BoundEvidence(id=identity, evidence=evidence)
