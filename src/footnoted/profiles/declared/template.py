"""The template of a page: Markdown whose lines become claims, each resting on one item.

    # {{dish}}                                 the title; items with the same one share a page
    What {{page.creator}} says of it.          an optional summary, of the title's fields
    ## Ingredients                             a heading
    - {{#kind=ingredient}}{{text}}{{/kind}}    a claim for every item that has all it names

`{{field}}` puts a value in, `{{a.b}}` one of an object. What stands between `{{#field}}` and
`{{/field}}` is there for items that have the field, or with `{{#field=choice}}` that one choice of
it. A line that names a field outside such a part leaves out the items that lack the field.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.llm.item_tasks import FieldType, ItemField
from footnoted.profiles.declared.schema import PAGE
from footnoted.prompting import fault_at, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pydantic import JsonValue

    from footnoted.errors import ConfigurationError

_MARK = re.compile(r"\{\{([^{}]*)\}\}")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_PAGE_NAMES = ("creator", "category")
_SHOWN = (FieldType.STRING, FieldType.NUMBER, FieldType.INTEGER)


@dataclass(frozen=True, slots=True)
class Value:
    """A place for a value."""

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What is there only for items that have a value, or that choice of it."""

    path: tuple[str, ...]
    choice: str | None
    inside: Line


Line = tuple["str | Value | Part", ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, and the lines below it."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class PageTemplate:
    """A template as read; `sha256` is its version."""

    title: Line
    summary: Line
    sections: tuple[Section, ...]
    sha256: str


def render(line: Line, values: Mapping[str, JsonValue]) -> str | None:
    """Return the line with values in their places; None where one is lacking or nothing is left."""
    shown = _shown(line, values)
    text = " ".join((shown or "").split())
    return text if any(char.isalnum() for char in text) else None


def read_template(path: Path, fields: Sequence[ItemField]) -> PageTemplate:
    """Return the template in a file.

    Raises ConfigurationError with the line of whatever is no template for items of `fields`.
    """
    text = read_text(path)
    return _Reader(path, fields).template(text)


class _Reader:
    """Reads a template line by line against the fields there are."""

    def __init__(self, path: Path, fields: Sequence[ItemField]) -> None:
        self._path = path
        page = tuple(ItemField(name=name, type=FieldType.STRING) for name in _PAGE_NAMES)
        self._page = ItemField(name=PAGE, type=FieldType.OBJECT, fields=page)
        self._fields = fields
        self._number = 1

    def template(self, text: str) -> PageTemplate:
        """Return the whole template."""
        title: Line | None = None
        summary: list[str | Value | Part] = []
        sections: list[tuple[int, str, list[Line]]] = []
        for self._number, line in _lines(text):
            if line.startswith("# ") and title is None:
                title = self._titled(line[2:])
            elif title is None:
                raise self._fault(self._number, "a template begins with its title: '# ...'")
            elif line.startswith("## "):
                sections.append((self._number, self._heading(line[3:]), []))
            elif line.startswith("- ") and sections:
                sections[-1][2].append(self._claim(line[2:]))
            elif not sections:
                summary += (*self._line(line, self._fields_of(title)), " ")
            else:
                raise self._fault(self._number, "below a heading every line is a claim: '- ...'")
        for self._number, heading, lines in sections:
            if not lines:
                raise self._fault(self._number, f"there is no claim below the heading {heading!r}")
        if title is None or not sections:
            raise self._fault(
                self._number, "a template has a title ('# ...') and headings ('## ...') with claims"
            )
        made = tuple(Section(heading, tuple(lines)) for _, heading, lines in sections)
        digest = hashlib.sha256(text.encode()).hexdigest()
        return PageTemplate(title, tuple(summary), made, digest)

    def _titled(self, text: str) -> Line:
        line = self._line(text, [self._page, *self._fields])
        for piece in line:
            match piece:
                case Value(path) if path[0] != PAGE and not self._is_settled(path):
                    sentence = f"{'.'.join(path)} is in the title, so every item must have it"
                    raise self._fault(self._number, f"{sentence}: a required string")
                case Part():
                    raise self._fault(self._number, "a title has no part that some items lack")
                case _:
                    pass
        return line

    def _claim(self, text: str) -> Line:
        line = self._line(text, [self._page, *self._fields])
        if not any(path[0] != PAGE for path in _paths(line)):
            raise self._fault(self._number, "a claim names at least one field of its item")
        return line

    def _heading(self, text: str) -> str:
        if _MARK.search(text):
            raise self._fault(
                self._number, "a heading is the same for all items; it has no {{...}}"
            )
        return text.strip()

    def _fields_of(self, title: Line) -> list[ItemField]:
        """Return what is the same for all items of a page."""
        named = {path[0] for path in _paths(title)}
        return [self._page, *(field for field in self._fields if field.name in named)]

    def _is_settled(self, path: Sequence[str]) -> bool:
        field = self._find(path, self._fields)
        return len(path) == 1 and field.required and field.type is FieldType.STRING

    def _line(self, text: str, fields: Sequence[ItemField]) -> Line:
        stack: list[tuple[Part, list[str | Value | Part]]] = []
        line: list[str | Value | Part] = []
        place = 0
        for mark in _MARK.finditer(text):
            line.append(text[place : mark.start()])
            place, name = mark.end(), mark[1].strip()
            if name.startswith("#"):
                stack.append((self._opened(name[1:], fields), line))
                line = []
            elif name.startswith("/"):
                if not stack or ".".join(stack[-1][0].path) != name[1:].strip():
                    raise self._fault(self._number, f"{mark[0]} closes nothing that is open here")
                part, outside = stack.pop()
                line = [*outside, Part(part.path, part.choice, tuple(line))]
            else:
                line.append(self._value(name, fields))
        if stack:
            raise self._fault(
                self._number, f"{{{{#{'.'.join(stack[-1][0].path)}}}}} is never closed"
            )
        if "{{" in text[place:] or "}}" in _MARK.sub("", text):
            raise self._fault(self._number, "{{ and }} stand in pairs around one name")
        return tuple(piece for piece in (*line, text[place:]) if piece != "")

    def _opened(self, name: str, fields: Sequence[ItemField]) -> Part:
        dotted, equals, choice = (side.strip() for side in name.partition("="))
        path = tuple(dotted.split("."))
        field = self._find(path, fields)
        if not equals:
            return Part(path, None, ())
        if choice not in field.choices:
            known = ", ".join(field.choices) or "no enum"
            raise self._fault(self._number, f"{dotted} is never {choice!r}; it has {known}")
        return Part(path, choice, ())

    def _value(self, name: str, fields: Sequence[ItemField]) -> Value:
        path = tuple(name.split("."))
        field = self._find(path, fields)
        shown = field.element if field.element is not None else field
        if shown.type not in _SHOWN:
            sentence = f"{name} is of type {shown.type} and cannot be shown as text"
            raise self._fault(self._number, f"{sentence}; texts, numbers and lists of them can")
        return Value(path)

    def _find(self, path: Sequence[str], fields: Sequence[ItemField]) -> ItemField:
        found: ItemField | None = None
        for name in path:
            found = next((field for field in fields if field.name == name), None)
            if found is None:
                known = ", ".join(field.name for field in fields) or "none"
                raise self._fault(
                    self._number, f"no field {'.'.join(path)!r} is to be had here; there is {known}"
                )
            fields = found.fields
        if found is None:
            raise AssertionError  # a path has at least one name
        return found

    def _fault(self, number: int, sentence: str) -> ConfigurationError:
        return fault_at(self._path, number, sentence)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line that says something with its number; comments say nothing."""
    blanked = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
    for number, line in enumerate(blanked.split("\n"), start=1):
        if line.strip():
            yield number, line.strip()


def _paths(line: Iterable[str | Value | Part]) -> Iterator[tuple[str, ...]]:
    for piece in line:
        match piece:
            case Value(path):
                yield path
            case Part(path, _, inside):
                yield path
                yield from _paths(inside)
            case str():
                pass


def _shown(line: Line, values: Mapping[str, JsonValue]) -> str | None:
    shown: list[str] = []
    for piece in line:
        match piece:
            case str():
                shown.append(piece)
            case Value(path):
                value = _at(path, values)
                if value is None:
                    return None
                shown.append(_text(value))
            case Part(path, choice, inside):
                value = _at(path, values)
                if value is None or value is False or (choice is not None and value != choice):
                    continue
                within = _shown(inside, values)
                if within is None:
                    return None
                shown.append(within)
    return "".join(shown)


def _at(path: Sequence[str], values: Mapping[str, JsonValue]) -> JsonValue:
    value: JsonValue = dict(values)
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return None if value == [] else value


def _text(value: JsonValue) -> str:
    match value:
        case list():
            return ", ".join(map(_text, value))
        case _:
            return str(value)
