"""Emulator logic: answers footnoted's prompts with the methods of its built-in model.

    python -m tests.emulator --logic bench/logic/extractive.py

The prompt is all it sees, so what it quotes went through the prompt and back. A question that was
answered before is answered from memory.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bench.logic import reading
from footnoted.llm.extractive import answer_task

if TYPE_CHECKING:
    from collections.abc import Mapping

CONFIGURED = ("classify", "subtopics", "items")
"""Whose rules hold configuration; those of the others are not read."""


def answer(request: Mapping[str, Any]) -> object:
    """Return the answer as text; None for a request that is none of footnoted's."""
    stage = reading.stage_of(request)
    if stage is None:
        return None
    system = reading.text_of(request["system"]) if stage in CONFIGURED else ""
    return _answered(stage, system, reading.text_of(request["messages"][0]["content"]))


@lru_cache(maxsize=10_000)
def _answered(stage: str, system: str, user: str) -> str:
    asked = reading.read(stage, system, user)
    told = answer_task(asked.task).model_dump(mode="json")
    return json.dumps(reading.with_ends(told, asked), ensure_ascii=False)
