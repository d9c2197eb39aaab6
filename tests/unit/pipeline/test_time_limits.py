"""Time limits fit into each other: a call's into that of its stage, and both into a shutdown."""

from __future__ import annotations

import pytest

from footnoted.llm.purchase import DEADLINE_MARGIN
from footnoted.settings import Settings, load_settings
from tests.fakes.techniques import make_profile

PROFILE = make_profile()
ASKING = [stage for stage in (*PROFILE.video_stages, *PROFILE.group_stages) if stage.asks]
MARGIN_S = DEADLINE_MARGIN.total_seconds()
LONGEST_CALL_S = 1_100


@pytest.mark.parametrize("stage", ASKING, ids=lambda stage: stage.name)
def test_a_stage_lasts_longer_than_any_call_of_it(stage: object) -> None:
    """Else the stage would spend an attempt on an answer that is still on its way."""
    assert stage.time_limit_s >= LONGEST_CALL_S + MARGIN_S  # type: ignore[attr-defined]


def test_no_call_may_be_given_more_time_than_that() -> None:
    """The setting ends where the stages would."""
    name = "FOOTNOTED_CALL_TIMEOUT_S"
    assert load_settings({name: str(LONGEST_CALL_S)}).settings.call_timeout_s == LONGEST_CALL_S
    with pytest.raises(Exception, match=name):
        load_settings({name: str(LONGEST_CALL_S + 1)})


def test_a_shutdown_waits_for_the_answers_that_are_paid_for() -> None:
    """With what the settings are when nobody says anything else."""
    settings = Settings()
    assert settings.shutdown_grace_s >= settings.call_timeout_s + MARGIN_S
