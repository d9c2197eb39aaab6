"""The work order as a value, and the hashes that say what an output was made from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping  # noqa: TC003 - dataclass fields are read at run time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import BaseModel

    from footnoted.prompting import Prompt
    from footnoted.stages.port import AnyStage


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """What would be pinned: the input as JSON, its hash, and the parts of the fingerprint."""

    given_json: str
    given_sha256: str
    parts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Order:
    """What is pinned: the input every replay uses, and the generation its calls are made under."""

    given_json: str
    generation: int


def fingerprint_parts(stage: AnyStage, model: str, prompts: Mapping[str, Prompt]) -> dict[str, str]:
    """Return what the output of a stage depends on besides its input, part by part."""
    parts = {"stage": stage.name, "version": str(stage.version), "model": model, **stage.parts}
    if stage.name in prompts:
        parts["prompt"] = prompts[stage.name].sha256
    return parts


def draft_order(given: BaseModel, parts: Mapping[str, str]) -> OrderDraft:
    """Return the order that pins `given` under `parts`."""
    given_json = given.model_dump_json()
    return OrderDraft(given_json, hashlib.sha256(given_json.encode()).hexdigest(), parts)


def output_sha256(out: BaseModel) -> str:
    """Return the hash of an output; equal outputs change nothing downstream."""
    return hashlib.sha256(out.model_dump_json().encode()).hexdigest()
