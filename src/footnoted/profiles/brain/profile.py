"""The profile as the rest of the program sees it: its stages in order, and its prompts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.profiles.brain import ASKING, NAME
from footnoted.profiles.brain.entities import EntitiesStage
from footnoted.profiles.brain.glossary import read_glossary
from footnoted.profiles.brain.improve import ImproveStage
from footnoted.profiles.brain.indexed import IndexedStage
from footnoted.profiles.brain.relate import RelateStage
from footnoted.profiles.brain.resolve import ResolveStage
from footnoted.profiles.brain.summarize import SummarizeStage
from footnoted.prompting import read_prompt
from footnoted.stages.profile import Profile
from footnoted.stages.segment import SegmentStage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from footnoted.stages.profile import Build, SharedStages


MOST_CHANGED = 1 / 3
"""The share of the letters of a cue that corrections change at most."""


def brain_profile(roots: Sequence[Path], shared: SharedStages, build: Build) -> Profile:
    """Return the profile with prompts and glossary from the first of `roots` that has each.

    Raises ConfigurationError when one of them is missing or cannot be read.
    """
    prompts = {stage: read_prompt(roots, NAME, stage) for stage in ASKING}
    judge = f"{build.model_of(ResolveStage.name, NAME)} {prompts[ResolveStage.name].sha256[:12]}"
    return Profile(
        name=NAME,
        video_stages=(
            shared.transcribe,
            ImproveStage(read_glossary(roots, NAME), MOST_CHANGED),
            SegmentStage(build.wording(SegmentStage.name, NAME, prompts)),
            EntitiesStage(),
            ResolveStage(judge),
            RelateStage(build.wording(RelateStage.name, NAME, prompts)),
            SummarizeStage(build.wording(SummarizeStage.name, NAME, prompts)),
            IndexedStage(shared.index),
        ),
        group_stages=(),
        prompts=prompts,
    )
