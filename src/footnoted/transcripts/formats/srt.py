"""SubRip, and everything that looks like it: forgiving where real files are careless.

Also reads WebVTT that lost its signature or writes commas: a timing line is what counts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from footnoted.model.transcript import TranscriptFormat
from footnoted.transcripts.formats.markup import plain_text, without_styles
from footnoted.transcripts.reading import RawCue, Reading

if TYPE_CHECKING:
    from collections.abc import Iterator

_STAMP = r"(?:([0-9]{1,4}):)?([0-9]{1,2}):([0-9]{1,2})(?:[.,:]([0-9]{1,3}))?"
_TIMINGS = re.compile(rf"^[ \t]*{_STAMP}[ \t]*-{{1,2}}>[ \t]*{_STAMP}(?![0-9])")
_COUNTER = re.compile(r"^[ \t]*[0-9]{1,9}[ \t]*$")
_WORD_TIME = re.compile(r"<[0-9]{1,2}:[0-9:.,]{2,16}>")


class _Block(NamedTuple):
    start_ms: int
    end_ms: int
    lines: list[str]


def read_srt(text: str, *, as_format: TranscriptFormat = TranscriptFormat.SRT) -> Reading:
    """Return the raw cues of a SubRip text; one without readable times has none and is noted."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").split("\n")
    blocks = list(_blocks(lines))
    arrows = sum(1 for line in lines if "-->" in line)
    cues = [
        RawCue(
            block.start_ms,
            block.end_ms,
            plain_text(without_styles(body)),
            None,
            bool("<" in body and _WORD_TIME.search(body[body.rfind("\n") + 1 :])),
        )
        for block in blocks
        for body in ("\n".join(block.lines),)
    ]
    broken = arrows - len(blocks)
    notes = (f"{broken} cues with unreadable times left out",) if broken > 0 and cues else ()
    return Reading(format=as_format, cues=cues, notes=notes)


def has_timing_line(text: str) -> bool:
    """Return whether any line of the text is a `time --> time` line."""
    return "->" in text and any(_TIMINGS.match(line) for line in text.splitlines() if "->" in line)


def _blocks(lines: list[str]) -> Iterator[_Block]:
    """Yield a block per timing line; its text runs to the next one, less that one's counter."""
    found = [
        (at, timing)
        for at, line in enumerate(lines)
        if "->" in line and (timing := _TIMINGS.match(line))
    ]
    for nth, (at, timing) in enumerate(found):
        end = found[nth + 1][0] if nth + 1 < len(found) else len(lines)
        is_last = nth + 1 == len(found)
        groups = timing.groups()
        yield _Block(
            _milliseconds(groups[:4]),
            _milliseconds(groups[4:]),
            _body(lines[at + 1 : end], is_last=is_last),
        )


def _body(lines: list[str], *, is_last: bool) -> list[str]:
    """Return a cue's own lines: without the next cue's identifier or a cue that has no times."""
    if not is_last and lines and lines[-1].strip() and _is_identifier(lines):
        lines = lines[:-1]
    for at, line in enumerate(lines):
        if at and _COUNTER.match(line) and not lines[at - 1].strip():
            lines = lines[:at]  # a counter after a blank line, and no times: a broken cue
            break
    return "\n".join(line for line in lines if "-->" not in line).rstrip("\n").split("\n")


def _is_identifier(lines: list[str]) -> bool:
    return bool(_COUNTER.match(lines[-1])) or len(lines) == 1 or not lines[-2].strip()


def _milliseconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, fraction = parts
    whole_s = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)
    return whole_s * 1000 + int((fraction or "0").ljust(3, "0"))
