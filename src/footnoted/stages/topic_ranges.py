"""Topic ranges as a model gave them, checked against the cues, with the gaps between them filled.

Pure. A range that cannot be right is rejected and counted, never bent into one that is.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.model.text import one_line
from footnoted.model.topic import Topic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from footnoted.llm.tasks import TopicRange
    from footnoted.model.transcript import Cue

_TITLE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class CheckedTopics:
    """Topics that cover every cue, and how much was rejected or had to be filled in."""

    topics: tuple[Topic, ...]
    counts: Mapping[str, int]


def cover_with_topics(ranges: Sequence[TopicRange], cues: Sequence[Cue]) -> CheckedTopics:
    """Return topics over all of `cues` (speech cues in order, at least one).

    A range with a number that no cue has between first and last, one that ends before it begins,
    and one that overlaps an earlier one are rejected. Cues that no range holds become topics
    without a title.
    """
    counts = Counter({"topics": 0})
    owner: dict[int, TopicRange] = {}
    for topic in ranges:
        fault = _fault_of(topic, cues, owner)
        if fault is not None:
            counts[f"rejected_{fault}"] += 1
            continue
        held = (cue.index for cue in cues if topic.first_cue <= cue.index <= topic.last_cue)
        owner.update(dict.fromkeys(held, topic))
    topics = tuple(
        _topic(position, run, owner.get(run[0].index))
        for position, run in enumerate(_runs(cues, owner))
    )
    counts["topics"] = len(topics)
    counts["unlabelled"] = sum(topic.title is None for topic in topics)
    return CheckedTopics(topics, dict(counts))


def _fault_of(
    topic: TopicRange, cues: Sequence[Cue], owner: Mapping[int, TopicRange]
) -> str | None:
    if topic.first_cue > topic.last_cue:
        return "reversed"
    if topic.first_cue < cues[0].index or topic.last_cue > cues[-1].index:
        return "out_of_range"
    held = [cue for cue in cues if topic.first_cue <= cue.index <= topic.last_cue]
    if not held:
        return "out_of_range"
    return "overlapping" if any(cue.index in owner for cue in held) else None


def _runs(cues: Sequence[Cue], owner: Mapping[int, TopicRange]) -> Iterator[list[Cue]]:
    """Yield the cues in order, in runs of one owner (or of none)."""
    run: list[Cue] = []
    for cue in cues:
        if run and owner.get(cue.index) is not owner.get(run[0].index):
            yield run
            run = []
        run.append(cue)
    yield run


def _topic(position: int, run: Sequence[Cue], source: TopicRange | None) -> Topic:
    title = one_line(source.title, _TITLE_LIMIT) if source is not None else ""
    return Topic(
        position=position,
        first_cue=run[0].index,
        last_cue=run[-1].index,
        title=title or None,
        start_ms=run[0].start_ms,
        end_ms=run[-1].end_ms,
    )
