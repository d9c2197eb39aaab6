"""The files beside a `profile.toml`: its prompts and its page template, read and checked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from footnoted.errors import ConfigurationError
from footnoted.profiles.declared.fillings import TAXONOMY
from footnoted.profiles.declared.question import GIVEN, SETTLED
from footnoted.profiles.declared.template import read_template
from footnoted.prompting import Prompt, fault_at, find_resource, parse_prompt, read_text
from footnoted.stages.wording import OUTPUT_LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from footnoted.profiles.declared.declaration import Declaration
    from footnoted.profiles.declared.template import PageTemplate

_DIVIDER: Final = "=== user ==="
_PLACEHOLDER: Final = re.compile(r"\{\{(.*?)\}\}")
_NEEDED: Final = "transcript"
_SEGMENT_GIVEN: Final = ("language", OUTPUT_LANGUAGE, "chapters", "transcript")
_USUAL: Final = "techniques"
"""Whose prompt divides a transcript into topics where a profile has none of its own."""


def read_prompts(declared: Declaration, roots: Sequence[Path]) -> dict[str, Prompt]:
    """Return the prompt of each stage that asks models.

    Raises ConfigurationError with file and line for one that is missing, or that asks for what its
    stage does not give.
    """
    prompts = {"items": _prompt(declared, roots, "items")}
    if "segment" in declared.stages:
        prompts["segment"] = _prompt(declared, roots, "segment")
    return prompts


def read_page_template(declared: Declaration, roots: Sequence[Path]) -> PageTemplate | None:
    """Return the template of the profile's pages; None where it has no pages."""
    if declared.template is None:
        return None
    path = _found(declared, roots, declared.template, ("page", "template"))
    return read_template(path, declared.own_fields)


def _prompt(declared: Declaration, roots: Sequence[Path], stage: str) -> Prompt:
    path = _found(declared, roots, f"{stage}.md", ("stages",))
    text = read_text(path)
    settled, given = (_settled(declared), GIVEN) if stage == "items" else ((), _SEGMENT_GIVEN)
    lines = text.split("\n")
    if _DIVIDER not in lines[1:]:
        sentence = f"the line {_DIVIDER!r} between the system and the user part is missing"
        raise fault_at(path, len(lines), sentence)
    border = lines.index(_DIVIDER, 1)
    asked: set[str] = set()
    for number, line in enumerate(lines):
        known = settled if number < border else (*settled, *given)
        for name in _PLACEHOLDER.findall(line):
            if name not in known:
                sentence = f"no {{{{{name}}}}} is to be had in this part; {_listed(known)}"
                raise fault_at(path, number + 1, sentence)
            asked.add(name)
    if _NEEDED not in asked:
        sentence = (
            f"{{{{{_NEEDED}}}}} stands nowhere, so the model would see nothing of what was said"
        )
        raise fault_at(path, border + 1, sentence)
    return parse_prompt(f"{declared.name}/{path.name}", text)


def _settled(declared: Declaration) -> tuple[str, ...]:
    return tuple(name for name in SETTLED if name != TAXONOMY or declared.taxonomy)


def _listed(known: Sequence[str]) -> str:
    return "there is " + (", ".join(f"{{{{{name}}}}}" for name in known) or "none")


def _found(declared: Declaration, roots: Sequence[Path], name: str, keys: tuple[str, ...]) -> Path:
    """Return the profile's own file, else one of the same profile below another root.

    Raises ConfigurationError that names the line which asks for it.
    """
    homes = [declared.name, _USUAL] if name == "segment.md" else [declared.name]
    for home in homes:
        try:
            return find_resource(roots, f"{home}/{name}")
        except ConfigurationError:
            continue
    raise declared.file.fault(keys, f"{name} is missing in {declared.path.parent}")
