"""How long the calls of a plan take: live at the limits, or in batches, one wave after another.

A batch ends within an hour mostly and within a day surely (the provider's promise). Calls of one
stage go out together; those of the next stage are known when their answers are there.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from footnoted.reprocess.plan import Plan

USUAL_BATCH_MIN = 60.0
"""How long a batch takes where none ever ended."""
LONGEST_BATCH_MIN = 24 * 60.0


@dataclass(frozen=True, slots=True)
class Span:
    """How long something takes at least or likely, and at most; `waves` of batches, 0 when live."""

    minutes: float
    most_minutes: float | None = None
    waves: int = 0


def live_span(plan: Plan) -> Span:
    """Return how long the provider's limits make a plan take at least."""
    return Span(plan.money.minutes)


def batch_span(plan: Plan, usual_min: float | None) -> Span:
    """Return how long a plan takes in batches that take `usual_min` each."""
    waves = _waves(plan)
    each_min = USUAL_BATCH_MIN if usual_min is None else usual_min
    return Span(waves * each_min, waves * LONGEST_BATCH_MIN, waves)


def _waves(plan: Plan) -> int:
    """Return how many stages with calls come one after another; profiles go side by side."""
    stages: defaultdict[str, set[str]] = defaultdict(set)
    for line in plan.lines:
        if line.money.calls:
            stages[line.profile].add(line.stage)
    return max(map(len, stages.values()), default=0)
