"""A TOML file that knows on which line each of its keys stands, so that a mistake has a place."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from footnoted.prompting import fault_at, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from footnoted.errors import ConfigurationError

_AT_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")

Keys = tuple[str, ...]
"""A key with those of the tables it stands in, the outermost first."""


@dataclass(frozen=True, slots=True)
class TomlFile:
    """What a file says, and where."""

    path: Path
    data: Mapping[str, Any]
    lines: Mapping[Keys, int]

    def fault(self, keys: Keys, sentence: str) -> ConfigurationError:
        """Return the error that names the line of a key, or of the nearest table around it."""
        while keys and keys not in self.lines:
            keys = keys[:-1]
        return fault_at(self.path, self.lines.get(keys, 1), sentence)


def read_toml(path: Path) -> TomlFile:
    """Return the file; raise ConfigurationError with the line of what TOML does not allow."""
    text = read_text(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        line = int(at[1]) if at and at[1] else text.count("\n") + 1
        what = _AT_LINE.sub("", str(error))
        raise fault_at(path, line, f"is not TOML: {what}") from None
    return TomlFile(path, data, lines_of(text))


def table_of(value: object) -> Mapping[str, Any] | None:
    """Return a value as the table it is; None for anything else."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def list_of(value: object) -> Sequence[Any] | None:
    """Return a value as the list it is; None for anything else."""
    return cast("Sequence[Any]", value) if isinstance(value, list) else None


def lines_of(text: str) -> dict[Keys, int]:
    """Return the line, from 1, on which each key of a valid TOML text first stands."""
    lines: dict[Keys, int] = {}
    table: Keys = ()
    for number, statement in _statements(text):
        said = tomllib.loads(statement)
        if statement.lstrip().startswith("["):
            table = _only_path(said)
            _note(lines, table, number)
        else:
            for keys in _paths(said):
                _note(lines, (*table, *keys), number)
    return lines


def _note(lines: dict[Keys, int], keys: Keys, number: int) -> None:
    for upto in range(1, len(keys) + 1):
        lines.setdefault(keys[:upto], number)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield each header and each `key = value`, with the line it begins on."""
    begun, parts = 0, list[str]()
    # Not splitlines: a separator of Unicode inside a text ends no line of TOML.
    for number, line in enumerate(text.split("\n"), start=1):
        if not parts and (not line.strip() or line.lstrip().startswith("#")):
            continue
        begun = begun if parts else number
        parts.append(line)
        statement = "\n".join(parts)
        if _is_whole(statement):
            yield begun, statement
            parts = []


def _is_whole(statement: str) -> bool:
    try:
        tomllib.loads(statement)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _only_path(said: Mapping[str, Any]) -> Keys:
    """Return the table that a header opens."""
    keys: list[str] = []
    inner: Mapping[str, Any] | None = said
    while inner:
        key, value = next(iter(inner.items()))
        keys.append(key)
        array = list_of(value)
        inner = table_of(array[0] if array else value)
    return tuple(keys)


def _paths(said: Mapping[str, Any]) -> Iterator[Keys]:
    for key, value in said.items():
        yield (key,)
        for inner in _paths(table_of(value) or {}):
            yield (key, *inner)
