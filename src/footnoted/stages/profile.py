"""What a profile is to the rest of the program: stages in order, prompts, and a taxonomy."""

from __future__ import annotations

from collections.abc import Callable, Mapping  # noqa: TC003 - dataclass fields are read at run time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from footnoted.knowledge.versions import EXTRACTIVE
from footnoted.stages.wording import Wording

if TYPE_CHECKING:
    from footnoted.prompting import Prompt
    from footnoted.stages.news import Newsroom
    from footnoted.stages.port import AnyStage
    from footnoted.stages.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class SharedStages:
    """Stages that every profile passes through, built once with their collaborators."""

    transcribe: AnyStage
    index: AnyStage


@dataclass(frozen=True, slots=True)
class Build:
    """What this program is: the models of each (stage, profile), its version, and its commit.

    `output_languages` are what settings ask for by profile, for all the others under "".
    """

    model_of: Callable[[str, str], str]
    package_version: str
    git_sha: str
    output_languages: Mapping[str, str] = field(default_factory=dict[str, str])

    def wording(
        self, stage: str, profile: str, prompts: Mapping[str, Prompt], declared: str | None = None
    ) -> Wording:
        """Return how a stage words things; `declared` is what the profile itself says.

        Raises ConfigurationError when a language is asked for that the stage's prompt does not say.
        """
        first, _, _ = self.model_of(stage, profile).partition(">")
        languages = self.output_languages
        default = languages.get(profile) or declared or languages.get("")
        wording = Wording(default, verbatim=first == EXTRACTIVE)
        wording.require(prompts[stage])
        return wording


@dataclass(frozen=True, slots=True)
class MadeBy:
    """What pages of a profile are made by, besides prompts and models.

    `stages` are those that what a page rests on has passed, in their order.
    """

    stages: tuple[str, ...]
    taxonomy_sha256: str
    package_version: str
    git_sha: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What to make of a video.

    A video passes `video_stages` from `discovered` on, a page group `group_stages` from `stale`
    on; a profile without group stages makes no pages. `prompts` are by stage name. `newsroom` is
    for a profile that has something to tell once.
    """

    name: str
    video_stages: tuple[AnyStage, ...]
    group_stages: tuple[AnyStage, ...]
    prompts: Mapping[str, Prompt]
    taxonomy: Taxonomy | None = None
    newsroom: Newsroom | None = None
