"""Flows as data: which stage follows which status."""

from __future__ import annotations

import pytest

from footnoted.errors import ConfigurationError
from footnoted.model.status import ItemKind
from footnoted.pipeline.flow import Flow
from footnoted.pipeline.flows import Flows
from tests.fakes.machine import video_flow
from tests.fakes.stages import FakeStage

CUT = FakeStage("cut", "cut")
BAKE = FakeStage("bake", "indexed")


def test_each_status_leads_to_the_stage_after_it() -> None:
    """The start leads to the first stage, each milestone to the next, the end to none."""
    flow = video_flow(CUT, BAKE)
    found = [
        step.stage.name if (step := flow.step_at(status)) else None
        for status in ("discovered", "cut", "indexed", "failed")
    ]
    assert found == ["cut", "bake", None, None]


def test_the_end_of_a_flow_is_what_its_last_stage_gives() -> None:
    """A flow without stages ends where it starts."""
    assert video_flow(CUT, BAKE).end == "indexed"
    assert Flow(ItemKind.SOURCE, "", "due", ()).end == "due"


def test_lanes_put_what_is_furthest_along_first() -> None:
    """Finishing what was begun comes before beginning more."""
    assert [lane.status for lane in Flows([video_flow(CUT, BAKE)]).lanes()] == ["cut", "discovered"]


def test_two_flows_of_one_kind_and_profile_are_refused() -> None:
    """A profile that stands twice would make claims ambiguous."""
    with pytest.raises(ConfigurationError, match="two flows"):
        Flows([video_flow(CUT), video_flow(BAKE)])


def test_unknown_statuses_of_known_profiles_are_named() -> None:
    """A removed profile is parked; a status that its profile does not know is a fault."""
    flows = Flows([video_flow(CUT, BAKE)])
    seen = [
        (ItemKind.VIDEO, "fake", "cut"),
        (ItemKind.VIDEO, "fake", "quarantined"),
        (ItemKind.VIDEO, "fake", "stage5"),
        (ItemKind.VIDEO, "removed", "anything"),
    ]
    assert flows.unknown_statuses(seen) == [
        "video of profile 'fake' at the unknown status 'stage5'"
    ]
    assert flows.get(ItemKind.VIDEO, "removed") is None
