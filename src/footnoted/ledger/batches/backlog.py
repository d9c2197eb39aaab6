"""How long what is waiting would take live: the estimate by which `auto` sends it in batches.

    minutes = max over classes of models, and over requests, input and output tokens, of
              videos that wait x what a video takes of it / what may pass in a minute

What a video takes is the mean of the last calls; before there were any, that of half an hour of
speech: ten calls, 30,000 tokens of input and 9,000 of output.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LIVE_MIN = 60.0
"""A backlog that takes longer live (minutes) is sent in batches."""


@dataclass(frozen=True, slots=True)
class Load:
    """Calls, uncached input tokens and output tokens: of a video, or that may pass in a minute."""

    calls: float
    input_tokens: float
    output_tokens: float

    def __add__(self, other: Load) -> Load:
        """Return both together."""
        return Load(
            self.calls + other.calls,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
        )

    def minutes(self, per_minute: Load, videos: int) -> float:
        """Return how long as many videos of this load take."""
        return videos * max(
            self.calls / per_minute.calls,
            self.input_tokens / per_minute.input_tokens,
            self.output_tokens / per_minute.output_tokens,
        )


USUAL_VIDEO = Load(10, 30_000, 9_000)


def minutes_live(
    videos: int, per_video: Mapping[str, Load], per_minute: Mapping[str, Load]
) -> float:
    """Return how long the backlog takes live; both tables are by class of models."""
    return max(
        (load.minutes(per_minute[name], videos) for name, load in per_video.items()), default=0.0
    )
