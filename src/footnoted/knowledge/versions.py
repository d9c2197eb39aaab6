"""Page versions: what makes two of them equal, what each was made by, and their ids."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from footnoted.model.identity import deterministic_id

if TYPE_CHECKING:
    from uuid import UUID

    from footnoted.knowledge.pages.composed import ComposedPage

EXTRACTIVE = "extractive"
"""The name of the built-in model, which selects sentences and writes none."""


class Provenance(BaseModel):
    """What a page version was made by; two versions made alike have equal provenance."""

    model_config = ConfigDict(frozen=True)

    stage: str
    """The stage that composed it."""
    stage_version: int
    """That stage's version."""
    models: Mapping[str, str]
    """The model of each stage."""
    prompts: Mapping[str, str]
    """The SHA-256 of each stage's prompt file."""
    taxonomy: str
    """The SHA-256 of the taxonomy file."""
    package_version: str
    """The version of footnoted."""
    git_sha: str
    """The commit it was built from, or `unknown`."""
    output_languages: tuple[str, ...] = ()
    """The languages that were asked for in place of the one spoken, sorted."""


def content_sha256(page: ComposedPage) -> str:
    """Return the hash of what a page says and cites; equal content is no new version."""
    claims = [
        (
            claim.heading,
            claim.text,
            [str(item.evidence_id) for item in claim.support],
            claim.kind,
            claim.conflict,
        )
        for claim in page.claims
    ]
    grounds = page.grounds.model_dump(mode="json")
    content = [page.title, page.summary, page.tags, page.tools, claims, grounds]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def version_id(page_id: UUID, version: int) -> UUID:
    """Return the id of a page's version, which counts from 1."""
    return deterministic_id("page_version", str(page_id), version)


def claim_id(page_version_id: UUID, position: int) -> UUID:
    """Return the id of the claim at `position` of a version."""
    return deterministic_id("claim", str(page_version_id), position)
