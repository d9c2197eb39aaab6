"""The question for mentions: one topic, or a half of one in which too much is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.llm.stock_tasks import MentionAnswer, MentionTask, StatedMention
from footnoted.stages.answer_size import THINKING_TOKENS, AnswerSize, text_tokens
from footnoted.stages.cue_lines import render_cues
from footnoted.stages.halves import halve_cues
from footnoted.stages.question import UNKNOWN_LANGUAGE, Question

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from footnoted.llm.stock_tasks import NameHeard
    from footnoted.model.transcript import Cue

_SIZE = AnswerSize(floor=THINKING_TOKENS + 512, ceiling=16_384)
_TOKENS_PER_SPOKEN_TOKEN = 1.2
_MOST_SAID = 60


def mention_question() -> Question[MentionTask, MentionAnswer]:
    """Return how mentions are asked for."""
    return Question(MentionAnswer, _shown, _halves, _united, {})


def mention_tokens(cues: Sequence[Cue]) -> int:
    """Return the bound of an answer about `cues`.

    A mention takes 90 to 150 tokens, its quote a third of them. Talk that runs through a list of
    companies names one in every two sentences, which is about as much as is spoken; this has room
    for a fifth more, and for four mentions in a short topic.
    """
    spoken = text_tokens(*(cue.text for cue in cues))
    return _SIZE.max_tokens_out(spoken * _TOKENS_PER_SPOKEN_TOKEN)


def _shown(task: MentionTask) -> Mapping[str, str]:
    return {
        "language": task.language or UNKNOWN_LANGUAGE,
        "topic": task.topic,
        "names": "\n".join(map(_line, task.names)),
        "transcript": render_cues(task.cues),
    }


def _line(name: NameHeard) -> str:
    """Return a name as prompts show it: `[12-13] "palanteer" = PLTR (NASDAQ) ...; heard 0.82`."""
    cues = f"{name.first_cue}-{name.last_cue}" if name.last_cue > name.first_cue else name.first_cue
    heard = "" if name.score == 1 else f"; heard {name.score:.2f}"
    unsure = "; ambiguous" if name.is_ambiguous else ""
    listed = f"{name.symbol} ({name.exchange}) {name.company}"
    return f'[{cues}] "{name.said[:_MOST_SAID]}" = {listed}{heard}{unsure}'


def _halves(task: MentionTask) -> tuple[MentionTask, MentionTask] | None:
    halves = halve_cues(task.cues)
    if halves is None:
        return None
    first, second = halves
    return _part(task, first), _part(task, second)


def _part(task: MentionTask, cues: tuple[Cue, ...]) -> MentionTask:
    first, last = cues[0].index, cues[-1].index
    names = tuple(name for name in task.names if first <= name.first_cue <= last)
    return task.model_copy(update={"cues": cues, "names": names})


def _united(
    tasks: tuple[MentionTask, MentionTask], answers: tuple[MentionAnswer, MentionAnswer]
) -> MentionAnswer:
    """Return the mentions of both halves in order; what both say of the same words stands once."""
    del tasks
    first, second = answers
    known = {_place(mention) for mention in first.mentions}
    fresh = (mention for mention in second.mentions if _place(mention) not in known)
    return MentionAnswer(mentions=(*first.mentions, *fresh))


def _place(mention: StatedMention) -> tuple[str, str | None, str]:
    words = " ".join(mention.quote.casefold().split())
    return mention.symbol or mention.company, mention.action, words
