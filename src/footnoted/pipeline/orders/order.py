"""The work order as a value, and the hashes that say what an output was made from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping  # noqa: TC003 - dataclass fields are read at run time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from footnoted.knowledge.origins.making import RestsOnVideos
from footnoted.knowledge.versions import MadeBySomething
from footnoted.prompting import parse_prompt

if TYPE_CHECKING:
    from footnoted.prompting import Prompt
    from footnoted.stages.port import AnyStage


class Override(BaseModel):
    """What a person set for one stage of one item: the text of a prompt file, a chain of models."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: str | None = None
    models: str | None = None


@dataclass(frozen=True, slots=True)
class Setup:
    """What a stage of one item works with: prompts by stage, and its chain of models.

    `own_models` is the chain where a person set another than the configured one, else empty.
    `manner` is what else of the models' set-up changes their answers, where it is not as usual.
    """

    prompts: Mapping[str, Prompt]
    models: str
    own_models: str = ""
    manner: Mapping[str, str] = field(default_factory=dict[str, str])

    def under(self, override: Override | None, stage: str) -> Setup:
        """Return the setup with what a person set for this item in place of what it had."""
        if override is None:
            return self
        setup = self
        if override.prompt is not None:
            prompt = parse_prompt(f"{stage} (set for this item)", override.prompt)
            setup = replace(setup, prompts={**setup.prompts, stage: prompt})
        if override.models is not None:
            own = override.models
            setup = replace(setup, models=own, own_models=own, manner={})  # of the configured ones
        return setup


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """What would be pinned: the input as JSON, its hash, and the parts of the fingerprint."""

    given_json: str
    given_sha256: str
    parts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Order:
    """What is known of a stage of an item: what it was last given, and what came of that.

    `given_json` is there while the order is open, `output_sha256` once it is closed. Calls are made
    under `generation`.
    """

    generation: int
    parts: Mapping[str, str]
    given_sha256: str
    given_json: str | None
    output_sha256: str | None
    override: Override | None = None

    def is_open_under(self, parts: Mapping[str, str]) -> bool:
        """Return whether it is pinned, and by the configuration of today."""
        return self.given_json is not None and self.parts == parts

    def answers(self, draft: OrderDraft) -> bool:
        """Return whether what is asked for is what came of it: nothing is to be done again."""
        is_same = self.parts == draft.parts and self.given_sha256 == draft.given_sha256
        return self.output_sha256 is not None and is_same


@dataclass(frozen=True, slots=True)
class Saved:
    """An output that is saved: its hash, the models that answered, and the program it was."""

    sha256: str
    models: tuple[str, ...] = ()
    program: str = ""


def fingerprint_parts(stage: AnyStage, setup: Setup) -> dict[str, str]:
    """Return what the output of a stage depends on besides its input, part by part."""
    parts = {"stage": stage.name, "version": str(stage.version), **stage.parts}
    if stage.asks:
        parts |= {"model": setup.models, **setup.manner}
    if stage.name in setup.prompts:
        parts["prompt"] = setup.prompts[stage.name].sha256
    return parts


def draft_order(given: BaseModel, parts: Mapping[str, str]) -> OrderDraft:
    """Return the order that pins `given` under `parts`.

    Who made the moments that a page rests on is pinned with them, and is no other input.
    """
    aside = set(RestsOnVideos.model_fields) if isinstance(given, RestsOnVideos) else None
    asked = given.model_dump_json(exclude=aside)
    return OrderDraft(given.model_dump_json(), hashlib.sha256(asked.encode()).hexdigest(), parts)


def output_sha256(out: BaseModel) -> str:
    """Return the hash of an output; equal outputs change nothing downstream.

    What made it is no part of what it says.
    """
    aside = set(MadeBySomething.model_fields) if isinstance(out, MadeBySomething) else None
    return hashlib.sha256(out.model_dump_json(exclude=aside).encode()).hexdigest()
