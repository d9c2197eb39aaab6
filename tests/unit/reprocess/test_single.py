"""What can be set for one video alone."""

from __future__ import annotations

import pytest

from footnoted.errors import UsageError
from footnoted.pipeline.flow import Step
from footnoted.pipeline.orders.order import Override
from footnoted.profiles.brain.relate import RelateStage
from footnoted.profiles.brain.resolve import ResolveStage
from footnoted.reprocess.single import Rerun, require_own
from footnoted.stages.wording import AS_SPOKEN

SHARED = Step("named", 3, ResolveStage("a judge"))
OWN = Step("resolved", 4, RelateStage(AS_SPOKEN))


@pytest.mark.parametrize(
    "wanted",
    [
        Rerun(1, "resolve", Override(models="dear")),
        Rerun(1, "resolve", Override(prompt="Judge.\n=== user ===\n{{pairs}}")),
        Rerun(1, "resolve", fresh=True),
    ],
)
def test_what_holds_for_all_videos_is_nothing_that_one_can_have_otherwise(wanted: Rerun) -> None:
    """A run would say that it was made by a model that was never asked."""
    with pytest.raises(UsageError, match="resolve says holds for all videos"):
        require_own(SHARED, wanted)


def test_a_stage_of_one_video_is_set_for_it_and_one_of_all_is_done_again_as_it_is() -> None:
    """Nothing is refused where nothing untrue would be told."""
    require_own(OWN, Rerun(1, "relate", Override(models="dear"), fresh=True))
    require_own(SHARED, Rerun(1, "resolve"))
