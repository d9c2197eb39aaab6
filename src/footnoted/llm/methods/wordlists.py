"""Word lists: text files beside the code, read once and kept.

A list has sections, `[name]` or `[name weight]`; lines that begin with `#` are for people. What
stands before the first section is the section with no name.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from footnoted.errors import ConfigurationError

_HEAD = re.compile(r"\[(?P<name>[a-z]+)(?: (?P<weight>\d+(?:\.\d+)?))?\]")


class Section(NamedTuple):
    """The lines of one section, and its weight (1.0 when none is given)."""

    weight: float
    lines: tuple[str, ...]

    @property
    def words(self) -> frozenset[str]:
        """Return the white-space separated words of all lines."""
        return frozenset(" ".join(self.lines).split())

    @property
    def alternatives(self) -> str:
        """Return the lines as one regular expression of alternatives, in a group."""
        return "(?:" + "|".join(self.lines) + ")"


@lru_cache(maxsize=32)
def read_sections(name: str) -> dict[str, Section]:
    """Return the sections of `words/<name>.txt` in file order; empty when there is no such list.

    Raises ConfigurationError for a line that looks like a section and is none.
    """
    path = files("footnoted.llm.methods").joinpath("words", f"{name}.txt")
    if not path.is_file():
        return {}
    found: dict[str, list[str]] = {}
    weights: dict[str, float] = {}
    current = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current, weights[current] = _head(name, line)
        elif line.strip() and not line.startswith("#"):
            found.setdefault(current, []).append(line.strip())
    return {key: Section(weights.get(key, 1.0), tuple(lines)) for key, lines in found.items()}


def _head(name: str, line: str) -> tuple[str, float]:
    head = _HEAD.fullmatch(line.strip())
    if head is None:
        message = f"word list {name}: {line!r} is no section such as [tip 1.2]"
        raise ConfigurationError(message)
    return head["name"], float(head["weight"] or 1.0)
