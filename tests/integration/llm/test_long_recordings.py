"""The extractive model on more than fits the unit tier."""

from __future__ import annotations

import time

from footnoted.llm.methods.topics import segment
from footnoted.llm.tasks import SegmentTask
from footnoted.model.transcript import Cue

_BREAD = (
    "Knead the dough until the gluten is strong.",
    "Strong gluten lets the dough rise in the oven.",
    "Let the dough rise twice before it goes into the oven.",
    "A hot oven gives the dough a good crust.",
)
_GUITAR = (
    "Tune the guitar before you touch the strings.",
    "Old strings make a guitar sound dull.",
    "Change the strings of the guitar every month.",
    "A guitar with fresh strings keeps its tuning.",
)


def test_a_long_recording_takes_no_square_of_time() -> None:
    """Ten times the cues take nowhere near a hundred times the time."""
    lines = [line for at in range(1000) for line in (_BREAD if at // 40 % 2 else _GUITAR)]
    cues = tuple(Cue(at, at * 5000, (at + 1) * 5000, line) for at, line in enumerate(lines))

    def seconds(count: int) -> float:
        started = time.process_time()
        answer = segment(SegmentTask(language="en", cues=cues[:count]))
        assert answer.topics[-1].last_cue == count - 1
        return time.process_time() - started

    seconds(400)  # warms the stem cache for both
    assert seconds(4000) < 40 * max(seconds(400), 0.005)
