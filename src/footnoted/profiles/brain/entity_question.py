"""The question for names: one topic, or a half of one whose names were too many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.llm.brain_tasks import EntitiesAnswer, EntitiesTask, NamedEntity
from footnoted.stages.answer_size import THINKING_TOKENS, AnswerSize, text_tokens
from footnoted.stages.cue_lines import render_cues
from footnoted.stages.halves import halve_cues
from footnoted.stages.question import UNKNOWN_LANGUAGE, Question

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from footnoted.model.transcript import Cue

_SIZE = AnswerSize(floor=THINKING_TOKENS + 512, ceiling=16_384)
_TOKENS_PER_SPOKEN_TOKEN = 1.2


def entity_question() -> Question[EntitiesTask, EntitiesAnswer]:
    """Return how names are asked for."""
    return Question(EntitiesAnswer, _shown, _halves, _united, {})


def entity_tokens(cues: Sequence[Cue]) -> int:
    """Return the bound of an answer about `cues`.

    A name takes 60 to 100 tokens with its quote, and dense talk names something new about every
    eighty tokens; beyond that the topic is asked in halves.
    """
    spoken = text_tokens(*(cue.text for cue in cues))
    return _SIZE.max_tokens_out(spoken * _TOKENS_PER_SPOKEN_TOKEN)


def _shown(task: EntitiesTask) -> Mapping[str, str]:
    return {
        "language": task.language or UNKNOWN_LANGUAGE,
        "topic": task.topic,
        "types": ", ".join(task.types),
        "transcript": render_cues(task.cues),
    }


def _halves(task: EntitiesTask) -> tuple[EntitiesTask, EntitiesTask] | None:
    halves = halve_cues(task.cues)
    if halves is None:
        return None
    first, second = halves
    return task.model_copy(update={"cues": first}), task.model_copy(update={"cues": second})


def _united(
    tasks: tuple[EntitiesTask, EntitiesTask], answers: tuple[EntitiesAnswer, EntitiesAnswer]
) -> EntitiesAnswer:
    """Return the names of both halves in order; one that both have keeps all its ways of writing.

    Both quotes stay: a quote is looked for in the whole transcript, and one may not be there.
    """
    del tasks
    first, second = answers
    return EntitiesAnswer(entities=(*first.entities, *_fresh(first.entities, second.entities)))


def _fresh(known: Sequence[NamedEntity], more: Sequence[NamedEntity]) -> list[NamedEntity]:
    """Return those of `more` that say something `known` does not."""
    said = {(each.name, each.type, each.quote) for each in known}
    return [each for each in more if (each.name, each.type, each.quote) not in said]
