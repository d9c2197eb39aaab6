"""Why an output is stale: each part of its fingerprint that would be another one today."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from footnoted.llm.model_facts import LEAST_EFFORT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from footnoted.pipeline.orders.order import Order

STAGE_ADDED = "stage added"
UNFINISHED = "begun, and not finished"
INPUT = "input"
TRANSCRIPT = "transcript"
FRESH = "fresh answers"
_HASH = re.compile(r"[0-9a-f]{64}")
_SHOWN = 4
_NAMED = {
    "version": "stage version",
    "model": "model",
    "prompt": "prompt",
    "format": "form of answers",
    "schema_prompt": "prompt schema.md",
    "base_url": "server",
    TRANSCRIPT: "transcript version",
}
_USUAL = {"effort": LEAST_EFFORT, "format": "schema", "base_url": "Anthropic's"}
"""What holds where a fingerprint of today says nothing; an old one says nothing of these at all."""


class Edge(NamedTuple):
    """A part that changed; `before` and `now` are None where there is nothing to compare."""

    part: str
    before: str | None = None
    now: str | None = None

    def words(self, stage: str) -> str:
        """Return the edge as a person reads it, such as `prompt segment.md 3f2a→91bc`."""
        match self.part:
            case "prompt":
                name = f"prompt {stage}.md"
            case "input":
                name = "what it is given"
            case part if part.startswith("taxonomy:"):
                name = f'taxonomy "{part.partition(":")[2]}"'
            case part:
                name = _NAMED.get(part, part)
        if self.before is None and self.now is None:
            return name
        if self.before is None and self.part in _USUAL:
            return f"{name} now {_short(self.now)}"
        now = self.now or _USUAL.get(self.part)
        return f"{name} {_short(self.before)}\N{RIGHTWARDS ARROW}{_short(now)}"


def edges_of(order: Order | None, parts: Mapping[str, str]) -> tuple[Edge, ...]:
    """Return the parts in which the recorded output of a stage differs from `parts`."""
    if order is None:
        return (Edge(STAGE_ADDED),)
    if order.output_sha256 is None:
        return (Edge(UNFINISHED),)
    names = sorted(order.parts.keys() | parts.keys())
    return tuple(
        Edge(name, order.parts.get(name), parts.get(name))
        for name in names
        if order.parts.get(name) != parts.get(name)
    )


def _short(value: str | None) -> str:
    if value is None:
        return "none"
    return value[:_SHOWN] if _HASH.fullmatch(value) else value
