"""What stages made their outputs by, and which recordings were worked on alike.

A stage notes this with its output when it saves it, so that what is composed of it much later can
name the models, prompts and code that were really at work, whatever is configured by then.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Sequence

_PROMPT = "prompt"
_OWN = frozenset({"stage", "version", "model"})


class StageMaking(BaseModel):
    """What one stage made its output by."""

    model_config = ConfigDict(frozen=True)

    stage: str
    """Its name."""
    version: int
    """The version of its code's answers."""
    models: tuple[str, ...]
    """The models that answered it, sorted; none where none was asked."""
    prompts: Mapping[str, str]
    """The SHA-256 of each of its prompts, by name."""
    configuration: str = ""
    """The SHA-256 of whatever else its answers depend on, such as a taxonomy; empty for nothing."""
    program: str = ""
    """The version and commit of footnoted; empty where nobody noted it."""


class Origin(BaseModel):
    """Recordings whose moments were made alike."""

    model_config = ConfigDict(frozen=True)

    video_ids: tuple[int, ...]
    """The videos, sorted."""
    stages: tuple[StageMaking, ...]
    """What each stage before was made by, in the order of the stages."""


class RestsOnVideos(BaseModel):
    """What is composed from the moments of several videos; their origins change no answer."""

    model_config = ConfigDict(frozen=True)

    origins: tuple[Origin, ...] = ()
    """What made the moments."""


def stage_making(parts: Mapping[str, str], models: Sequence[str], program: str) -> StageMaking:
    """Return what the parts of a stage's fingerprint, and who answered it, come to."""
    stage = parts["stage"]
    prompts = {
        name.removeprefix(_PROMPT).removeprefix("_") or stage: sha256
        for name, sha256 in parts.items()
        if name == _PROMPT or name.startswith(f"{_PROMPT}_")
    }
    rest = {
        name: value
        for name, value in parts.items()
        if name not in _OWN and not (name == _PROMPT or name.startswith(f"{_PROMPT}_"))
    }
    digest = hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()
    return StageMaking(
        stage=stage,
        version=int(parts["version"]),
        models=tuple(sorted(set(models))),
        prompts=dict(sorted(prompts.items())),
        configuration=digest if rest else "",
        program=program,
    )


def origins_of(makings: Mapping[int, Sequence[StageMaking]]) -> tuple[Origin, ...]:
    """Return the videos by what they were made by, those with the lowest id first."""
    alike: dict[str, list[int]] = {}
    stages: dict[str, tuple[StageMaking, ...]] = {}
    for video_id in sorted(makings):
        made = tuple(makings[video_id])
        key = json.dumps([making.model_dump(mode="json") for making in made], sort_keys=True)
        alike.setdefault(key, []).append(video_id)
        stages[key] = made
    return tuple(Origin(video_ids=tuple(ids), stages=stages[key]) for key, ids in alike.items())


def narrowed(origins: Sequence[Origin], video_ids: frozenset[int]) -> tuple[Origin, ...]:
    """Return the origins of these videos alone."""
    kept = (
        (tuple(one for one in origin.video_ids if one in video_ids), origin.stages)
        for origin in origins
    )
    return tuple(Origin(video_ids=ids, stages=stages) for ids, stages in kept if ids)
