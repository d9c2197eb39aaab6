"""What a profile is to the rest of the program: stages in order, prompts, and a taxonomy."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - dataclass fields are read at run time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from footnoted.knowledge.audit.store import MomentSource
    from footnoted.profiles.taxonomy import Taxonomy
    from footnoted.prompting import Prompt
    from footnoted.stages.port import AnyStage


@dataclass(frozen=True, slots=True)
class Profile:
    """What to make of a video.

    A video passes `video_stages` from `discovered` on, a page group `group_stages` from `stale`
    on. `prompts` are by stage name. `live_moments` reads what the profile found, for the audit.
    """

    name: str
    video_stages: tuple[AnyStage, ...]
    group_stages: tuple[AnyStage, ...]
    prompts: Mapping[str, Prompt]
    taxonomy: Taxonomy
    live_moments: MomentSource
