"""What a model may answer: the form as a type, choices and bounds item by item."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import anthropic
import pytest
from pydantic import ValidationError

from footnoted.profiles.declared.answers import (
    Violation,
    ViolationError,
    answer_type,
    checked_item,
)
from tests.fakes.declared import notes

if TYPE_CHECKING:
    from pathlib import Path

ITEM = {"about": "Salt", "sort": "fact", "text": "Salt is heavy.", "quote": "q", "from": 1, "to": 2}
STANDS = {"about": "Salt", "sort": "fact", "text": "Salt is heavy."}


def _answered(tmp_path: Path, *items: object) -> list[dict[str, Any]]:
    text = json.dumps({"items": items})
    return answer_type(notes(tmp_path).schema).model_validate_json(text, strict=True).values()


def test_a_good_answer_comes_back_as_it_was_said(tmp_path: Path) -> None:
    """What is null or left out is left out."""
    full = {**ITEM, "weight": 3, "names": ["Bo"], "sure": True, "place": {"town": "Ulm"}}
    assert _answered(tmp_path, full, {**ITEM, "weight": None}) == [full, ITEM]


@pytest.mark.parametrize(
    "change",
    [
        {"text": None},
        {"text": 3},
        {"from": "1"},
        {"from": 1.5},
        {"weight": "heavy"},
        {"names": "Bo"},
        {"names": [1]},
        {"sure": "yes"},
        {"place": {"street": "Main"}},
        {"place": {"town": "Ulm", "zip": "89073"}},
        {"extra": 1},
    ],
)
def test_an_answer_of_another_form_is_refused_as_a_whole(
    tmp_path: Path, change: dict[str, object]
) -> None:
    """It is shown to its model once more, which can mend it."""
    with pytest.raises(ValidationError):
        _answered(tmp_path, {**ITEM, **change})


def test_the_schema_that_a_model_gets_is_the_declared_one(tmp_path: Path) -> None:
    """Closed objects, no unions, and the fields that may be left out are not required."""
    schema = answer_type(notes(tmp_path).schema).model_json_schema()
    item = schema["properties"]["items"]["items"]
    assert item["required"] == ["about", "sort", "text", "quote", "from", "to"]
    assert item["properties"]["sort"] == {"type": "string", "enum": ["fact", "advice"]}
    assert item["properties"]["weight"] == {"type": "number", "minimum": 0.0, "maximum": 10.0}
    assert item["properties"]["place"]["additionalProperties"] is False
    assert "anyOf" not in json.dumps(schema)
    sent = anthropic.transform_schema(schema)
    assert sent["properties"]["items"]["items"]["properties"]["about"]["description"].startswith(
        "what it is about"
    )


def test_two_shapes_are_two_schemas(tmp_path: Path) -> None:
    """A request is known by its schema, so types that are made alike must not share one."""
    one = answer_type(notes(tmp_path / "a").schema)
    other = answer_type(notes(tmp_path / "b", ("maxLength = 80", "maxLength = 81")).schema)
    assert one.model_json_schema() != other.model_json_schema()


@pytest.mark.parametrize(
    ("change", "violation"),
    [
        ({"sort": "gossip"}, Violation.CHOICE),
        ({"text": "x" * 81}, Violation.LENGTH),
        ({"weight": 11}, Violation.RANGE),
        ({"weight": -0.1}, Violation.RANGE),
        ({"text": " \n"}, Violation.BLANK),
        ({"place": {"town": ""}}, Violation.BLANK),
    ],
)
def test_a_value_outside_of_its_field_costs_its_item(
    tmp_path: Path, change: dict[str, Any], violation: Violation
) -> None:
    """Never coerced, never cut: the item is rejected by name."""
    with pytest.raises(ViolationError) as refused:
        checked_item(notes(tmp_path).own_fields, {**STANDS, **change})
    assert refused.value.violation is violation


def test_values_are_kept_on_one_line_and_choices_as_declared(tmp_path: Path) -> None:
    """Providers do not promise the case of a choice; blank values are as good as none."""
    said: dict[str, Any] = {
        **STANDS,
        "sort": "FACT",
        "text": " Salt\n is\theavy. ",
        "names": ["", "Bo\x00"],
        "place": {"town": "Ulm", "street": " "},
        "weight": 2.0,
    }
    assert checked_item(notes(tmp_path).own_fields, said) == {
        "about": "Salt",
        "sort": "fact",
        "text": "Salt is heavy.",
        "names": ["Bo\N{REPLACEMENT CHARACTER}"],
        "place": {"town": "Ulm"},
        "weight": 2,
    }
