"""A person's patterns over text from the net, searched within a time limit.

A pattern like `(a+)+$` takes ages on the right text, and the text comes from strangers.
"""

from __future__ import annotations

import regex

from footnoted.errors import UsageError

MAX_PATTERN_CHARS = 500
MAX_SEARCHED_CHARS = 20_000
LIMIT_S = 0.1


def check_pattern(text: str) -> str:
    """Return the pattern as it is. Raises UsageError where it is none, or too long."""
    if len(text) > MAX_PATTERN_CHARS:
        message = f"a pattern has at most {MAX_PATTERN_CHARS} characters, this one {len(text)}"
        raise UsageError(message)
    if not text.strip():
        message = "a pattern cannot be empty: it would fit everything"
        raise UsageError(message)
    try:
        regex.compile(text, regex.IGNORECASE)
    except (regex.error, ValueError, OverflowError, RecursionError) as error:
        message = f"{text!r} is no regular expression: {error}"
        raise UsageError(message) from None
    return text


def is_found(pattern: str, text: str, limit_s: float = LIMIT_S) -> bool | None:
    """Return whether `pattern` is found anywhere in `text`, whatever the case.

    None says that the search was given up after `limit_s`.
    """
    try:
        found = regex.search(
            pattern, text[:MAX_SEARCHED_CHARS], regex.IGNORECASE, timeout=limit_s, concurrent=True
        )
    except TimeoutError:
        return None
    return found is not None
