"""Which stage comes after which status: a flow is data, read by whoever claims and advances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.model.status import STOPPED_STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from footnoted.model.status import ItemKind
    from footnoted.pipeline.deps import Leftovers
    from footnoted.stages.port import AnyStage


@dataclass(frozen=True, slots=True)
class Step:
    """A stage in its place: claimed at `status`, `rank` steps from the start."""

    status: str
    rank: int
    stage: AnyStage


@dataclass(frozen=True, slots=True)
class Flow:
    """The stages of one kind of item under one profile, in order, from the status `start`."""

    kind: ItemKind
    profile: str
    start: str
    stages: tuple[AnyStage, ...]
    leftovers: Leftovers | None = None  # they go when an item is over, however it ended

    def steps(self) -> Iterator[Step]:
        """Yield each stage with the status it is claimed at, in order."""
        status = self.start
        for rank, stage in enumerate(self.stages):
            yield Step(status, rank, stage)
            status = stage.gives

    @property
    def end(self) -> str:
        """Return the status that has nothing left to do."""
        return self.stages[-1].gives if self.stages else self.start

    @property
    def statuses(self) -> frozenset[str]:
        """Return every status an item of this flow can stand at."""
        passed = {self.start, *(stage.gives for stage in self.stages)}
        return frozenset(passed | STOPPED_STATUSES)

    def step_at(self, status: str) -> Step | None:
        """Return what to do at `status`, or None where nothing is."""
        return next((step for step in self.steps() if step.status == status), None)
