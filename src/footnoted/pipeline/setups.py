"""What every stage of every profile is made by, as a process that works has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.pipeline.orders import order as orders
from footnoted.pipeline.preparing import setup_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from footnoted.pipeline.deps import Deps

Setups = dict[str, dict[str, str]]
"""The parts of the fingerprint of each stage, by `profile.stage`."""


def setups_of(deps: Deps) -> Setups:
    """Return what each stage would be made by now."""
    return {
        f"{flow.profile}.{stage.name}": orders.fingerprint_parts(
            stage, setup_of(flow.profile, stage, deps)
        )
        for flow in deps.flows
        if flow.profile
        for stage in flow.stages
    }


def differing(one: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    """Return the stages that are not set up alike, in order."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
