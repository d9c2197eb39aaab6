"""The built-in model under a declared profile: what it finds is there, and nothing is made up."""

from __future__ import annotations

from typing import Any

import pytest

from footnoted.llm.extractive import answer_task
from footnoted.llm.item_tasks import (
    FieldType,
    Filling,
    ItemField,
    ItemsAnswer,
    ItemsTask,
    Marks,
    Method,
    Subject,
)
from footnoted.model.transcript import Cue

MARKS = Marks(quote="quote", first_cue="first", last_cue="last")
PLACES = (
    ItemField(name="quote", type=FieldType.STRING),
    ItemField(name="first", type=FieldType.INTEGER),
    ItemField(name="last", type=FieldType.INTEGER),
)
KINDS = Filling(
    method=Method.WORDS, words={"step": ("bake", "stir", "fold"), "tip": ("never", "make sure")}
)
KIND = ItemField(name="kind", type=FieldType.STRING, choices=("step", "tip"), filling=KINDS)
LINES = (
    "Hello everybody and welcome back to the kitchen.",
    "Bake the bread for twenty five minutes at two hundred and thirty degrees.",
    "Never open the oven while the bread rises, because the cold air makes it fall.",
    "It was a wonderful summer and we all went to the sea.",
    "This video is sponsored by PanCo, bake with their code BREAD today.",
    "Do you fold the dough too?",
)


def found(*fields: ItemField, lines: tuple[str, ...] = LINES, **parts: Any) -> list[dict[str, Any]]:
    """Return the items of `lines` without their quotes and places."""
    cues = tuple(Cue(at, at * 4_000, at * 4_000 + 4_000, line) for at, line in enumerate(lines))
    task = ItemsTask(
        language="en",
        recording="Bread at home",
        topic=None,
        cues=cues,
        fields=(*fields, *PLACES),
        marks=MARKS,
        **parts,
    )
    answer = answer_task(task)
    assert isinstance(answer, ItemsAnswer)
    for item in answer.items:
        assert item["quote"] == lines[int(str(item["first"]))]
    return [
        {name: value for name, value in item.items() if name not in MARKS.names}
        for item in answer.items
    ]


def field(name: str, kind: FieldType, filling: Filling | None, **bounds: Any) -> ItemField:
    """Return a field that may be left out."""
    return ItemField(name=name, type=kind, required=False, filling=filling, **bounds)


def test_a_sentence_is_an_item_when_it_has_what_an_item_needs() -> None:
    """Greetings, advertisements, questions and stories are none."""
    assert found(KIND) == [{"kind": "step"}, {"kind": "tip"}]


def test_a_required_field_that_cannot_be_filled_makes_no_item() -> None:
    """No value is made up: not where the profile says no way, nor where the way finds nothing."""
    unfilled = ItemField(name="dish", type=FieldType.STRING)
    grams = ItemField(
        name="amount",
        type=FieldType.STRING,
        filling=Filling(method=Method.QUANTITY, units=("grams",)),
    )
    assert found(KIND, unfilled) == []
    assert found(KIND, grams) == []


def test_fields_that_may_be_left_out_hold_only_what_was_said() -> None:
    """Numbers in words are read; one beyond its bound is left out, as is what nothing fills."""
    minutes = Filling(method=Method.NUMBER, units=("minutes",))
    degrees = Filling(method=Method.NUMBER, units=("degrees",))
    items = found(
        KIND,
        field("minutes", FieldType.INTEGER, minutes),
        field("hot", FieldType.NUMBER, degrees),
        field("cool", FieldType.NUMBER, degrees, maximum=100),
        field("mood", FieldType.STRING, None),
    )
    assert items == [{"kind": "step", "minutes": 25, "hot": 230.0}, {"kind": "tip"}]


@pytest.mark.parametrize(
    ("line", "amount", "number"),
    [
        ("Stir in 250 grams of flour.", "250 grams", 250.0),
        ("Stir in 2.5 grams of flour.", "2.5 grams", 2.5),
        ("Stir in 1/2 grams of flour.", "1/2 grams", 0.5),
        ("Stir in one hundred and two grams of it.", "one hundred and two grams", 102.0),
        ("Stir in two hundred grams of flour.", "two hundred grams", 200.0),
        ("Stir it for a while with the flour.", None, None),
    ],
)  # fmt: skip
def test_quantities_are_read_as_they_are_said(
    line: str, amount: str | None, number: float | None
) -> None:
    """The words for a text, the value for a number."""
    items = found(
        KIND,
        field("amount", FieldType.STRING, Filling(method=Method.QUANTITY, units=("grams",))),
        field("grams", FieldType.NUMBER, Filling(method=Method.NUMBER, units=("grams",))),
        lines=(line,),
    )
    said = {"amount": amount, "grams": number}
    assert items == [{"kind": "step", **{k: v for k, v in said.items() if v is not None}}]


def test_titles_statements_and_names_come_from_what_there_is() -> None:
    """The recording's title for all, the sentence without its fillers, names as written."""
    items = found(
        KIND,
        field("dish", FieldType.STRING, Filling(method=Method.RECORDING)),
        field("topic", FieldType.STRING, Filling(method=Method.TOPIC)),
        field("text", FieldType.STRING, Filling(method=Method.STATEMENT)),
        field("short", FieldType.STRING, Filling(method=Method.STATEMENT), max_length=10),
        field("names", FieldType.ARRAY, Filling(method=Method.NAMES)),
        lines=("So, um, stir it in the KitchenAid until it is smooth.",),
    )
    assert items == [
        {
            "kind": "step",
            "dish": "Bread at home",
            "text": "Stir it in the KitchenAid until it is smooth.",
            "names": ["KitchenAid"],
        }
    ]


def test_a_talk_about_something_else_has_no_items() -> None:
    """However often it says `never`; and of a talk about it, a sentence about something else."""
    bread = Subject(words=("bread", "oven", "dough", "cold air"), least=3)
    lines = ("Never say never in politics.", "Make sure that you vote.", "Never stir up the crowd.")
    assert found(KIND, lines=lines) != []
    assert found(KIND, lines=lines, subject=bread) == []
    mixed = (*LINES, "Never say never to a friend who asks for money.")
    assert found(KIND, lines=mixed, subject=bread) == found(KIND)


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        (
            "Stir in 500 grams of flour, and 10 grams of salt and 2 grams of yeast.",
            ["Stir in 500 grams of flour", "10 grams of salt", "2 grams of yeast."],
        ),
        ("Stir in 500 grams of flour.", ["Stir in 500 grams of flour."]),
        ("Stir in 500 grams, never 600 grams.", ["Stir in 500 grams, never 600 grams."]),
    ],
)
def test_a_sentence_with_several_quantities_is_several_items(line: str, pieces: list[str]) -> None:
    """Each with its own words as its quote; where one of them is no item, the whole is one."""
    grams = Filling(method=Method.QUANTITY, units=("grams",), splits=True)
    words = Filling(method=Method.WORDS, words={"step": ("of", "stir")})
    kind = KIND.model_copy(update={"filling": words})
    task = ItemsTask(
        language="en",
        recording="Bread",
        topic=None,
        cues=(Cue(0, 0, 4_000, line),),
        fields=(kind, field("amount", FieldType.STRING, grams), *PLACES),
        marks=MARKS,
    )
    answer = answer_task(task)
    assert isinstance(answer, ItemsAnswer)
    assert [item["quote"] for item in answer.items] == pieces


def test_a_part_is_filed_as_a_whole() -> None:
    """So that the items of one dish share a page; what fits no category makes no item of it."""
    taxonomy = Filling(
        method=Method.TAXONOMY,
        words={
            "Bread": ("bread dough oven loaf flour",),
            "Soup": ("soup broth ladle pot simmer",),
        },
    )
    filed = ItemField(
        name="filed", type=FieldType.STRING, choices=("Bread", "Soup"), filling=taxonomy
    )
    assert [item["filed"] for item in found(KIND, filed)] == ["Bread", "Bread"]
    assert found(KIND, filed, lines=("Never bake your hard drive for a year.",)) == []


def test_without_anything_to_go_by_only_salient_sentences_are_taken() -> None:
    """A profile of statements does not make an item of every sentence."""
    text = ItemField(name="text", type=FieldType.STRING, filling=Filling(method=Method.STATEMENT))
    lines = tuple(
        f"You should always keep the {what} of the sourdough bread warm because the yeast needs it."
        for what in ("flour", "water", "bowl", "starter", "dough", "basket", "kitchen", "loaf")
    )
    assert len(found(text, lines=lines)) == 1
