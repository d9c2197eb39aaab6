"""The question whether names are one: some pairs, or a half of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from footnoted.llm.brain_tasks import JudgeNamesAnswer, JudgeNamesTask
from footnoted.stages.answer_size import THINKING_TOKENS, AnswerSize
from footnoted.stages.halves import halve
from footnoted.stages.question import Question

if TYPE_CHECKING:
    from collections.abc import Mapping

_SIZE = AnswerSize(floor=THINKING_TOKENS + 128, ceiling=8_192)
_TOKENS_PER_PAIR = 24


def resolve_question() -> Question[JudgeNamesTask, JudgeNamesAnswer]:
    """Return how verdicts are asked for."""
    return Question(JudgeNamesAnswer, _shown, _halves, _united, {})


def resolve_tokens(pairs: int) -> int:
    """Return the bound of an answer about this many pairs."""
    return _SIZE.max_tokens_out(pairs * _TOKENS_PER_PAIR)


def _shown(task: JudgeNamesTask) -> Mapping[str, str]:
    lines = (
        json.dumps([pair.index, pair.first, pair.second], ensure_ascii=False) for pair in task.pairs
    )
    return {"pairs": "\n".join(lines)}


def _halves(task: JudgeNamesTask) -> tuple[JudgeNamesTask, JudgeNamesTask] | None:
    halves = halve(task.pairs)
    if halves is None:
        return None
    return JudgeNamesTask(pairs=halves[0]), JudgeNamesTask(pairs=halves[1])


def _united(
    tasks: tuple[JudgeNamesTask, JudgeNamesTask],
    answers: tuple[JudgeNamesAnswer, JudgeNamesAnswer],
) -> JudgeNamesAnswer:
    """Return the verdicts of both halves, each only on the pairs it was asked about."""
    return JudgeNamesAnswer(
        verdicts=tuple(
            verdict
            for task, answer in zip(tasks, answers, strict=True)
            for verdict in answer.verdicts
            if verdict.index in {pair.index for pair in task.pairs}
        )
    )
