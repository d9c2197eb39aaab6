"""From raw cues to clean ones: unrolled, tidied, with speakers and sounds marked, numbered anew."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, NamedTuple

from footnoted.model.transcript import Cue, CueKind
from footnoted.transcripts.rolling import clip_overlaps, unroll
from footnoted.transcripts.sounds import is_sound
from footnoted.transcripts.speakers import continue_turns, take_labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.transcripts.reading import RawCue

_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]"
)
_CJK_BREAK = re.compile(
    r"(?<=[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef])\n(?=[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef])"
)
_TURN_ARROW = re.compile(r"^(?:>>+\s*)+$")


class Cleaned(NamedTuple):
    """Cues numbered from 0 without gaps, and what was done to get them."""

    cues: tuple[Cue, ...]
    notes: tuple[str, ...]


def clean(raw: Sequence[RawCue]) -> Cleaned:
    """Return the cues a person would call the transcript, in order of time."""
    notes: list[str] = []
    cues = _timed_alike(raw, notes)
    cues = _in_order(cues, notes)
    unrolled = unroll(cues)
    if unrolled.was_rolling:
        notes.append("rolling captions unrolled")
    cues = _without_copies(unrolled.cues, notes)
    cues = clip_overlaps(cues)
    return Cleaned(_numbered(cues), tuple(notes))


def _timed_alike(raw: Sequence[RawCue], notes: list[str]) -> list[RawCue]:
    """Return cues that all have times, or all have none: a transcript is timed whole."""
    worded = [cue for cue in raw if cue.text and not cue.text.isspace()]
    timed = [cue for cue in worded if cue.start_ms is not None]
    if len(timed) == len(worded):
        return list(raw)
    if len(timed) * 2 >= len(worded):
        notes.append(f"{len(worded) - len(timed)} lines without times left out")
        return timed
    if timed:
        notes.append("times dropped: most lines have none")
    return [cue._replace(start_ms=None, end_ms=None) for cue in worded]


def _in_order(cues: list[RawCue], notes: list[str]) -> list[RawCue]:
    starts = [cue.start_ms or 0 for cue in cues]
    if all(before <= after for before, after in itertools.pairwise(starts)):
        return cues
    notes.append("cues put in order of time")
    return sorted(cues, key=lambda cue: cue.start_ms or 0)


def _without_copies(cues: list[RawCue], notes: list[str]) -> list[RawCue]:
    """Return the cues without copies at the very same time: styled captions layer them."""
    kept: list[RawCue] = []
    shown: set[str] = set()
    at: tuple[int | None, int | None] = (None, None)
    for cue in cues:
        if (cue.start_ms, cue.end_ms) != at or cue.start_ms is None:
            at, shown = (cue.start_ms, cue.end_ms), set()
        if cue.text in shown and cue.start_ms is not None:
            continue
        shown.add(cue.text)
        kept.append(cue)
    if len(kept) < len(cues):
        notes.append(f"{len(cues) - len(kept)} copies at the same time left out")
    return kept


def _numbered(cues: Sequence[RawCue]) -> tuple[Cue, ...]:
    labelled = continue_turns(take_labels([_visible(cue.text) for cue in cues]))
    numbered: list[Cue] = []
    for cue, label in zip(cues, labelled, strict=True):
        text = _one_line(label.text)
        if not text or _TURN_ARROW.match(text):
            continue
        end_ms = cue.end_ms
        if cue.start_ms is not None and (end_ms is None or end_ms < cue.start_ms):
            end_ms = cue.start_ms
        kind = CueKind.SOUND if is_sound(text) else CueKind.SPEECH
        speaker = cue.speaker or label.speaker
        numbered.append(Cue(len(numbered), cue.start_ms, end_ms, text, speaker, kind))
    return tuple(numbered)


def _visible(text: str) -> str:
    return text if text.isascii() and text.isprintable() else _INVISIBLE.sub("", text)


def _one_line(text: str) -> str:
    if not text.isascii() and "\n" in text:
        text = _CJK_BREAK.sub("", text)
    return " ".join(text.split())
