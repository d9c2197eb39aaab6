"""The requests the conformance tests make."""

from __future__ import annotations

from typing import Any

HAIKU = "claude-haiku-5-5"
SONNET = "claude-sonnet-5-5"
SCHEMA = {
    "type": "object",
    "properties": {
        "kind": {"type": "string", "enum": ["Tool", "Advice"]},
        "count": {"type": "integer"},
        "notes": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["kind", "count", "notes"],
    "additionalProperties": False,
}


def asked(text: str = "What is a lathe?", **changes: Any) -> dict[str, Any]:
    """Return the arguments of a small call that does not think."""
    return {
        "model": HAIKU,
        "max_tokens": 1_000,
        "messages": [{"role": "user", "content": text}],
        "output_config": {"effort": "low"},
        **changes,
    }


def formatted(text: str = "What is a lathe?", **changes: Any) -> dict[str, Any]:
    """Return the arguments of a call for structured output."""
    wanted = {"effort": "low", "format": {"type": "json_schema", "schema": SCHEMA}}
    return asked(text, output_config=wanted, **changes)


def marked(tokens: int, ttl: str = "5m", letter: str = "a") -> dict[str, Any]:
    """Return a text block of so many tokens with a cache breakpoint after it."""
    text = letter * int(tokens * 3.2)
    control = {"type": "ephemeral", "ttl": ttl}
    return {"type": "text", "text": text, "cache_control": control}


def says(text: str, **fields: Any) -> list[dict[str, Any]]:
    """Return answer rules that always give one text."""
    return [{"answers": [{"text": text, **fields}]}]
