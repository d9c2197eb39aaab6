"""The shape of an item: a small part of JSON Schema, read from `[schema]` and checked.

There are objects, strings, numbers, integers, booleans, arrays, choices (`enum`), `required`,
`maxLength`, `minimum` and `maximum`. Whatever else JSON Schema has is refused with its line, never
left aside: a bound that nobody checks is worse than none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from footnoted.llm.item_tasks import FieldType, ItemField
from footnoted.profiles.declared.toml_file import list_of, table_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from footnoted.profiles.declared.toml_file import Keys, TomlFile

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
PAGE: Final = "page"
"""What templates call the page itself; no field may be called that."""
_COMMON: Final = frozenset({"type", "description"})
_KEYWORDS: Final = {
    FieldType.OBJECT: frozenset({"properties", "required"}),
    FieldType.STRING: frozenset({"enum", "maxLength"}),
    FieldType.NUMBER: frozenset({"minimum", "maximum"}),
    FieldType.INTEGER: frozenset({"minimum", "maximum"}),
    FieldType.BOOLEAN: frozenset[str](),
    FieldType.ARRAY: frozenset({"items"}),
}
_DEEPEST: Final = 4
_LARGEST: Final = 1e308
_MOST_OPTIONAL: Final = 24
"""What structured output allows in one request, by the provider's documentation."""


def read_schema(file: TomlFile, keys: Keys) -> ItemField:
    """Return the object that the table at `keys` describes.

    Raises ConfigurationError with the line of whatever is outside of the subset.
    """
    table: Any = file.data
    for key in keys:
        table = table[key]
    schema = _Reader(file).field(keys, table, required=True)
    if schema.type is not FieldType.OBJECT:
        raise file.fault((*keys, "type"), 'an item is an object: type = "object"')
    optional = sum(not field.required for field in every_field(schema))
    if optional > _MOST_OPTIONAL:
        sentence = f"{optional} fields may be left out, and models take at most {_MOST_OPTIONAL}"
        raise file.fault(keys, sentence)
    return schema


def every_field(schema: ItemField) -> Iterator[ItemField]:
    """Yield each field of an object, and each of the objects in it."""
    for field in schema.fields:
        yield field
        yield from every_field(field)
    if schema.element is not None:
        yield from every_field(schema.element)


class _Reader:
    """Reads fields; knows the file only to say where a mistake is."""

    def __init__(self, file: TomlFile) -> None:
        self._file = file

    def field(self, keys: Keys, table: object, *, required: bool, depth: int = 0) -> ItemField:
        """Return the field at `keys`."""
        name = keys[-1]
        said = table_of(table)
        if said is None:
            raise self._file.fault(keys, f"{name} is a table that describes a field")
        if depth > _DEEPEST:
            raise self._file.fault(keys, f"{name} lies deeper than {_DEEPEST} levels")
        kind = self._type(keys, said)
        for keyword in said:
            if keyword not in _COMMON | _KEYWORDS[kind]:
                known = ", ".join(sorted(_COMMON | _KEYWORDS[kind]))
                sentence = f"a field of type {kind} has no {keyword!r} here; it has {known}"
                raise self._file.fault((*keys, keyword), sentence)
        return ItemField(
            name=name,
            type=kind,
            required=required,
            description=" ".join(self._text(keys, said, "description").split()),
            choices=self._choices(keys, said),
            max_length=self._length(keys, said),
            minimum=self._bound(keys, said, "minimum"),
            maximum=self._bound(keys, said, "maximum"),
            element=self._element(keys, said, depth) if kind is FieldType.ARRAY else None,
            fields=self._fields(keys, said, depth) if kind is FieldType.OBJECT else (),
        )

    def _type(self, keys: Keys, said: Mapping[str, Any]) -> FieldType:
        kind = said.get("type")
        if kind not in list(FieldType):
            sentence = f"{keys[-1]} needs a type: {', '.join(FieldType)}"
            raise self._file.fault((*keys, "type"), sentence)
        return FieldType(kind)

    def _text(self, keys: Keys, said: Mapping[str, Any], keyword: str) -> str:
        value = said.get(keyword, "")
        if not isinstance(value, str):
            raise self._file.fault((*keys, keyword), f"{keyword} is a text")
        return value

    def _choices(self, keys: Keys, said: Mapping[str, Any]) -> tuple[str, ...]:
        if "enum" not in said:
            return ()
        choices = names_in(said["enum"])
        if not choices:
            sentence = "enum is a list of different texts, none of them empty"
            raise self._file.fault((*keys, "enum"), sentence)
        return choices

    def _length(self, keys: Keys, said: Mapping[str, Any]) -> int | None:
        length = said.get("maxLength")
        if length is not None and (type(length) is not int or length < 1):
            raise self._file.fault((*keys, "maxLength"), "maxLength is a whole number from 1")
        return length

    def _bound(self, keys: Keys, said: Mapping[str, Any], keyword: str) -> float | None:
        bound = said.get(keyword)
        if bound is None:
            return None
        # TOML knows nan and inf, JSON does not; a whole number of TOML may be beyond any float.
        if type(bound) not in (int, float) or not -_LARGEST <= bound <= _LARGEST:
            raise self._file.fault((*keys, keyword), f"{keyword} is a number within 1e308")
        if keyword == "maximum" and bound < said.get("minimum", bound):
            raise self._file.fault((*keys, keyword), "maximum is below minimum")
        return float(bound)

    def _element(self, keys: Keys, said: Mapping[str, Any], depth: int) -> ItemField:
        if "items" not in said:
            raise self._file.fault(keys, f"{keys[-1]} is an array and needs items")
        return self.field((*keys, "items"), said["items"], required=True, depth=depth + 1)

    def _fields(self, keys: Keys, said: Mapping[str, Any], depth: int) -> tuple[ItemField, ...]:
        table = table_of(said.get("properties"))
        if not table:
            raise self._file.fault(keys, f"{keys[-1]} is an object and needs properties")
        inside = (*keys, "properties")
        for name in table:
            if NAME.fullmatch(name) is None or name == PAGE:
                sentence = f"{name!r} is no name for a field: letters a-z, digits and _, not {PAGE}"
                raise self._file.fault((*inside, name), sentence)
        required = self._required(keys, said, table)
        return tuple(
            self.field((*inside, name), one, required=name in required, depth=depth + 1)
            for name, one in table.items()
        )

    def _required(
        self, keys: Keys, said: Mapping[str, Any], properties: Mapping[str, Any]
    ) -> frozenset[str]:
        at = (*keys, "required")
        names = names_in(said.get("required", []))
        if names is None:
            raise self._file.fault(at, "required is a list of different names")
        for name in names:
            if name not in properties:
                raise self._file.fault(at, f"required names {name!r}, which is no property")
        return frozenset(names)


def names_in(value: object) -> tuple[str, ...] | None:
    """Return a list of different texts, none of them blank; None for anything else."""
    texts = list_of(value)
    if texts is None or not all(isinstance(text, str) and text.strip() for text in texts):
        return None
    return tuple(texts) if len({text.casefold() for text in texts}) == len(texts) else None
