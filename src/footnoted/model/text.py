"""Text from outside as the database and a terminal can take it."""

from __future__ import annotations

import unicodedata


def one_line(text: str, limit: int) -> str:
    """Return `text` on one line without control characters, at most `limit` characters long.

    What is too long is cut at a word where there is one, and ends in an ellipsis.
    """
    visible = "".join(char if _is_text(char) else " " for char in text)
    line = " ".join(visible.split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    at = cut.rfind(" ")
    return (cut[:at] if at > limit // 2 else cut).rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def clock_time(time_ms: int) -> str:
    """Return a time as people write it: `1:02`, and `1:01:02` from the first hour on."""
    minutes, seconds = divmod(time_ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _is_text(char: str) -> bool:
    """Return whether PostgreSQL stores `char` and a terminal only shows it."""
    return unicodedata.category(char) not in ("Cc", "Cs")
