r"""Small line-by-line caption formats: SBV, LRC, TSV (Whisper's), SubStation Alpha, MicroDVD."""

from __future__ import annotations

import re

from footnoted.model.transcript import TranscriptFormat
from footnoted.transcripts.formats.markup import plain_text, without_styles
from footnoted.transcripts.reading import RawCue, Reading
from footnoted.transcripts.unreadable import malformed

_SBV = re.compile(
    r"^[ \t]*([0-9]{1,3}):([0-9]{2}):([0-9]{2})\.([0-9]{3}),"
    r"([0-9]{1,3}):([0-9]{2}):([0-9]{2})\.([0-9]{3})[ \t]*$"
)
_LRC = re.compile(r"\[([0-9]{1,3}):([0-9]{2})(?:\.([0-9]{1,3}))?\]")
_LRC_WORD = re.compile(r"<[0-9]{1,3}:[0-9]{2}(?:[.:][0-9]{1,3})?>")
_ASS_TIME = re.compile(r"^\s*([0-9]{1,3}):([0-9]{2}):([0-9]{2})[.:]([0-9]{1,3})\s*$")
_MICRODVD = re.compile(r"^\{([0-9]{1,9})\}\{([0-9]{0,9})\}(.*)$")
_MICRODVD_STYLE = re.compile(r"\{[a-zA-Z]:[^}]*\}")
_TSV = re.compile(r"^([0-9]{1,12})\t([0-9]{1,12})\t(.*)$")
_MAX_FPS = 1000.0


def read_sbv(text: str) -> Reading:
    """Return the raw cues of YouTube's SubViewer text."""
    cues: list[RawCue] = []
    body: list[str] = []
    times: tuple[int, int] | None = None
    for line in [*text.splitlines(), ""]:
        found = _SBV.match(line)
        if found is None and line.strip():
            body.append(line)
            continue
        if times is not None and body:
            cues.append(RawCue(*times, plain_text("\n".join(body))))
        body, times = [], None
        if found is not None:
            parts = found.groups()
            times = _clock_ms(*parts[:4]), _clock_ms(*parts[4:])
    return Reading(format=TranscriptFormat.SBV, cues=cues)


def read_lrc(text: str) -> Reading:
    """Return the raw cues of timed lyrics; a line lasts until the next one begins."""
    starts: list[tuple[int, str]] = []
    for line in text.splitlines():
        stamps = list(_LRC.finditer(line))
        if not stamps:
            continue
        spoken = _LRC_WORD.sub("", line[stamps[-1].end() :])
        starts.extend(
            (_clock_ms("0", *(part or "0" for part in s.groups())), spoken) for s in stamps
        )
    starts.sort(key=lambda pair: pair[0])
    ends = [start for start, _ in starts[1:]] + [start for start, _ in starts[-1:]]
    cues = [RawCue(start, end, spoken) for (start, spoken), end in zip(starts, ends, strict=True)]
    return Reading(format=TranscriptFormat.LRC, cues=cues)


def read_tsv(text: str) -> Reading:
    """Return the raw cues of Whisper's `start end text` table, times in milliseconds."""
    rows = [found for line in text.splitlines() if (found := _TSV.match(line))]
    cues = [RawCue(int(row.group(1)), int(row.group(2)), row.group(3)) for row in rows]
    return Reading(format=TranscriptFormat.TSV, cues=cues)


def read_ass(text: str) -> Reading:
    """Return the raw cues of a SubStation Alpha script; the Name field is the speaker."""
    fields = [
        "layer",
        "start",
        "end",
        "style",
        "name",
        "marginl",
        "marginr",
        "marginv",
        "effect",
        "text",
    ]
    cues: list[RawCue] = []
    for line in text.splitlines():
        kind, _, rest = line.partition(":")
        if kind == "Format" and "Text" in rest:
            fields = [field.strip().lower() for field in rest.split(",")]
        if kind == "Dialogue":
            cue = _dialogue(dict(zip(fields, rest.split(",", len(fields) - 1), strict=False)))
            if cue is not None:
                cues.append(cue)
    cues.sort(key=lambda cue: cue.start_ms or 0)
    return Reading(format=TranscriptFormat.ASS, cues=cues)


def _dialogue(values: dict[str, str]) -> RawCue | None:
    start = _ASS_TIME.match(values.get("start", ""))
    end = _ASS_TIME.match(values.get("end", ""))
    if start is None or end is None:
        return None
    body = values.get("text", "")
    if "\\p1" in body:  # a vector drawing, not words
        return None
    body = without_styles(body).replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " ")
    speaker = values.get("name", "").strip() or None
    return RawCue(_clock_ms(*start.groups()), _clock_ms(*end.groups()), body, speaker)


def read_microdvd(text: str) -> Reading:
    """Return the raw cues of a MicroDVD text; without a frame rate they have no times.

    The format counts frames. When the first line does not give the rate, seconds would be
    invented, so there are none.
    """
    rows = [found for line in text.splitlines() if (found := _MICRODVD.match(line))]
    if not rows:
        sentence = "no line of it is a MicroDVD caption."
        raise malformed(sentence)
    fps = _frames_per_second(rows[0])
    cues: list[RawCue] = []
    for row in rows[1:] if fps else rows:
        first, last, body = row.groups()
        spoken = _MICRODVD_STYLE.sub("", body).replace("|", "\n")
        start_ms = round(int(first) * 1000 / fps) if fps else None
        end_ms = round(int(last or first) * 1000 / fps) if fps else None
        cues.append(RawCue(start_ms, end_ms, spoken))
    notes = () if fps else ("the file gives no frame rate, so its cues have no times",)
    return Reading(format=TranscriptFormat.MICRODVD, cues=cues, notes=notes)


def _frames_per_second(row: re.Match[str]) -> float | None:
    first, last, body = row.groups()
    if first not in {"0", "1"} or last not in {"0", "1"}:
        return None
    try:
        fps = float(body.strip().replace(",", "."))
    except ValueError:
        return None
    return fps if 1.0 <= fps <= _MAX_FPS else None


def _clock_ms(hours: str, minutes: str, seconds: str, fraction: str) -> int:
    whole_s = (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
    return whole_s * 1000 + int(fraction.ljust(3, "0"))
