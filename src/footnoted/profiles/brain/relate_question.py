"""The question for relations and points: one topic, or a half of one where there was too much."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from footnoted.llm.brain_tasks import RelateAnswer, RelateTask
from footnoted.stages.answer_size import THINKING_TOKENS, AnswerSize, text_tokens
from footnoted.stages.cue_lines import render_cues
from footnoted.stages.halves import halve_cues
from footnoted.stages.question import UNKNOWN_LANGUAGE, Question
from footnoted.stages.wording import OUTPUT_LANGUAGE, shown_language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from footnoted.model.transcript import Cue

_SIZE = AnswerSize(floor=THINKING_TOKENS + 512, ceiling=16_384)
_TOKENS_PER_SPOKEN_TOKEN = 1.5


def relate_question() -> Question[RelateTask, RelateAnswer]:
    """Return how relations and points are asked for."""
    return Question(RelateAnswer, _shown, _halves, _united, {})


def relate_tokens(cues: Sequence[Cue]) -> int:
    """Return the bound of an answer about `cues`: a quote and about as much again for each find."""
    spoken = text_tokens(*(cue.text for cue in cues))
    return _SIZE.max_tokens_out(spoken * _TOKENS_PER_SPOKEN_TOKEN)


def _shown(task: RelateTask) -> Mapping[str, str]:
    entities = (
        json.dumps([each.index, each.name, each.type], ensure_ascii=False) for each in task.entities
    )
    return {
        "language": task.language or UNKNOWN_LANGUAGE,
        OUTPUT_LANGUAGE: shown_language(task.output_language),
        "topic": task.topic,
        "entities": "\n".join(entities),
        "transcript": render_cues(task.cues),
    }


def _halves(task: RelateTask) -> tuple[RelateTask, RelateTask] | None:
    halves = halve_cues(task.cues)
    if halves is None:
        return None
    first, second = halves
    return task.model_copy(update={"cues": first}), task.model_copy(update={"cues": second})


def _united(
    tasks: tuple[RelateTask, RelateTask], answers: tuple[RelateAnswer, RelateAnswer]
) -> RelateAnswer:
    """Return what both halves say, in order; what both say of the same words stands once."""
    del tasks
    first, second = answers
    relations = dict.fromkeys((*first.relations, *second.relations))
    points = dict.fromkeys((*first.points, *second.points))
    return RelateAnswer(relations=tuple(relations), points=tuple(points))
