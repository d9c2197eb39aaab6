"""The question for misheard words: a stretch of the transcript, with how things are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.llm.brain_tasks import ImproveAnswer, ImproveTask
from footnoted.stages.answer_size import THINKING_TOKENS, AnswerSize, text_tokens
from footnoted.stages.cue_lines import render_cues
from footnoted.stages.halves import halve_cues
from footnoted.stages.question import UNKNOWN_LANGUAGE, Question

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from footnoted.model.transcript import Cue

_SIZE = AnswerSize(floor=THINKING_TOKENS + 256, ceiling=8_192)
_TOKENS_PER_SPOKEN_TOKEN = 0.5
_STRETCH_TOKENS = 4_000


def improve_question() -> Question[ImproveTask, ImproveAnswer]:
    """Return how corrections are asked for."""
    return Question(ImproveAnswer, _shown, _halves, _united, {})


def improve_tokens(cues: Sequence[Cue]) -> int:
    """Return the bound of an answer about `cues`: a correction is rare, and takes 45 tokens."""
    spoken = text_tokens(*(cue.text for cue in cues))
    return _SIZE.max_tokens_out(spoken * _TOKENS_PER_SPOKEN_TOKEN)


def stretches(cues: Sequence[Cue]) -> Iterator[tuple[Cue, ...]]:
    """Yield the cues in runs of about a quarter of an hour of speech."""
    run: list[Cue] = []
    size = 0
    for cue in cues:
        tokens = text_tokens(cue.text)
        if run and size + tokens > _STRETCH_TOKENS:
            yield tuple(run)
            run, size = [], 0
        run.append(cue)
        size += tokens
    if run:
        yield tuple(run)


def _shown(task: ImproveTask) -> Mapping[str, str]:
    glossary = (
        f"{entry.written}: {', '.join(entry.heard)}" if entry.heard else entry.written
        for entry in task.glossary
    )
    return {
        "language": task.language or UNKNOWN_LANGUAGE,
        "glossary": "\n".join(glossary),
        "transcript": render_cues(task.cues),
    }


def _halves(task: ImproveTask) -> tuple[ImproveTask, ImproveTask] | None:
    halves = halve_cues(task.cues)
    if halves is None:
        return None
    first, second = halves
    return task.model_copy(update={"cues": first}), task.model_copy(update={"cues": second})


def _united(
    tasks: tuple[ImproveTask, ImproveTask], answers: tuple[ImproveAnswer, ImproveAnswer]
) -> ImproveAnswer:
    """Return the corrections of both halves in order; one said twice stands once."""
    del tasks
    first, second = answers
    return ImproveAnswer(fixes=tuple(dict.fromkeys((*first.fixes, *second.fixes))))
