"""The question for a summary: the points of a recording, or a half of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from footnoted.llm.brain_tasks import SummarizeAnswer, SummarizeTask
from footnoted.stages.answer_size import THINKING_TOKENS, AnswerSize
from footnoted.stages.halves import halve
from footnoted.stages.question import UNKNOWN_LANGUAGE, Question
from footnoted.stages.wording import OUTPUT_LANGUAGE, shown_language

if TYPE_CHECKING:
    from collections.abc import Mapping

_SIZE = AnswerSize(floor=THINKING_TOKENS + 256, ceiling=8_192)
_TOKENS_PER_SENTENCE = 110


def summarize_question() -> Question[SummarizeTask, SummarizeAnswer]:
    """Return how a summary is asked for."""
    return Question(SummarizeAnswer, _shown, _halves, _united, {})


def summarize_tokens(most: int) -> int:
    """Return the bound of an answer of this many sentences."""
    return _SIZE.max_tokens_out(most * _TOKENS_PER_SENTENCE)


def _shown(task: SummarizeTask) -> Mapping[str, str]:
    lines = (
        json.dumps([point.index, point.kind, point.topic, point.text], ensure_ascii=False)
        for point in task.points
    )
    return {
        "language": task.language or UNKNOWN_LANGUAGE,
        OUTPUT_LANGUAGE: shown_language(task.output_language),
        "most": str(task.most),
        "points": "\n".join(lines),
    }


def _halves(task: SummarizeTask) -> tuple[SummarizeTask, SummarizeTask] | None:
    halves = halve(task.points)
    if halves is None:
        return None
    most = max(1, task.most // 2)
    first, second = (task.model_copy(update={"points": points, "most": most}) for points in halves)
    return first, second


def _united(
    tasks: tuple[SummarizeTask, SummarizeTask], answers: tuple[SummarizeAnswer, SummarizeAnswer]
) -> SummarizeAnswer:
    """Return both parts, one after the other; what a half may not cite it does not cite."""
    return SummarizeAnswer(
        sentences=tuple(
            sentence
            for task, answer in zip(tasks, answers, strict=True)
            for sentence in answer.sentences
            if {point.index for point in task.points}.issuperset(sentence.points)
        )
    )
