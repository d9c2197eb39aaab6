"""The answer to `segment`: topics as runs of cues, with titles from key phrases.

Boundaries come from `segmentation`; a publisher's chapters, when the task has them, are kept as
they are, titles included. Other titles weigh a topic's words against those of all topics.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from footnoted.llm.methods.keyphrases import phrases_of, stem_weights, titles_from
from footnoted.llm.methods.lexicon import lexicon_for
from footnoted.llm.methods.segmentation import Prior, find_boundaries
from footnoted.llm.methods.units import units_of
from footnoted.llm.tasks import SegmentAnswer, TopicRange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.llm.methods.lexicon import Lexicon
    from footnoted.llm.methods.units import Unit
    from footnoted.llm.tasks import ChapterHint, SegmentTask
    from footnoted.model.transcript import Cue

_SPEECH_PRIOR = Prior(weight=0.6, shortest=15.0, shortest_penalty=4.0, longest_units=400)
_WORDS_PER_SECOND = 2.5
_SAMPLE_CUES = 200
_TELLING_UNITS = 14
_MOSTLY = 0.5
_BEGINNING_WORDS = 6
_EVERYWHERE = 1_000_000_000


@dataclass(frozen=True, slots=True)
class _Topic:
    """Positions of units, inclusive, and a publisher's title where there is one."""

    first: int
    last: int
    title: str | None = None


def segment(task: SegmentTask) -> SegmentAnswer:
    """Return topics that cover all cues of the task, in order; none for an empty transcript."""
    if not task.cues:
        return SegmentAnswer(topics=())
    sample = " ".join(cue.text for cue in task.cues[:_SAMPLE_CUES])
    lexicon = lexicon_for(task.language, sample)
    units = units_of(task.cues, lexicon)
    if not units:
        return SegmentAnswer(topics=())
    topics = _by_chapters(units, task.chapters) or [_Topic(0, len(units) - 1)]
    split = [part for topic in topics for part in _split(units, topic)]
    titles = _titles(units, split, lexicon)
    return SegmentAnswer(topics=tuple(_ranges(task.cues, units, split, titles)))


def topic_starts(units: Sequence[Unit]) -> list[int]:
    """Return the positions of units that begin a new topic by cohesion alone, ascending."""
    return find_boundaries(
        [unit.stems for unit in units],
        _SPEECH_PRIOR,
        [_seconds(unit) for unit in units],
    )


def _seconds(unit: Unit) -> float:
    return unit.words / _WORDS_PER_SECOND


def _by_chapters(units: Sequence[Unit], chapters: Sequence[ChapterHint]) -> list[_Topic]:
    """Return one topic per chapter that holds speech; none without usable chapters or times."""
    hints = sorted(chapters, key=lambda hint: hint.start_ms)
    if not hints or units[0].start_ms is None:
        return []
    starts: list[tuple[int, str | None]] = []
    for hint in hints:
        at = next((i for i, unit in enumerate(units) if (unit.start_ms or 0) >= hint.start_ms), -1)
        if at >= 0:
            starts = [start for start in starts if start[0] < at]
            starts.append((at, hint.title.strip() or None))
    if not starts or starts[0][0] > 0:
        starts.insert(0, (0, None))
    ends = [start for start, _ in starts[1:]] + [len(units)]
    return [_Topic(at, end - 1, title) for (at, title), end in zip(starts, ends, strict=True)]


def _split(units: Sequence[Unit], topic: _Topic) -> list[_Topic]:
    """Return the topic in its parts; a chapter stays whole."""
    if topic.title is not None:
        return [topic]
    starts = topic_starts(units[topic.first : topic.last + 1])
    edges = [topic.first, *(topic.first + at for at in starts), topic.last + 1]
    return [_Topic(first, end - 1) for first, end in pairwise(edges)]


def _titles(units: Sequence[Unit], topics: Sequence[_Topic], lexicon: Lexicon) -> list[str]:
    """Return a title per topic, no title twice where the words allow another."""
    parts = [units[topic.first : topic.last + 1] for topic in topics]
    counts = [Counter(stem for unit in part for stem in unit.stems) for part in parts]
    spread = Counter(stem for count in counts for stem in count)
    for name in {unit.speaker for unit in units if unit.speaker}:
        for stem in lexicon.stems(name):
            spread[stem] = _EVERYWHERE
    titles: list[str] = []
    for topic, part, count in zip(topics, parts, counts, strict=True):
        possible = [topic.title] if topic.title else []
        possible = possible or _possible(part, stem_weights(count, spread, len(topics)), lexicon)
        titles.append(next((title for title in possible if title not in titles), possible[0]))
    return titles


def _possible(units: Sequence[Unit], weights: dict[str, float], lexicon: Lexicon) -> list[str]:
    """Return titles from the units that carry most of the topic; at last, how it begins."""
    telling = sorted(
        units,
        key=lambda unit: (-sum(weights[stem] for stem in sorted(set(unit.stems))), unit.first),
    )[:_TELLING_UNITS]
    phrases = (phrase for unit in telling for phrase in phrases_of(unit.text, unit.tokens, lexicon))
    beginning = " ".join(units[0].text.split()[:_BEGINNING_WORDS])
    return [*titles_from(phrases, weights, lexicon.conjunction), beginning]


def _ranges(
    cues: Sequence[Cue], units: Sequence[Unit], topics: Sequence[_Topic], titles: Sequence[str]
) -> list[TopicRange]:
    """Return cue ranges without overlap; a cue that two topics share goes to whom it says more."""
    starts = [0, *(_first_cue(units[topic.first]) for topic in topics[1:])]
    ends = [*(start - 1 for start in starts[1:]), len(cues) - 1]
    return [
        TopicRange(first_cue=cues[first].index, last_cue=cues[last].index, title=title)
        for first, last, title in zip(starts, ends, titles, strict=True)
        if first <= last
    ]


def _first_cue(unit: Unit) -> int:
    """Return the position of the first cue that is mostly of this unit or after."""
    return unit.first + (1 if unit.lead > _MOSTLY and unit.last > unit.first else 0)
