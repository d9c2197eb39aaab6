"""What a reader hands on: raw cues as the file has them, before any cleaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.model.transcript import TranscriptFormat


class RawCue(NamedTuple):
    """One cue of a file, in milliseconds, its lines joined by newlines and its tags removed.

    `is_typed` is true when the last line carried word times of its own (YouTube's way of typing
    a line on the screen): such a line is spoken now and is never carried over from before.
    """

    start_ms: int | None
    end_ms: int | None
    text: str
    speaker: str | None = None
    is_typed: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """The raw cues of one file in file order, and what the file says about itself."""

    format: TranscriptFormat
    cues: Sequence[RawCue]
    language: str | None = None
    notes: tuple[str, ...] = ()
