"""TTML and its profiles (IMSC, EBU-TT): paragraphs and timed spans.

Times as in https://www.w3.org/TR/ttml2/#timing-value-time-expression: clock time with fraction
or frames, offset time in h, m, s, ms, f, t; children count from their container's begin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from footnoted.model.transcript import TranscriptFormat
from footnoted.transcripts.formats.xmltree import attribute, local_name, parse_xml
from footnoted.transcripts.reading import RawCue, Reading
from footnoted.transcripts.unreadable import malformed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

_CLOCK = re.compile(
    r"^([0-9]{2,4}):([0-9]{2}):([0-9]{2})(?:(\.[0-9]{1,9})|:([0-9]{2,3})(?:\.[0-9]+)?)?$"
)
_OFFSET = re.compile(r"^([0-9]{1,12}(?:\.[0-9]{1,9})?)(h|ms|m|s|f|t)$")
_SECONDS_PER = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_MAX_RATE = 1e9
_DEFAULT_FPS = 30.0
_SILENT = frozenset({"metadata", "head", "set", "animation", "styling", "layout"})
_RUBY_READING = frozenset({"text", "delimiter", "textContainer"})
_SPACES = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True, slots=True)
class _Clock:
    """How one document counts: frames and ticks per second."""

    fps: float
    ticks_per_s: float

    def seconds(self, value: str | None) -> float | None:
        """Return a time expression in seconds, or None when it is absent or unreadable."""
        if value is None:
            return None
        text = value.strip()
        clock = _CLOCK.match(text)
        if clock:
            hours, minutes, seconds, fraction, frames = clock.groups()
            whole = (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
            return whole + float(fraction or 0) + (int(frames) / self.fps if frames else 0.0)
        offset = _OFFSET.match(text)
        if offset is None:
            return None
        amount, unit = float(offset.group(1)), offset.group(2)
        if unit == "f":
            return amount / self.fps
        if unit == "t":
            return amount / self.ticks_per_s
        return amount * _SECONDS_PER[unit]


class _Interval(NamedTuple):
    begin_s: float | None
    end_s: float | None


class _Document(NamedTuple):
    clock: _Clock
    agents: dict[str, str]


def read_ttml(text: str) -> Reading:
    """Return the raw cues of a TTML document, speakers from `ttm:agent` where it names them.

    Raises FormatProblem when the XML is broken or its root is not `tt`.
    """
    root = parse_xml(text)
    if local_name(root) != "tt":
        sentence = "its XML root is not the tt of TTML."
        raise malformed(sentence)
    document = _Document(_clock(root), _agents(root))
    body = next((child for child in root if local_name(child) == "body"), None)
    cues = list(_cues(body, _Interval(None, None), None, document)) if body is not None else []
    return Reading(TranscriptFormat.TTML, cues, attribute(root, "lang") or None)


def _clock(root: Element) -> _Clock:
    fps = _rate(attribute(root, "frameRate")) or _DEFAULT_FPS
    multiplier = (attribute(root, "frameRateMultiplier") or "").replace(":", " ").split()
    parts = [_rate(part) for part in multiplier]
    if len(parts) == 2 and parts[0] and parts[1]:  # noqa: PLR2004 - numerator and denominator
        fps = fps * parts[0] / parts[1]
    ticks = _rate(attribute(root, "tickRate"))
    sub_frames = _rate(attribute(root, "subFrameRate")) or 1.0
    declared = attribute(root, "frameRate") is not None
    return _Clock(fps, ticks or (fps * sub_frames if declared else 1.0))


def _rate(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if 0 < number < _MAX_RATE else None


def _agents(root: Element) -> dict[str, str]:
    """Return the name of each `ttm:agent` by its id."""
    agents: dict[str, str] = {}
    for element in root.iter():
        if local_name(element) == "agent":
            identifier = attribute(element, "id")
            name = " ".join("".join(element.itertext()).split())
            if identifier and name:
                agents[identifier] = name
    return agents


def _cues(
    element: Element, container: _Interval, speaker: str | None, document: _Document
) -> Iterator[RawCue]:
    interval = _interval(element, container, document.clock)
    agent = document.agents.get((attribute(element, "agent") or "").split(" ")[0])
    speaker = agent or speaker
    if local_name(element) == "p":
        yield from _paragraph(element, interval, speaker, document)
        return
    is_sequence = attribute(element, "timeContainer") == "seq"
    for child in element:
        if local_name(child) in _SILENT:
            continue
        yield from _cues(child, interval, speaker, document)
        if is_sequence:
            ended = _interval(child, interval, document.clock).end_s
            interval = _Interval(ended if ended is not None else interval.begin_s, interval.end_s)


def _interval(element: Element, container: _Interval, clock: _Clock) -> _Interval:
    begin = clock.seconds(attribute(element, "begin"))
    end = clock.seconds(attribute(element, "end"))
    duration = clock.seconds(attribute(element, "dur"))
    base = container.begin_s or 0.0
    begin_s = container.begin_s if begin is None else base + begin
    ends = [base + end] if end is not None else []
    if duration is not None:
        ends.append((begin_s or 0.0) + duration)
    if container.end_s is not None:
        ends.append(container.end_s)
    if begin_s is None and ends:
        begin_s = base
    return _Interval(begin_s, min(ends) if ends else None)


def _paragraph(
    element: Element, interval: _Interval, speaker: str | None, document: _Document
) -> Iterator[RawCue]:
    """Yield one cue for a paragraph, or one per timed span when its spans keep the time."""
    timed = [span for span in element.iter() if span is not element and _is_timed(span)]
    if not timed:
        yield _cue(interval, _text(element), speaker)
        return
    for span in timed:
        yield _cue(_interval(span, interval, document.clock), _text(span), speaker)


def _is_timed(span: Element) -> bool:
    return local_name(span) == "span" and attribute(span, "begin") is not None


def _cue(interval: _Interval, text: str, speaker: str | None) -> RawCue:
    if interval.begin_s is None:
        return RawCue(None, None, text, speaker)
    start_ms = round(interval.begin_s * 1000)
    end_ms = start_ms if interval.end_s is None else round(interval.end_s * 1000)
    return RawCue(start_ms, end_ms, text, speaker)


def _text(element: Element) -> str:
    return "\n".join(_SPACES.sub(" ", line) for line in "".join(_pieces(element)).split("\x00"))


def _pieces(element: Element) -> Iterator[str]:
    """Yield an element's words; a line break is a NUL, ruby readings and metadata are left out."""
    yield element.text or ""
    for child in element:
        name = local_name(child)
        if name == "br":
            yield "\x00"
        elif name and name not in _SILENT and attribute(child, "ruby") not in _RUBY_READING:
            yield from _pieces(child)
        yield child.tail or ""
