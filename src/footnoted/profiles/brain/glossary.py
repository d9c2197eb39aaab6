"""How names and terms are written, and what they are misheard as: a file of the user's.

One entry a line, `written` or `written: heard, heard`; lines that begin with `#` are for people.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.errors import ConfigurationError
from footnoted.llm.brain_tasks import GlossaryEntry
from footnoted.prompting import find_resource, read_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Glossary:
    """The entries in their order; `sha256` of the file is their version."""

    entries: tuple[GlossaryEntry, ...]
    sha256: str


def read_glossary(roots: Sequence[Path], profile: str) -> Glossary:
    """Return the glossary of a profile from the first root that has one.

    Raises ConfigurationError, naming the line, for what is no entry or says two things.
    """
    path = find_resource(roots, f"{profile}/glossary.txt")
    return parse_glossary(str(path), read_text(path))


def parse_glossary(name: str, text: str) -> Glossary:
    """Return the glossary that `text` holds; `name` is for the message."""
    entries: list[GlossaryEntry] = []
    meaning: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        plain = line.strip()
        if not plain or plain.startswith("#"):
            continue
        written, _, rest = plain.partition(":")
        heard = tuple(form.strip() for form in rest.split(",") if form.strip())
        if not written.strip() or max(map(len, (written, *heard))) > _LONGEST:
            message = f"{name}, line {number}: {plain[:60]!r} is no entry such as `FOCIL: fossil`"
            raise ConfigurationError(message)
        for form in heard:
            if meaning.setdefault(form.casefold(), written.strip()) != written.strip():
                message = f"{name}, line {number}: {form!r} is misheard for two things"
                raise ConfigurationError(message)
        entries.append(GlossaryEntry(written=written.strip(), heard=heard))
    return Glossary(tuple(entries), hashlib.sha256(text.encode()).hexdigest())
