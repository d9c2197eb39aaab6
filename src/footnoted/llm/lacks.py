"""What a server that speaks the Messages API may lack, as the settings name it."""

from __future__ import annotations

from enum import StrEnum

from footnoted.errors import ConfigurationError


class Lack(StrEnum):
    """A part of the Messages API that a local server may not have."""

    STRUCTURED_OUTPUT = "structured_output"
    COUNT_TOKENS = "count_tokens"
    PROMPT_CACHE = "prompt_cache"
    EFFORT = "effort"
    BATCHES = "batches"


def parse_lacks(text: str) -> frozenset[str]:
    """Return the words of a list by commas; raise ConfigurationError for one that means nothing."""
    words = {word.strip() for word in text.split(",")} - {""}
    known = [lack.value for lack in Lack]
    if unknown := sorted(words - set(known)):
        message = (
            f"FOOTNOTED_ANTHROPIC_LACKS: {unknown[0]!r} is nothing that a server can lack;"
            f" there is {', '.join(known)}"
        )
        raise ConfigurationError(message)
    return frozenset(words)
