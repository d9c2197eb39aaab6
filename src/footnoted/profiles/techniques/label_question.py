"""The question for categories: a batch of moments, or a half of one whose labels were too many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.llm.tasks import ClassifyAnswer, ClassifyTask, MomentBrief, MomentLabel
from footnoted.stages.answer_size import THINKING_TOKENS, AnswerSize
from footnoted.stages.halves import halve
from footnoted.stages.question import UNKNOWN_LANGUAGE, Question
from footnoted.stages.taxonomy import render_taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from footnoted.stages.taxonomy import Taxonomy

_SIZE = AnswerSize(floor=THINKING_TOKENS + 64, ceiling=8_192)
_TOKENS_PER_LABEL = 64


def label_question(taxonomy: Taxonomy) -> Question[ClassifyTask, ClassifyAnswer]:
    """Return how labels are asked for; the taxonomy is the same for all calls, and half of each."""
    configuration = {"taxonomy": render_taxonomy(taxonomy)}
    return Question(ClassifyAnswer, _shown, _halves, _united, configuration)


def label_tokens(moments: int) -> int:
    """Return the bound of an answer about this many moments.

    A label is of one shape: an index and at most three names of the taxonomy, 40 tokens with usual
    names and 50 with the longest of the taxonomy that ships.
    """
    return _SIZE.max_tokens_out(moments * _TOKENS_PER_LABEL)


def _shown(task: ClassifyTask) -> Mapping[str, str]:
    return {
        "language": task.language or UNKNOWN_LANGUAGE,
        "moments": "\n".join(map(_line, task.moments)),
    }


def _line(brief: MomentBrief) -> str:
    return f'[{brief.index}] {brief.title}. {brief.summary} "{brief.quote}"'


def _halves(task: ClassifyTask) -> tuple[ClassifyTask, ClassifyTask] | None:
    """Return the task in two; moments keep the index they have in the whole."""
    halves = halve(task.moments)
    if halves is None:
        return None
    first, second = halves
    return task.model_copy(update={"moments": first}), task.model_copy(update={"moments": second})


def _united(
    tasks: tuple[ClassifyTask, ClassifyTask], answers: tuple[ClassifyAnswer, ClassifyAnswer]
) -> ClassifyAnswer:
    """Return the labels of both halves in order."""
    halves = zip(tasks, answers, strict=True)
    return ClassifyAnswer(labels=tuple(label for half in halves for label in _labels(*half)))


def _labels(task: ClassifyTask, answer: ClassifyAnswer) -> Iterator[MomentLabel]:
    """Yield the labels; one for a moment of the other half names none, so that it is rejected."""
    asked = {moment.index for moment in task.moments}
    for label in answer.labels:
        is_own = label.index in asked or label.index < 0
        yield label if is_own else label.model_copy(update={"index": -1 - label.index})
