"""The profile as a whole: which stages a video passes.

discovered -transcribe-> transcribed -segment-> segmented -mention-> mentioned
           -outlook-> outlined -index-> indexed

There are no pages: what grows over recordings is the stance on each symbol, which follows from the
mentions whenever it is asked for (`timeline`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.profiles.stocks import ASKING, NAME
from footnoted.profiles.stocks.mention import MentionStage
from footnoted.profiles.stocks.news import StanceNews
from footnoted.profiles.stocks.outlook import OutlookStage
from footnoted.profiles.stocks.symbols import read_symbols
from footnoted.profiles.stocks.types import MadeBy
from footnoted.prompting import read_prompt
from footnoted.stages.profile import Profile
from footnoted.stages.segment import SegmentStage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from footnoted.profiles.stocks.history.stance import EventKind
    from footnoted.stages.profile import Build, SharedStages


def stocks_profile(
    roots: Sequence[Path],
    shared: SharedStages,
    build: Build,
    alerting: Sequence[EventKind] = (),
) -> Profile:
    """Return the profile with prompts and symbols from the first of `roots` that has each.

    Changes of a stance of the kinds in `alerting` are alerts. Raises ConfigurationError when one of
    the files is missing or cannot be read.
    """
    prompts = {stage: read_prompt(roots, NAME, stage) for stage in ASKING}

    def made_by(stage: str) -> MadeBy:
        return MadeBy(model=build.model_of(stage, NAME), prompt_sha256=prompts[stage].sha256)

    mention = MentionStage(read_symbols(roots, NAME), made_by("mention"))
    return Profile(
        name=NAME,
        video_stages=(
            shared.transcribe,
            SegmentStage(build.wording(SegmentStage.name, NAME, prompts)),
            mention,
            OutlookStage(made_by("outlook"), build.wording(OutlookStage.name, NAME, prompts)),
            shared.index,
        ),
        group_stages=(),
        prompts=prompts,
        newsroom=StanceNews(alerting),
    )
