"""The values of sidecars: what stands beside a recording, believed only as far as it parses.

A value that does not parse is a problem that names file, line and field; the others still count.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from footnoted.db.texts import storable
from footnoted.sources.port import Chapter, Facts, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from footnoted.model.transcript import TranscriptOrigin

MAX_SIDECAR_BYTES = 64 * 2**20
"""Sidecars are read whole; yt-dlp's largest have a few MiB."""

_MAX_DURATION_S = 10_000_000
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,4}):(\d{1,2}(?:\.\d+)?)")
_COMPACT_DATE = re.compile(r"\d{8}")
_CHAPTER = re.compile(r"\s*([\d:.]+)\s*[-\u2013\u2014]?\s+(.+?)\s*")
_CHAPTER_BREAK = re.compile(r"[|;\n]")
_TAG_BREAK = re.compile(r"[|;,\n]")

ValueT = TypeVar("ValueT")


@dataclass(slots=True)
class Sidecar:
    """What one sidecar says of one recording.

    `caption_origins` tells by language tag which captions a person wrote and which a machine.
    """

    facts: Facts = field(default_factory=Facts)
    problems: list[Problem] = field(default_factory=list[Problem])
    caption_origins: dict[str, TranscriptOrigin] = field(
        default_factory=dict[str, "TranscriptOrigin"]
    )


@dataclass(slots=True)
class Fields:
    """The fields of one record while they are read: good values gather, bad ones are problems."""

    path: str
    line: int | None = None
    problems: list[Problem] = field(default_factory=list[Problem])
    _values: dict[str, Any] = field(default_factory=dict[str, Any])

    def read(self, name: str, label: str, raw: object, parse: Callable[[Any], object]) -> None:
        """Keep `parse(raw)` as `name`, or note what is wrong with the field the file calls `label`.

        None and blank say nothing, and the first value of a name counts.
        """
        if raw is None or name in self._values or (isinstance(raw, str) and not raw.strip()):
            return
        try:
            value = parse(raw)
        except ValueError as error:
            self.note(f"{label} {error}")
        else:
            if value is not None:
                self._values[name] = value

    def note(self, reason: str) -> None:
        """Note a problem of this record."""
        self.problems.append(Problem(path=self.path, line=self.line, reason=storable(reason)))

    def facts(self) -> Facts:
        """Return the good values."""
        return Facts.model_validate(self._values)


def text_of(raw: object) -> str | None:
    """Return one line of text; blank is None. Raises ValueError for anything but text."""
    return " ".join(long_text_of(raw).split()) or None


def long_text_of(raw: object) -> str:
    """Return text with its line breaks. Raises ValueError for anything but text."""
    if not isinstance(raw, str):
        message = f"is no text but {_shown(raw)}"
        raise ValueError(message)  # noqa: TRY004 - every bad value is one kind of finding
    return storable(raw).strip()


def url_of(raw: object) -> str | None:
    """Return a web address. Others (`javascript:`, `file:`) would end up as links on pages."""
    url = text_of(raw)
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in {"http", "https"} or not parts.netloc or " " in url:
        message = f"is no http or https address: {_shown(url)}"
        raise ValueError(message)
    return url


def time_of(raw: object) -> datetime:
    """Return a moment in UTC from ISO 8601, `20260131`, or seconds since 1970."""
    try:
        return _time_of(raw)
    except (ValueError, OverflowError, OSError):
        message = f"is no date like 2026-01-31: {_shown(raw)}"
        raise ValueError(message) from None


def _time_of(raw: object) -> datetime:
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return datetime.fromtimestamp(raw, UTC)
    text = long_text_of(raw)
    if _COMPACT_DATE.fullmatch(text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def duration_ms_of(raw: object) -> int:
    """Return milliseconds from seconds or `1:02:03`."""
    seconds = _seconds_of(raw)
    if seconds is None or not math.isfinite(seconds) or not 0 <= seconds <= _MAX_DURATION_S:
        message = f"is no time in seconds or h:mm:ss: {_shown(raw)}"
        raise ValueError(message)
    return round(seconds * 1000)


def _seconds_of(raw: object) -> float | None:
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int | float):
        return float(raw) if abs(raw) <= _MAX_DURATION_S else None
    text = raw.strip() if isinstance(raw, str) else ""
    clock = _CLOCK.fullmatch(text)
    if clock is not None:
        return int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + float(clock[3])
    try:
        return float(text)
    except ValueError:
        return None


def tags_of(raw: object) -> tuple[str, ...]:
    """Return distinct tags in order, from a list or from text divided by `;`, `,` or `|`."""
    parts: list[object] = (
        [*raw] if isinstance(raw, list) else [*_TAG_BREAK.split(long_text_of(raw))]
    )  # pyright: ignore[reportUnknownArgumentType] - a JSON list
    return tuple(dict.fromkeys(tag for part in parts if (tag := text_of(part))))


def chapters_of(raw: str) -> tuple[Chapter, ...]:
    """Return chapters from `0:00 Intro; 1:30 Setup`, in the order of their times."""
    chapters: list[Chapter] = []
    for part in _CHAPTER_BREAK.split(long_text_of(raw)):
        if not part.strip():
            continue
        found = _CHAPTER.fullmatch(part)
        if found is None:
            message = f"has a chapter that is not like `1:30 Title`: {_shown(part)}"
            raise ValueError(message)
        chapters.append(Chapter(start_ms=duration_ms_of(found[1]), title=found[2]))
    return tuple(sorted(chapters, key=lambda chapter: chapter.start_ms))


def _shown(raw: object) -> str:
    text = repr(raw)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 - fits one line
