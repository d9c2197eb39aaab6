"""The question for items: a part of a transcript, or a half of one whose items were too many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from footnoted.llm.item_tasks import FieldType, ItemField, ItemsTask
from footnoted.profiles.declared.answers import DeclaredAnswer, answer_type
from footnoted.stages.answer_size import THINKING_TOKENS, AnswerSize, text_tokens
from footnoted.stages.cue_lines import render_cues
from footnoted.stages.halves import halve_cues
from footnoted.stages.question import UNKNOWN_LANGUAGE, Question
from footnoted.stages.wording import OUTPUT_LANGUAGE, shown_language

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from footnoted.model.transcript import Cue

SETTLED: Final = ("fields", "taxonomy")
"""What the system part of a prompt may ask for; the latter where the profile has one."""
GIVEN: Final = ("language", OUTPUT_LANGUAGE, "recording", "topic", "transcript")
"""What its user part may ask for besides."""
WHOLE: Final = "the whole recording"
"""What stands for a topic where there are none."""
_SIZE = AnswerSize(floor=THINKING_TOKENS + 512, ceiling=16_384)
_TOKENS_PER_SPOKEN_TOKEN = 2.0
_MOST_SPOKEN_TOKENS = 6_000


def item_question(
    schema: ItemField, taxonomy: Mapping[str, str]
) -> Question[ItemsTask, DeclaredAnswer]:
    """Return how items of `schema` are asked for; the shape is the same for all calls."""
    configuration = {
        "fields": "\n".join(_described(schema.fields, "")),
        "taxonomy": "\n".join(f"- {name}: {covers}" for name, covers in taxonomy.items()),
    }
    return Question(answer_type(schema), _shown, _halves, _united, configuration)


def item_tokens(cues: Sequence[Cue]) -> int:
    """Return the bound of an answer about `cues`.

    An item quotes what it says and says it again in its fields, with the syntax of each: dense
    speech takes about as many tokens as it has, and this has room for twice as many.
    """
    spoken = text_tokens(*(cue.text for cue in cues))
    return _SIZE.max_tokens_out(spoken * _TOKENS_PER_SPOKEN_TOKEN)


def stretches(cues: tuple[Cue, ...]) -> list[tuple[Cue, ...]]:
    """Return the cues in runs that one answer can be about: some twenty minutes of speech each."""
    spoken = text_tokens(*(cue.text for cue in cues))
    halves = halve_cues(cues) if spoken > _MOST_SPOKEN_TOKENS else None
    if halves is None:
        return [cues] if cues else []
    return [*stretches(halves[0]), *stretches(halves[1])]


def _shown(task: ItemsTask) -> Mapping[str, str]:
    return {
        "language": task.language or UNKNOWN_LANGUAGE,
        OUTPUT_LANGUAGE: shown_language(task.output_language),
        "recording": task.recording,
        "topic": task.topic or WHOLE,
        "transcript": render_cues(task.cues),
    }


def _described(fields: Sequence[ItemField], indent: str) -> Iterator[str]:
    """Yield a line for each field: its name, what it may hold, and what it means."""
    for field in fields:
        bounds = ", ".join(_bounds(field))
        meaning = f": {field.description}" if field.description else ""
        yield f"{indent}- {field.name} ({bounds}){meaning}"
        inner = field.element if field.element is not None else field
        yield from _described(inner.fields, f"{indent}  ")


def _bounds(field: ItemField) -> Iterator[str]:
    yield "required" if field.required else "left out where nothing is said of it"
    shown = field
    if field.element is not None:
        yield "a list"
        shown = field.element
    if shown.choices:
        yield f"one of {' | '.join(shown.choices)}"
    else:
        yield _WORDS[shown.type]
    if shown.max_length is not None:
        yield f"at most {shown.max_length} characters"
    if shown.minimum is not None:
        yield f"at least {shown.minimum:g}"
    if shown.maximum is not None:
        yield f"at most {shown.maximum:g}"


_WORDS: Final = {
    FieldType.STRING: "text",
    FieldType.NUMBER: "number",
    FieldType.INTEGER: "whole number",
    FieldType.BOOLEAN: "true or false",
    FieldType.ARRAY: "list",
    FieldType.OBJECT: "object",
}


def _halves(task: ItemsTask) -> tuple[ItemsTask, ItemsTask] | None:
    halves = halve_cues(task.cues)
    if halves is None:
        return None
    first, second = halves
    return task.model_copy(update={"cues": first}), task.model_copy(update={"cues": second})


def _united(
    tasks: tuple[ItemsTask, ItemsTask], answers: tuple[DeclaredAnswer, DeclaredAnswer]
) -> DeclaredAnswer:
    """Return the items of both halves in order; what stands in both is known by its id later."""
    del tasks
    first, second = answers
    return first.model_copy(update={"items": (*first.items, *second.items)})
