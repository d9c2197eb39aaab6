"""All flows of the program, looked up by kind and profile, and the lanes that claims take from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from footnoted.model.status import ItemKind, Resource
    from footnoted.pipeline.flow import Flow


@dataclass(frozen=True, slots=True)
class Lane:
    """What one claim statement takes from: one status of one flow, and what its stage occupies."""

    kind: ItemKind
    profile: str
    status: str
    rank: int
    resource: Resource


class Flows:
    """All flows of the program. Raises ConfigurationError when two share a kind and profile."""

    def __init__(self, flows: Iterable[Flow]) -> None:
        """Index the flows by kind and profile."""
        self._flows: dict[tuple[ItemKind, str], Flow] = {}
        for flow in flows:
            if (flow.kind, flow.profile) in self._flows:
                message = f"two flows for {flow.kind} under the profile {flow.profile!r}"
                raise ConfigurationError(message)
            self._flows[flow.kind, flow.profile] = flow

    def __iter__(self) -> Iterator[Flow]:
        """Yield every flow, in the order they were given."""
        return iter(self._flows.values())

    def get(self, kind: ItemKind, profile: str) -> Flow | None:
        """Return the flow of `kind` under `profile`, or None when there is none."""
        return self._flows.get((kind, profile))

    def lanes(self) -> list[Lane]:
        """Return every lane, furthest along first within each kind."""
        lanes = [
            Lane(flow.kind, flow.profile, step.status, step.rank, step.stage.resource)
            for flow in self
            for step in flow.steps()
        ]
        return sorted(lanes, key=lambda lane: (lane.kind, -lane.rank, lane.profile))

    def unknown_statuses(self, seen: Iterable[tuple[ItemKind, str, str]]) -> list[str]:
        """Return a sentence for each (kind, profile, status) that a known flow does not know.

        Items of a profile that is not installed are no fault: they stay parked.
        """
        return [
            f"{kind} of profile {profile!r} at the unknown status {status!r}"
            for kind, profile, status in seen
            if (flow := self.get(kind, profile)) is not None and status not in flow.statuses
        ]
