"""A profile made of what a folder declares.

discovered -transcribe-> transcribed [-segment-> segmented] -items-> itemized -index-> indexed
stale -pages-> current        (per creator and category, where the profile has pages)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from footnoted.errors import ConfigurationError
from footnoted.knowledge.versions import EXTRACTIVE
from footnoted.profiles.declared.files import read_page_template, read_prompts
from footnoted.profiles.declared.items import ItemsStage
from footnoted.profiles.declared.pages import PagesStage
from footnoted.stages.profile import MadeBy, Profile
from footnoted.stages.segment import SegmentStage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from footnoted.profiles.declared.declaration import Declaration
    from footnoted.prompting import Prompt
    from footnoted.stages.port import AnyStage
    from footnoted.stages.profile import Build, SharedStages
    from footnoted.stages.wording import Wording


_OF_NO_MOMENT: Final = ("pages", "index")


def declared_profile(
    declared: Declaration, roots: Sequence[Path], shared: SharedStages, build: Build
) -> Profile:
    """Return the profile with its prompts and template from the first of `roots` that has each.

    Raises ConfigurationError when one of them is missing or does not fit the schema.
    """
    models = {stage: build.model_of(stage, declared.name) for stage in declared.asking}
    reading = tuple(name for name in declared.stages if name not in _OF_NO_MOMENT)
    made_by = MadeBy(reading, declared.taxonomy_sha256, build.package_version, build.git_sha)
    is_extractive = EXTRACTIVE in models["items"].split(">")

    prompts = read_prompts(declared, roots)
    wordings = {stage: _wording(declared, stage, prompts, build) for stage in prompts}
    stages: dict[str, AnyStage] = {
        "transcribe": shared.transcribe,
        "items": ItemsStage(declared, wordings["items"], is_extractive=is_extractive),
        "index": shared.index,
    }
    if "segment" in wordings:
        stages["segment"] = SegmentStage(wordings["segment"])
    template = read_page_template(declared, roots)
    return Profile(
        name=declared.name,
        video_stages=tuple(stages[name] for name in declared.stages if name in stages),
        group_stages=() if template is None else (PagesStage(template, made_by),),
        prompts=prompts,
    )


def _wording(
    declared: Declaration, stage: str, prompts: Mapping[str, Prompt], build: Build
) -> Wording:
    try:
        return build.wording(stage, declared.name, prompts, declared.output_language)
    except ConfigurationError as error:
        if declared.output_language is None:  # the settings ask for it, and no line of the file
            raise
        raise declared.file.fault(("output_language",), error.message) from None
