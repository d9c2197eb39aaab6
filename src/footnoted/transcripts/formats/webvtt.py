"""WebVTT, parsed as the W3C specification's algorithm says, cue by cue.

Specification: https://www.w3.org/TR/webvtt1/#file-parsing ("WebVTT parser algorithm", "collect
a WebVTT block", "collect WebVTT cue timings and settings"). Layout settings are kept as written:
a transcript has no use for them.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from footnoted.model.transcript import TranscriptFormat
from footnoted.transcripts.formats.markup import plain_text
from footnoted.transcripts.reading import RawCue, Reading
from footnoted.transcripts.unreadable import malformed

_STAMP = r"([0-9]+):([0-9]{2})(?::([0-9]{2}))?\.([0-9]{3})(?![0-9])"
_TIMINGS = re.compile(rf"[ \t\f]*{_STAMP}[ \t\f]*-->[ \t\f]*{_STAMP}(.*)", re.DOTALL)
_LANGUAGE = re.compile(r"^Language:[ \t]*([A-Za-z0-9-]+)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]+([^<>]*)>")
_SIXTY = 60
_TWO_DIGITS = 2


class VttCue(NamedTuple):
    """One cue as the specification yields it: times in milliseconds, text with its tags."""

    id: str
    start_ms: int
    end_ms: int
    settings: str
    text: str


class VttFile(NamedTuple):
    """What the file holds: its header block (without the signature line) and its cues."""

    header: str
    cues: list[VttCue]


def read_webvtt(text: str) -> Reading:
    """Return the raw cues of a WebVTT text, tags removed and voices kept as speakers.

    Raises FormatProblem when the signature line is missing.
    """
    file = parse_webvtt(text)
    language = _LANGUAGE.search(file.header)
    cues: list[RawCue] = []
    for cue in file.cues:
        if "<v" in cue.text:
            cues.extend(_voices(cue))
        else:
            cues.append(_raw_cue(cue))
    return Reading(
        format=TranscriptFormat.WEBVTT,
        cues=cues,
        language=language.group(1) if language else None,
    )


def parse_webvtt(text: str) -> VttFile:
    """Return header and cues of a WebVTT text that has lost its byte order mark.

    Raises FormatProblem when the signature is not `WEBVTT` and then white space or the end.
    """
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.startswith("WEBVTT") or text[6:7] not in ("", " ", "\t", "\n"):
        sentence = "it does not begin with the line WEBVTT."
        raise malformed(sentence)
    lines = text.split("\n")
    at = _end_of_header(lines)
    return VttFile("\n".join(lines[1:at]), _collect_cues(lines, at))


def _end_of_header(lines: list[str]) -> int:
    """Return the index of the first line after the header block."""
    at = 1
    while at < len(lines) and lines[at] and "-->" not in lines[at]:
        at += 1
    return at


def _collect_cues(lines: list[str], at: int) -> list[VttCue]:
    cues: list[VttCue] = []
    end = len(lines)
    while at < end:
        if not lines[at]:
            at += 1
            continue
        at = _collect_block(lines, at, cues)
    return cues


def _collect_block(lines: list[str], at: int, cues: list[VttCue]) -> int:
    """Read the block that begins at a line, append its cue if it is one, return what follows.

    A timing line may stand first or, after an identifier, second; an arrow anywhere else ends
    the block and begins the next.
    """
    first = lines[at]
    if "-->" in first:
        return _collect_body(lines, at, "", cues)
    second = at + 1
    if second < len(lines) and "-->" in lines[second]:
        return _collect_body(lines, second, first, cues)
    return _end_of_lines(lines, second)


def _collect_body(lines: list[str], at: int, identifier: str, cues: list[VttCue]) -> int:
    timings = _timings(lines[at])
    end = _end_of_lines(lines, at + 1)
    if timings is not None:
        start_ms, end_ms, settings = timings
        cues.append(VttCue(identifier, start_ms, end_ms, settings, "\n".join(lines[at + 1 : end])))
    return end


def _end_of_lines(lines: list[str], at: int) -> int:
    end = len(lines)
    while at < end:
        line = lines[at]
        if not line or "-->" in line:
            break
        at += 1
    return at


def _timings(line: str) -> tuple[int, int, str] | None:
    found = _TIMINGS.match(line)
    if found is None:
        return None
    a, b, c, d, e, f, g, h, settings = found.groups()
    start_ms = _milliseconds(a, b, c, d)
    end_ms = _milliseconds(e, f, g, h)
    if start_ms is None or end_ms is None:
        return None
    return start_ms, end_ms, settings


def _milliseconds(first: str, second: str, third: str | None, fraction: str) -> int | None:
    """Return a time stamp's milliseconds; without hours the minutes must be two digits."""
    if third is None:
        if len(first) != _TWO_DIGITS:
            return None
        hours, minutes, seconds = 0, int(first), int(second)
    else:
        if len(first) > 9:  # noqa: PLR2004 - no recording is a hundred thousand years long
            return None
        hours, minutes, seconds = int(first), int(second), int(third)
    if minutes >= _SIXTY or seconds >= _SIXTY:
        return None
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int(fraction)


def _raw_cue(cue: VttCue) -> RawCue:
    text = cue.text
    if "<" in text:
        last = text[text.rfind("\n") + 1 :]
        is_typed = "<0" in last or "<1" in last or "<2" in last
        return RawCue(cue.start_ms, cue.end_ms, plain_text(text), None, is_typed)
    return RawCue(cue.start_ms, cue.end_ms, plain_text(text))


def _voices(cue: VttCue) -> list[RawCue]:
    """Return one raw cue per voice span: two people may share a cue's time."""
    pieces = _VOICE.split(cue.text)
    spoken = [(None, pieces[0]), *zip(pieces[1::2], pieces[2::2], strict=True)]
    return [
        RawCue(
            cue.start_ms, cue.end_ms, plain_text(text), plain_text(name).strip() if name else None
        )
        for name, text in spoken
        if plain_text(text).strip()
    ]
