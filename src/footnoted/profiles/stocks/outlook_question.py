"""The question for the outlook: a whole recording, or a half of one that is too much at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.llm.stock_tasks import OutlookAnswer, OutlookPoint, OutlookTask
from footnoted.stages.answer_size import THINKING_TOKENS, AnswerSize
from footnoted.stages.cue_lines import render_cues
from footnoted.stages.halves import halve_cues
from footnoted.stages.question import UNKNOWN_LANGUAGE, Question
from footnoted.stages.wording import OUTPUT_LANGUAGE, shown_language

if TYPE_CHECKING:
    from collections.abc import Mapping

_SIZE = AnswerSize(floor=THINKING_TOKENS, ceiling=8_192)
_TOKENS_PER_POINT, _MOST_POINTS = 130, 20


def outlook_question() -> Question[OutlookTask, OutlookAnswer]:
    """Return how the outlook is asked for."""
    return Question(OutlookAnswer, _shown, _halves, _united, {})


def outlook_tokens() -> int:
    """Return the bound of an answer: the prompt asks for at most twenty statements of 130 tokens.

    It does not grow with the recording, because the number of statements does not.
    """
    return _SIZE.max_tokens_out(_TOKENS_PER_POINT * _MOST_POINTS)


def _shown(task: OutlookTask) -> Mapping[str, str]:
    return {
        "language": task.language or UNKNOWN_LANGUAGE,
        OUTPUT_LANGUAGE: shown_language(task.output_language),
        "title": task.title,
        "transcript": render_cues(task.cues),
    }


def _halves(task: OutlookTask) -> tuple[OutlookTask, OutlookTask] | None:
    halves = halve_cues(task.cues)
    if halves is None:
        return None
    first, second = halves
    return task.model_copy(update={"cues": first}), task.model_copy(update={"cues": second})


def _united(
    tasks: tuple[OutlookTask, OutlookTask], answers: tuple[OutlookAnswer, OutlookAnswer]
) -> OutlookAnswer:
    """Return the statements of both halves; halves that see it go two ways are mixed."""
    del tasks
    first, second = answers
    return OutlookAnswer(
        direction=_direction(first.direction, second.direction),
        reasoning=_joined(first.reasoning, second.reasoning),
        themes=_joined(first.themes, second.themes),
        risks=_joined(first.risks, second.risks),
        summary=_joined(first.summary, second.summary),
    )


def _direction(first: str | None, second: str | None) -> str | None:
    if first is None or second is None or first == second:
        return first or second
    sided = {first, second} - {"neutral"}
    return sided.pop() if len(sided) == 1 else "mixed"


def _joined(
    first: tuple[OutlookPoint, ...], second: tuple[OutlookPoint, ...]
) -> tuple[OutlookPoint, ...]:
    known = {point.quote for point in first}
    return (*first, *(point for point in second if point.quote not in known))
