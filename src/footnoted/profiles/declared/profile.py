"""A profile made of what a folder declares.

discovered -transcribe-> transcribed [-segment-> segmented] -items-> itemized -index-> indexed
stale -pages-> current        (per creator and category, where the profile has pages)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.knowledge.versions import EXTRACTIVE
from footnoted.profiles.declared.documents import show_items
from footnoted.profiles.declared.files import read_page_template, read_prompts
from footnoted.profiles.declared.items import ItemsStage
from footnoted.profiles.declared.pages import PagesStage
from footnoted.profiles.declared.store import live_items
from footnoted.stages.profile import MadeBy, Profile
from footnoted.stages.segment import SegmentStage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from footnoted.profiles.declared.declaration import Declaration
    from footnoted.stages.port import AnyStage
    from footnoted.stages.profile import Build, SharedStages
    from footnoted.stages.wording import Wording


def declared_profile(
    declared: Declaration, roots: Sequence[Path], shared: SharedStages, build: Build
) -> Profile:
    """Return the profile with its prompts and template from the first of `roots` that has each.

    Raises ConfigurationError when one of them is missing or does not fit the schema.
    """
    models = {stage: build.model_of(stage, declared.name) for stage in declared.asking}
    made_by = MadeBy(models, declared.taxonomy_sha256, build.package_version, build.git_sha)
    is_extractive = EXTRACTIVE in models["items"].split(">")

    def wording(stage: str) -> Wording:
        return build.wording(stage, declared.name, declared.output_language)

    stages: dict[str, AnyStage] = {
        "transcribe": shared.transcribe,
        "segment": SegmentStage(wording("segment")),
        "items": ItemsStage(declared, wording("items"), is_extractive=is_extractive),
        "index": shared.index,
    }
    template = read_page_template(declared, roots)
    return Profile(
        name=declared.name,
        video_stages=tuple(stages[name] for name in declared.stages if name in stages),
        group_stages=() if template is None else (PagesStage(template, made_by),),
        prompts=read_prompts(declared, roots),
        live_moments=live_items(declared.name),
        video_moments=show_items,
    )
