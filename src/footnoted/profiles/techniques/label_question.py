"""The questions for categories and for sub-topics: a batch of moments, or a half of one.

A category is asked for first, without a word of sub-topics; the sub-topic within it second, with
those of that category alone. So a changed sub-topic changes only the calls of its category.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from footnoted.llm.tasks import (
    ClassifyAnswer,
    ClassifyTask,
    MomentBrief,
    MomentLabel,
    SubtopicAnswer,
    SubtopicLabel,
    SubtopicTask,
)
from footnoted.stages.answer_size import THINKING_TOKENS, AnswerSize
from footnoted.stages.halves import halve
from footnoted.stages.question import UNKNOWN_LANGUAGE, Question
from footnoted.stages.taxonomy import render_subtopics, render_taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from footnoted.llm.tasks import Category
    from footnoted.stages.taxonomy import Taxonomy

_SIZE = AnswerSize(floor=THINKING_TOKENS + 64, ceiling=8_192)
_TOKENS_PER_LABEL = 64

TaskT = TypeVar("TaskT", ClassifyTask, SubtopicTask)
LabelT = TypeVar("LabelT", MomentLabel, SubtopicLabel)


def label_question(taxonomy: Taxonomy) -> Question[ClassifyTask, ClassifyAnswer]:
    """Return how categories are asked for; what is chosen from is the same for all calls."""
    configuration = {"taxonomy": render_taxonomy(taxonomy)}
    return Question(ClassifyAnswer, _shown, _halves, _united_labels, configuration)


def subtopic_question(category: Category) -> Question[SubtopicTask, SubtopicAnswer]:
    """Return how the sub-topics of one category are asked for."""
    configuration = {"category": render_subtopics(category)}
    return Question(SubtopicAnswer, _shown, _halves, _united_subtopics, configuration)


def label_tokens(moments: int) -> int:
    """Return the bound of an answer about this many moments, for either question.

    A label is of one shape: an index and at most two names of the taxonomy, 35 tokens with usual
    names and 45 with the longest of the taxonomy that ships.
    """
    return _SIZE.max_tokens_out(moments * _TOKENS_PER_LABEL)


def _shown(task: ClassifyTask | SubtopicTask) -> Mapping[str, str]:
    return {
        "language": task.language or UNKNOWN_LANGUAGE,
        "moments": "\n".join(map(_line, task.moments)),
    }


def _line(brief: MomentBrief) -> str:
    kind = f" ({brief.content_type})" if brief.content_type else ""
    return f'[{brief.index}] {brief.title}{kind}. {brief.summary} "{brief.quote}"'


def _halves(task: TaskT) -> tuple[TaskT, TaskT] | None:
    """Return the task in two; moments keep the index they have in the whole."""
    halves = halve(task.moments)
    if halves is None:
        return None
    first, second = halves
    return task.model_copy(update={"moments": first}), task.model_copy(update={"moments": second})


def _united_labels(
    tasks: tuple[ClassifyTask, ClassifyTask], answers: tuple[ClassifyAnswer, ClassifyAnswer]
) -> ClassifyAnswer:
    """Return the labels of both halves in order."""
    first, second = (_own(task, given.labels) for task, given in zip(tasks, answers, strict=True))
    return ClassifyAnswer(labels=(*first, *second))


def _united_subtopics(
    tasks: tuple[SubtopicTask, SubtopicTask], answers: tuple[SubtopicAnswer, SubtopicAnswer]
) -> SubtopicAnswer:
    """Return the labels of both halves in order."""
    first, second = (
        _own(task, given.subtopics) for task, given in zip(tasks, answers, strict=True)
    )
    return SubtopicAnswer(subtopics=(*first, *second))


def _own(task: ClassifyTask | SubtopicTask, labels: Sequence[LabelT]) -> Iterator[LabelT]:
    """Yield the labels; one for a moment of the other half names none, so that it is rejected."""
    asked = {moment.index for moment in task.moments}
    for label in labels:
        is_own = label.index in asked or label.index < 0
        yield label if is_own else label.model_copy(update={"index": -1 - label.index})
