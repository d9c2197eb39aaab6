"""The answer to `summarize`: the points that stand for most of the others, as they were said.

Sentences are taken one by one by what they add (SumBasic: Nenkova and Vanderwende, "The impact of
frequency on summarization", 2005); decisions come first, for they are what is asked for later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.llm.brain_tasks import SummarizeAnswer, SummarySentence
from footnoted.llm.methods.lexicon import lexicon_for
from footnoted.llm.methods.salience import overlap, stem_salience, unit_salience

if TYPE_CHECKING:
    from footnoted.llm.brain_tasks import PointBrief, SummarizeTask

_SAMPLE_CHARS = 4_000
_BONUS = {"decision": 0.5, "statement": 0.25, "action": 0.0}
_REPEATS = 0.5


def summarize(task: SummarizeTask) -> SummarizeAnswer:
    """Return up to `most` points, word for word, in the order they were said; questions never."""
    usable = [point for point in task.points if point.kind in _BONUS]
    lexicon = lexicon_for(task.language, " ".join(each.text for each in usable)[:_SAMPLE_CHARS])
    stems = {point.index: frozenset(lexicon.stems(point.text)) for point in usable}
    weights = stem_salience([sorted(each) for each in stems.values()])

    def worth(point: PointBrief) -> tuple[float, int]:
        return -unit_salience(sorted(stems[point.index]), weights) - _BONUS[point.kind], point.index

    chosen: list[PointBrief] = []
    for point in sorted(usable, key=worth):
        said = stems[point.index]
        if any(overlap(said, stems[other.index]) > _REPEATS for other in chosen):
            continue
        chosen.append(point)
        if len(chosen) == task.most:
            break
    return SummarizeAnswer(
        sentences=tuple(
            SummarySentence(text=point.text, points=(point.index,))
            for point in sorted(chosen, key=lambda each: each.index)
        )
    )
