"""The profile as a whole: which stages a video passes, and what its page groups are made by.

discovered -transcribe-> transcribed -segment-> segmented -extract-> extracted
           -classify-> classified -index-> indexed
stale -compose-> current        (per creator and category)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.profiles.techniques import ASKING, NAME
from footnoted.profiles.techniques.classify import SUBTOPICS, ClassifyStage
from footnoted.profiles.techniques.compose import MERGE, ComposeStage
from footnoted.profiles.techniques.extract import ExtractStage
from footnoted.prompting import read_prompt
from footnoted.stages.profile import MadeBy, Profile
from footnoted.stages.segment import SegmentStage
from footnoted.stages.taxonomy import read_taxonomy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from footnoted.stages.profile import Build, SharedStages


@dataclass(frozen=True, slots=True)
class Tuning:
    """Numbers of this profile: moments per classification, moments per page call, quote length."""

    batch_size: int = 20
    chunk_size: int = 40
    excerpt_chars: int = 300


def techniques_profile(
    roots: Sequence[Path], shared: SharedStages, build: Build, tuning: Tuning
) -> Profile:
    """Return the profile with prompts and taxonomy from the first of `roots` that has each.

    Raises ConfigurationError when one of them is missing or cannot be read.
    """
    taxonomy = read_taxonomy(roots, NAME)
    prompts = {name: read_prompt(roots, NAME, name) for name in (*ASKING, SUBTOPICS, MERGE)}
    extract = ExtractStage(taxonomy, build.wording(ExtractStage.name, NAME, prompts))
    classify = ClassifyStage(
        taxonomy,
        prompts[SUBTOPICS].sha256,
        batch_size=tuning.batch_size,
        excerpt_chars=tuning.excerpt_chars,
    )
    segment = SegmentStage(build.wording(SegmentStage.name, NAME, prompts))
    reading = (shared.transcribe, segment, extract, classify)
    made_by = MadeBy(
        stages=tuple(stage.name for stage in reading),
        taxonomy_sha256=taxonomy.sha256,
        package_version=build.package_version,
        git_sha=build.git_sha,
    )
    compose = ComposeStage(
        made_by,
        prompts[MERGE].sha256,
        build.wording(ComposeStage.name, NAME, prompts),
        chunk_size=tuning.chunk_size,
        excerpt_chars=tuning.excerpt_chars,
    )
    return Profile(
        name=NAME,
        video_stages=(*reading, shared.index),
        group_stages=(compose,),
        prompts=prompts,
        taxonomy=taxonomy,
    )
