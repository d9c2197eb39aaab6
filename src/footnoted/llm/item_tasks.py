"""What a model can be asked under a profile that is only data: items of a declared shape.

The shape travels with the task, so that the extractive model knows what to fill. Answers are open
objects here; the profile that asked checks every value of them against the shape.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field, JsonValue

from footnoted.llm.task_model import TaskModel
from footnoted.model.transcript import Cue


class FieldType(StrEnum):
    """What a field holds, in the words of JSON Schema."""

    STRING = "string"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    ARRAY = "array"
    OBJECT = "object"


class Method(StrEnum):
    """How the extractive model fills a field; what it finds nothing for stays empty."""

    STATEMENT = "statement"
    """The sentence, without its fillers."""
    RECORDING = "recording"
    """The title of the recording."""
    TOPIC = "topic"
    """The title of the topic."""
    KEYPHRASE = "keyphrase"
    """The weightiest phrase of the sentence."""
    WORDS = "words"
    """The choice most of whose words the sentence has."""
    QUANTITY = "quantity"
    """A number with one of the units, as it was said."""
    NUMBER = "number"
    """The number before one of the units."""
    TAXONOMY = "taxonomy"
    """The choice that what is said in the part is closest to; `words` describe each."""
    NAMES = "names"
    """The names of products in the sentence."""


class Filling(TaskModel):
    """How the extractive model fills one field: `words` by choice, `units` beside numbers.

    With `splits`, a sentence with several such quantities is several items.
    """

    method: Method
    words: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    units: tuple[str, ...] = ()
    splits: bool = False


class Subject(TaskModel):
    """What the extractive model goes by: a part is about it with `least` of the words or more.

    Then each of its items has at least one of them.
    """

    words: tuple[str, ...]
    least: int


class ItemField(TaskModel):
    """A field with its bounds. `element` is that of an array, `fields` are those of an object."""

    name: str
    type: FieldType
    required: bool = True
    description: str = ""
    choices: tuple[str, ...] = ()
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    element: ItemField | None = None
    fields: tuple[ItemField, ...] = ()
    filling: Filling | None = None


class Marks(TaskModel):
    """Which fields say what was said, and where."""

    quote: str
    first_cue: str
    last_cue: str

    @property
    def names(self) -> frozenset[str]:
        """Return the names of all three."""
        return frozenset((self.quote, self.first_cue, self.last_cue))


class ItemsTask(TaskModel):
    """Find the items in a part of one recording. `cues` are the speech cues of the part."""

    kind: Literal["items"] = "items"
    language: str | None
    output_language: str | None = None
    recording: str
    topic: str | None
    cues: tuple[Cue, ...]
    fields: tuple[ItemField, ...]
    marks: Marks
    subject: Subject | None = None


class ItemsAnswer(TaskModel):
    """Items in the order of the transcript, each an object of the task's fields; maybe none."""

    items: tuple[dict[str, JsonValue], ...]
