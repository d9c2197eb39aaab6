"""Chapters that a publisher wrote into the description: lines that begin with a time. Pure.

YouTube takes such a list for chapters when it starts at 0:00 and has three rising times
(https://support.google.com/youtube/answer/9884579); the same rule is used here, so that a lone
`see 12:30` never becomes one.
"""

from __future__ import annotations

import re

from footnoted.sources.port import Chapter

_LINE = re.compile(
    r"^[\s\-\u2022*>(\[]*(?P<time>(?:\d{1,2}:)?\d{1,3}:\d{2})[)\]]?\s*[-\u2013\u2014:|.]*\s*(?P<title>\S.*)$"
)
_TAIL = re.compile(
    r"^(?P<title>\S.*?)\s*[-\u2013\u2014:|]*\s*[(\[]?(?P<time>(?:\d{1,2}:)?\d{1,3}:\d{2})[)\]]?\s*$"
)
_BEGINNING = "0:00"
_LEAST = 3
_MOST = 500
_LONGEST_TITLE = 200


def chapters_in(description: str, duration_ms: int | None) -> tuple[Chapter, ...]:
    """Return the chapters of a description; none unless they are a list of them by that rule."""
    if _BEGINNING not in description:
        return ()  # the usual case costs no pattern: a list of chapters begins at 0:00
    for pattern in (_LINE, _TAIL):
        found = [
            Chapter(start_ms=_ms_of(match["time"]), title=match["title"].strip()[:_LONGEST_TITLE])
            for line in description.splitlines()[: 20 * _MOST]
            if (match := pattern.match(line[: 2 * _LONGEST_TITLE])) is not None
        ]
        chapters = _list_in(found)
        if len(chapters) >= _LEAST and _fits(chapters, duration_ms):
            return tuple(chapters[:_MOST])
    return ()


def _list_in(found: list[Chapter]) -> list[Chapter]:
    """Return the times that rise from the first 0:00 on; a time that falls ends the list."""
    chapters: list[Chapter] = []
    for chapter in found:
        if not chapters:
            if chapter.start_ms == 0:
                chapters.append(chapter)
        elif chapter.start_ms <= chapters[-1].start_ms:
            break
        else:
            chapters.append(chapter)
    return chapters


def _fits(chapters: list[Chapter], duration_ms: int | None) -> bool:
    return duration_ms is None or chapters[-1].start_ms < duration_ms


def _ms_of(clock: str) -> int:
    seconds = 0
    for part in clock.split(":"):
        seconds = seconds * 60 + int(part)
    return seconds * 1000
