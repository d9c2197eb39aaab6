"""The profile as the rest of the program sees it: its stages in order, and its prompts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.profiles.brain import ASKING, NAME
from footnoted.profiles.brain.entities import EntitiesStage
from footnoted.profiles.brain.indexed import IndexedStage
from footnoted.profiles.brain.reading.store import live_moments, show_moments
from footnoted.profiles.brain.relate import RelateStage
from footnoted.prompting import read_prompt
from footnoted.stages.profile import Profile
from footnoted.stages.segment import SegmentStage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from footnoted.stages.profile import SharedStages


def brain_profile(roots: Sequence[Path], shared: SharedStages) -> Profile:
    """Return the profile with prompts from the first of `roots` that has each.

    Raises ConfigurationError when one of them is missing or cannot be read.
    """
    return Profile(
        name=NAME,
        video_stages=(
            shared.transcribe,
            SegmentStage(),
            EntitiesStage(),
            RelateStage(),
            IndexedStage(shared.index),
        ),
        group_stages=(),
        prompts={stage: read_prompt(roots, NAME, stage) for stage in ASKING},
        live_moments=live_moments,
        video_moments=show_moments,
    )
