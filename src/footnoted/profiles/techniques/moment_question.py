"""The question for key moments: one topic, or a half of one whose moments were too many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.llm.tasks import ExtractAnswer, ExtractedMoment, ExtractTask
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


def moment_question() -> Question[ExtractTask, ExtractAnswer]:
    """Return how moments are asked for."""
    return Question(ExtractAnswer, _shown, _halves, _united, {})


def moment_tokens(cues: Sequence[Cue]) -> int:
    """Return the bound of an answer about `cues`.

    A moment takes 130 to 200 tokens, its quote and summary together about what it quotes and half
    as much again. A usual answer has 0.7 tokens for each one spoken (1,200 for five minutes), the
    built-in model's 0.26, at the 99th percentile of 150 real topics 1.03; this has room for 1.5,
    and for two more moments in a short topic, where one moment is much.
    """
    spoken = text_tokens(*(cue.text for cue in cues))
    return _SIZE.max_tokens_out(spoken * _TOKENS_PER_SPOKEN_TOKEN)


def _shown(task: ExtractTask) -> Mapping[str, str]:
    return {
        "language": task.language or UNKNOWN_LANGUAGE,
        OUTPUT_LANGUAGE: shown_language(task.output_language),
        "topic": task.topic,
        "content_types": ", ".join(task.content_types),
        "transcript": render_cues(task.cues),
    }


def _halves(task: ExtractTask) -> tuple[ExtractTask, ExtractTask] | None:
    halves = halve_cues(task.cues)
    if halves is None:
        return None
    first, second = halves
    return task.model_copy(update={"cues": first}), task.model_copy(update={"cues": second})


def _united(
    tasks: tuple[ExtractTask, ExtractTask], answers: tuple[ExtractAnswer, ExtractAnswer]
) -> ExtractAnswer:
    """Return the moments of both halves in order; what both quote from the same cues stands once.

    Numbers stay as they are: a quote is looked for in the whole transcript afterwards, wherever it
    is cited.
    """
    del tasks
    first, second = answers
    known = {_place(moment) for moment in first.moments}
    fresh = (moment for moment in second.moments if _place(moment) not in known)
    return ExtractAnswer(moments=(*first.moments, *fresh))


def _place(moment: ExtractedMoment) -> tuple[int, int, str]:
    words = " ".join(moment.quote.casefold().split())
    return moment.first_cue, moment.last_cue, words
