"""The question for topics: a whole transcript, or a half of one whose topics were too many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.llm.tasks import SegmentAnswer, SegmentTask, TopicRange
from footnoted.model.text import clock_time
from footnoted.stages.answer_size import THINKING_TOKENS, AnswerSize, text_tokens
from footnoted.stages.cue_lines import render_cues
from footnoted.stages.halves import halve_cues
from footnoted.stages.question import UNKNOWN_LANGUAGE, Question
from footnoted.stages.wording import OUTPUT_LANGUAGE, shown_language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from footnoted.llm.tasks import ChapterHint
    from footnoted.model.transcript import Cue

_SIZE = AnswerSize(floor=THINKING_TOKENS + 256, ceiling=10_240)
_TOKENS_PER_TOPIC = 40
_TOPICS_PER_MINUTE = 1.2
_SPOKEN_TOKENS_PER_MINUTE = 280
_NOWHERE = -1


def topic_question() -> Question[SegmentTask, SegmentAnswer]:
    """Return how topics are asked for."""
    return Question(SegmentAnswer, _shown, _halves, _united, {})


def topic_tokens(cues: Sequence[Cue]) -> int:
    """Return the bound of an answer about `cues` (at least one).

    The prompt speaks of three to eight topics in ten minutes; this has room for twelve, each of
    forty tokens (two numbers and a title of seven words), and never for more topics than cues. Half
    an hour gets 2,720 at most, for which 760 visible ones are a usual answer; the built-in model
    writes up to 400 for an hour of podcast.
    """
    topics = min(len(cues), _minutes(cues) * _TOPICS_PER_MINUTE)
    return _SIZE.max_tokens_out(topics * _TOKENS_PER_TOPIC)


def _minutes(cues: Sequence[Cue]) -> float:
    """Return how long the cues take; without times, how long it takes to say them."""
    start_ms, end_ms = cues[0].start_ms, cues[-1].end_ms
    if start_ms is None or end_ms is None:
        return text_tokens(*(cue.text for cue in cues)) / _SPOKEN_TOKENS_PER_MINUTE
    return max(0, end_ms - start_ms) / 60_000


def _shown(task: SegmentTask) -> Mapping[str, str]:
    chapters = (f"{clock_time(hint.start_ms)} {hint.title}" for hint in task.chapters)
    return {
        "language": task.language or UNKNOWN_LANGUAGE,
        OUTPUT_LANGUAGE: shown_language(task.output_language),
        "chapters": "\n".join(chapters),
        "transcript": render_cues(task.cues),
    }


def _halves(task: SegmentTask) -> tuple[SegmentTask, SegmentTask] | None:
    halves = halve_cues(task.cues)
    if halves is None:
        return None
    first, second = halves
    return _part(task, first), _part(task, second)


def _part(task: SegmentTask, cues: tuple[Cue, ...]) -> SegmentTask:
    chapters = tuple(_chapters_of(cues, task.chapters))
    return task.model_copy(update={"cues": cues, "chapters": chapters})


def _chapters_of(cues: Sequence[Cue], chapters: Sequence[ChapterHint]) -> Sequence[ChapterHint]:
    """Return the chapters that run while these cues are said; all of them without times."""
    start_ms, end_ms = cues[0].start_ms, cues[-1].end_ms
    if start_ms is None or end_ms is None:
        return chapters
    begun = [hint for hint in chapters if hint.start_ms <= start_ms]
    return begun[-1:] + [hint for hint in chapters if start_ms < hint.start_ms < end_ms]


def _united(
    tasks: tuple[SegmentTask, SegmentTask], answers: tuple[SegmentAnswer, SegmentAnswer]
) -> SegmentAnswer:
    """Return the topics of both halves in order; one that the cut went through is one again."""
    first, second = (
        [_own(topic, task.cues) for topic in answer.topics]
        for task, answer in zip(tasks, answers, strict=True)
    )
    left, right = tasks[0].cues[-1].index, tasks[1].cues[0].index
    if first and second and first[-1].last_cue == left and second[0].first_cue == right:
        joined = _joined(first[-1], second[0], first[:-1])
        if joined is not None:
            return SegmentAnswer(topics=(*first[:-1], joined, *second[1:]))
    return SegmentAnswer(topics=(*first, *second))


def _own(topic: TopicRange, cues: Sequence[Cue]) -> TopicRange:
    """Return the topic; one that leaves its half, where nothing is, so that it is rejected."""
    is_reversed = topic.first_cue > topic.last_cue
    if is_reversed or cues[0].index <= topic.first_cue <= topic.last_cue <= cues[-1].index:
        return topic
    return topic.model_copy(update={"first_cue": _NOWHERE, "last_cue": _NOWHERE})


def _joined(
    before: TopicRange, after: TopicRange, earlier: Sequence[TopicRange]
) -> TopicRange | None:
    """Return two topics as one, or None unless both are sound and of one title."""
    sound = before.first_cue <= before.last_cue and after.first_cue <= after.last_cue
    clear = all(topic.last_cue < before.first_cue for topic in earlier)
    if sound and clear and _key(before.title) == _key(after.title) != "":
        return before.model_copy(update={"last_cue": after.last_cue})
    return None


def _key(title: str) -> str:
    return " ".join(title.casefold().split())
