"""YouTube's own timed text: json3 events, srv3 (also .ytt) and srv1 XML."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field, ValidationError

from footnoted.model.transcript import TranscriptFormat
from footnoted.transcripts.formats.markup import plain_text
from footnoted.transcripts.formats.xmltree import local_name, parse_xml
from footnoted.transcripts.reading import RawCue, Reading
from footnoted.transcripts.unreadable import malformed

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MAX_S = 10_000_000.0
_RUBY_READING_PENS = frozenset({"2", "4", "5", "6", "7"})


class _Segment(BaseModel):
    utf8: str = ""


class _Event(BaseModel):
    start_ms: int = Field(default=0, alias="tStartMs")
    duration_ms: int = Field(default=0, alias="dDurationMs")
    segments: list[_Segment] = Field(default_factory=list[_Segment], alias="segs")


class _Json3(BaseModel):
    events: list[_Event]


def read_json3(document: object) -> Reading:
    """Return one raw cue per event that has words; window and newline events have none.

    An event with `aAppend` adds to the window what was not there before, so nothing doubles.
    Raises FormatProblem when the events are not what YouTube writes.
    """
    try:
        events = _Json3.model_validate(document).events
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        sentence = f"its json3 field {where} is not what YouTube writes."
        raise malformed(sentence) from None
    cues = [
        RawCue(event.start_ms, event.start_ms + max(event.duration_ms, 0), text)
        for event in events
        if (text := "".join(segment.utf8 for segment in event.segments)).strip()
    ]
    return Reading(format=TranscriptFormat.YOUTUBE_JSON3, cues=cues)


def read_srv3(text: str) -> Reading:
    """Return the raw cues of `<timedtext>` XML; furigana and its brackets are left out.

    Raises FormatProblem when the XML is broken.
    """
    root = parse_xml(text)
    readings = {
        pen.get("id")
        for pen in root.iter()
        if local_name(pen) == "pen" and pen.get("rb") in _RUBY_READING_PENS
    }
    cues: list[RawCue] = []
    for paragraph in root.iter():
        if local_name(paragraph) != "p":
            continue
        start_ms, duration_ms = _integer(paragraph.get("t")), _integer(paragraph.get("d"))
        if start_ms is not None:
            body = _words(paragraph, readings)
            cues.append(RawCue(start_ms, start_ms + (duration_ms or 0), body))
    return Reading(format=TranscriptFormat.YOUTUBE_SRV3, cues=cues)


def read_srv1(text: str) -> Reading:
    """Return the raw cues of `<transcript>` XML, whose texts are escaped twice.

    Raises FormatProblem when the XML is broken.
    """
    cues: list[RawCue] = []
    for element in parse_xml(text).iter():
        start_s = _seconds(element.get("start"))
        if local_name(element) != "text" or start_s is None:
            continue
        start_ms = round(start_s * 1000)
        end_ms = start_ms + round((_seconds(element.get("dur")) or 0.0) * 1000)
        cues.append(RawCue(start_ms, end_ms, plain_text("".join(element.itertext()))))
    return Reading(format=TranscriptFormat.YOUTUBE_SRV1, cues=cues)


def _words(paragraph: Element, readings: set[str | None]) -> str:
    pieces = [paragraph.text or ""]
    for span in paragraph:
        if not (span.get("p") and span.get("p") in readings):
            pieces.append("".join(span.itertext()))
        pieces.append(span.tail or "")
    return "".join(pieces)


def _integer(value: str | None) -> int | None:
    number = _seconds(value)
    return None if number is None else round(number)


def _seconds(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and 0 <= number < _MAX_S * 1000 else None
