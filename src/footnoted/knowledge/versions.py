"""Page versions: what makes two of them equal, what each was made by, and their ids."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from footnoted.knowledge.origins.making import Origin, narrowed
from footnoted.model.identity import deterministic_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from footnoted.knowledge.pages.composed import ComposedPage

EXTRACTIVE = "extractive"
"""The name of the built-in model, which selects sentences and writes none."""


_AND = ", "


class Provenance(BaseModel):
    """What a page version was made by; two versions made alike have equal provenance."""

    model_config = ConfigDict(frozen=True)

    stage: str
    """The stage that composed it."""
    stage_version: int
    """That stage's version."""
    models: Mapping[str, str]
    """The model that answered each stage; several, where recordings differ, by commas."""
    prompts: Mapping[str, str]
    """The SHA-256 of each stage's prompt file; several by commas."""
    taxonomy: str
    """The SHA-256 of the taxonomy file when it was composed."""
    package_version: str
    """The version of footnoted."""
    git_sha: str
    """The commit it was built from, or `unknown`."""
    output_languages: tuple[str, ...] = ()
    """The languages that were asked for in place of the one spoken, sorted."""
    origins: tuple[Origin, ...] = ()
    """What made the moments it rests on, recording by recording."""

    @property
    def model_names(self) -> tuple[str, ...]:
        """Return every model that had a part in it, sorted."""
        named = {name for names in self.models.values() for name in names.split(_AND)}
        return tuple(sorted(named))

    def about(self, video_ids: frozenset[int]) -> Provenance:
        """Return the provenance of a page that rests on these videos alone."""
        origins = narrowed(self.origins, video_ids)
        made = [making for origin in origins for making in origin.stages]
        models = [(making.stage, model) for making in made for model in making.models]
        prompts = [(name, sha256) for making in made for name, sha256 in making.prompts.items()]
        return self.model_copy(
            update={
                "origins": origins,
                "models": {**_joined(models), **self.models},
                "prompts": dict(sorted({**_joined(prompts), **self.prompts}.items())),
            }
        )

    def without(self, video_id: int) -> Provenance:
        """Return the provenance of what is left when a video is taken back."""
        made = [making for origin in self.origins for making in origin.stages]
        stages = {making.stage for making in made}
        prompts = {name for making in made for name in making.prompts}
        own = self.model_copy(
            update={
                "models": {k: v for k, v in self.models.items() if k not in stages},
                "prompts": {k: v for k, v in self.prompts.items() if k not in prompts},
            }
        )
        left = {each for origin in self.origins for each in origin.video_ids} - {video_id}
        return own.about(frozenset(left))


class MadeBySomething(BaseModel):
    """An output that says what it was made by."""

    model_config = ConfigDict(frozen=True)

    provenance: Provenance


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the different values of each name, sorted, in the order of the names."""
    found: dict[str, set[str]] = {}
    for name, value in pairs:
        found.setdefault(name, set()).add(value)
    return {name: _AND.join(sorted(values)) for name, values in found.items()}


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
