"""What a model may answer under a declared shape, and which of it stands.

The type of an answer checks its form: what is required is there, and of its type; an answer of
another form is repaired or refused as a whole. Choices and bounds are checked item by item, and an
item that breaks one is rejected and counted, so that one bad value does not cost the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import AllowInfNan, BaseModel, ConfigDict, Field, JsonValue, create_model

from footnoted.db.texts import storable
from footnoted.llm.item_tasks import FieldType, ItemField
from footnoted.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

_LARGEST = 2**53
"""Up to which a whole number means the same in every program that reads JSON."""
_SCALARS: dict[FieldType, Any] = {
    FieldType.STRING: str,
    FieldType.NUMBER: Annotated[float, AllowInfNan(allow_inf_nan=False)],
    FieldType.INTEGER: int,
    FieldType.BOOLEAN: bool,
}


class Violation(StrEnum):
    """Why an item was rejected; counts are by these."""

    CHOICE = "choice"
    LENGTH = "length"
    RANGE = "range"
    BLANK = "blank"


class ViolationError(Exception):
    """A value is outside of what its field allows."""

    def __init__(self, violation: Violation) -> None:
        """Say which."""
        super().__init__(violation)
        self.violation = violation


class DeclaredAnswer(BaseModel):
    """The items a model found; made for one shape by `answer_type`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    declared: ClassVar[Mapping[str, Any]] = {}
    items: tuple[BaseModel, ...]

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Return the schema as declared, without unions: providers allow only a few."""
        del core, handler
        return {
            "type": "object",
            "properties": {"items": {"type": "array", "items": dict(cls.declared)}},
            "required": ["items"],
            "additionalProperties": False,
        }

    def values(self) -> list[dict[str, JsonValue]]:
        """Return the items as they came, without what is null or left out."""
        return [
            item.model_dump(mode="json", by_alias=True, exclude_none=True) for item in self.items
        ]


def answer_type(schema: ItemField) -> type[DeclaredAnswer]:
    """Return the type of answers about items of `schema`."""
    items = _list_of(_type_of(schema))
    made = create_model("Answer", __base__=DeclaredAnswer, items=(items, ...))
    made.declared = json_schema(schema)
    return made


def json_schema(field: ItemField) -> dict[str, Any]:
    """Return a field in JSON Schema."""
    said: dict[str, Any] = {"type": field.type.value}
    if field.description:
        said["description"] = field.description
    if field.choices:
        said["enum"] = list(field.choices)
    bounds = {"maxLength": field.max_length, "minimum": field.minimum, "maximum": field.maximum}
    said |= {name: bound for name, bound in bounds.items() if bound is not None}
    if field.element is not None:
        said["items"] = json_schema(field.element)
    if field.type is FieldType.OBJECT:
        said["properties"] = {one.name: json_schema(one) for one in field.fields}
        said["required"] = [one.name for one in field.fields if one.required]
        said["additionalProperties"] = False
    return said


def checked_item(
    fields: Sequence[ItemField], values: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """Return the values as they are kept: texts on one line, choices as declared, nothing blank.

    A whole number is kept as one, so that 230.0 reads 230.

    Raises ViolationError for the first one that its field does not allow.
    """
    kept: dict[str, JsonValue] = {}
    for field in fields:
        value = values.get(field.name)
        found = None if value is None else _checked(field, value)
        if found is not None:
            kept[field.name] = found
        elif field.required:
            raise ViolationError(Violation.BLANK)
    return kept


def _checked(field: ItemField, value: JsonValue) -> JsonValue:
    """Return a value of the field's type as it is kept; None where it says nothing."""
    match value:
        case bool():
            return value
        case str():
            return _text(field, one_line(storable(value), len(value) + 1))
        case int() | float():
            return _number(field, value)
        case list():
            if field.element is None:
                raise AssertionError  # the answer's type has seen to it
            found = [_checked(field.element, one) for one in value]
            kept: list[JsonValue] = [one for one in found if one is not None]
            return kept or ([] if field.required else None)
        case dict():
            return checked_item(field.fields, value) or None
        case None:
            return None


def _text(field: ItemField, text: str) -> str | None:
    if not text:
        return None
    if field.max_length is not None and len(text) > field.max_length:
        raise ViolationError(Violation.LENGTH)
    if not field.choices:
        return text
    # Structured output does not promise the case of a choice.
    choice = {one.casefold(): one for one in field.choices}.get(text.casefold())
    if choice is None:
        raise ViolationError(Violation.CHOICE)
    return choice


def _number(field: ItemField, number: float) -> float:
    low = -_LARGEST if field.minimum is None else field.minimum
    high = _LARGEST if field.maximum is None else field.maximum
    if not low <= number <= high:
        raise ViolationError(Violation.RANGE)
    return int(number) if number == int(number) else number


def _type_of(field: ItemField) -> Any:  # noqa: ANN401 - a type made at run time
    if field.element is not None:
        return _list_of(_type_of(field.element))
    if field.type is not FieldType.OBJECT:
        return _SCALARS[field.type]
    # Attributes have names of their own: a field may be called `copy` or `json`.
    members: dict[str, Any] = {
        f"of_{one.name}": (
            (_type_of(one), Field(alias=one.name))
            if one.required
            else (_type_of(one) | None, Field(default=None, alias=one.name))
        )
        for one in field.fields
    }
    return create_model("Item", __config__=_CLOSED, **members)


def _list_of(element: Any) -> Any:  # noqa: ANN401 - the same
    return tuple.__class_getitem__((element, ...))


_CLOSED = ConfigDict(frozen=True, extra="forbid")
