"""A small profile that is only data, to be written into a folder and spoiled there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.profiles.declared.declaration import read_declaration

if TYPE_CHECKING:
    from pathlib import Path

    from footnoted.profiles.declared.declaration import Declaration

PROFILE = """\
title = "Notes"
stages = ["transcribe", "items", "pages", "index"]

[models]
items = "extractive"

[item]
quote = "quote"
cues = ["from", "to"]
title = "text"
kind = "sort"

[page]
template = "page.md"

[schema]
type = "object"
required = ["about", "sort", "text", "quote", "from", "to"]

[schema.properties]
about = { type = "string", maxLength = 40, description = "what it is about" }
sort = { type = "string", enum = ["fact", "advice"] }
text = { type = "string", maxLength = 80 }
weight = { type = "number", minimum = 0, maximum = 10 }
names = { type = "array", items = { type = "string" } }
sure = { type = "boolean" }
quote = { type = "string" }
from = { type = "integer" }
to = { type = "integer" }

[schema.properties.place]
type = "object"
required = ["town"]
properties.town.type = "string"
properties.street.type = "string"

[extractive.about]
method = "recording"

[extractive.sort]
method = "words"
words.fact = ["is", "are"]
words.advice = ["always", "never use"]

[extractive.text]
method = "statement"
"""
PROMPT = """\
You take notes. Fields:

{{fields}}

=== user ===
{{language}} {{recording}} {{topic}}

{{transcript}}
"""
TEMPLATE = """\
# {{about}}

{{about}}, as {{page.creator}} tells it.

## Facts

- {{#sort=fact}}{{text}}{{#weight}} ({{weight}} kg){{/weight}}{{/sort}}

## Advice

- {{#sort=advice}}{{text}}{{/sort}}
- {{#sort=advice}}In {{place.town}}: {{names}}{{/sort}}
"""


def write_notes(root: Path, *changes: tuple[str, str], name: str = "notes") -> Path:
    """Write the profile below `root` with `(old, new)` changes; return its `profile.toml`.

    A change is made in every file that has its old text, and must be in one.
    """
    folder = root / name
    folder.mkdir(parents=True)
    files = {"profile.toml": PROFILE, "items.md": PROMPT, "page.md": TEMPLATE}
    for old, new in changes:
        assert any(old in text for text in files.values()), old
        files = {file: text.replace(old, new) for file, text in files.items()}
    for file, text in files.items():
        (folder / file).write_text(text, encoding="utf-8")
    return folder / "profile.toml"


def notes(root: Path, *changes: tuple[str, str]) -> Declaration:
    """Return the profile as declared below `root`."""
    return read_declaration(write_notes(root, *changes))
