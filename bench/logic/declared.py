"""Reads a question for items back: a prompt shows the fields, and the profile how to fill them."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from footnoted.llm.item_tasks import ItemsTask
from footnoted.profiles.declared.declaration import (
    Declaration,
    declared_files,
    read_declaration,
)

if TYPE_CHECKING:
    from footnoted.model.transcript import Cue

PROMPTS = Path(__file__).resolve().parents[2] / "prompts"
_FIELD = re.compile(r"^- (\w+) \(", re.MULTILINE)


def items_task(
    shown: str, about: tuple[str, str, str], cues: tuple[Cue, ...], prompts: Path = PROMPTS
) -> ItemsTask:
    """Return the task of the profile whose fields are `shown`.

    `about` is language, recording and topic. Raises LookupError when no profile has those fields.
    """
    declared = _profile_with(tuple(_FIELD.findall(shown)), prompts)
    language, recording, topic = about
    return ItemsTask(
        language=language,
        recording=recording,
        topic=topic,
        cues=cues,
        fields=declared.schema.fields,
        marks=declared.marks,
        subject=declared.subject,
    )


@lru_cache(maxsize=8)
def _profile_with(names: tuple[str, ...], prompts: Path) -> Declaration:
    for path in declared_files([prompts]):
        declared = read_declaration(path)
        if tuple(field.name for field in declared.schema.fields) == names:
            return declared
    message = f"no profile in {prompts} has the fields {', '.join(names)}"
    raise LookupError(message)
