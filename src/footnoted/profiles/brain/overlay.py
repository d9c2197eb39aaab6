"""Corrected words laid over the cues that were heard, and the way back from each to the original.

    cues + fixes -> what is read (prompts, names, quotes) -> the cue and the characters it came from

Pure. Times and cue numbers are those of the original; nothing that is cited is ever a correction.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from footnoted.model.transcript import CueKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from footnoted.model.transcript import Cue
    from footnoted.profiles.brain.types import Fix


class Place(NamedTuple):
    """Where words stand in the original cues: characters from `start_char` up to `end_char`.

    `start_char` counts in the first cue, `end_char` in the last.
    """

    first_cue: int
    start_char: int
    last_cue: int
    end_char: int


class _Piece(NamedTuple):
    """A stretch of the read text and the stretch of an original cue that it stands for."""

    start: int
    end: int
    cue: int
    original_start: int
    original_end: int
    is_fix: bool


class Overlay:
    """The speech of some cues as one text, cues joined by a space, corrections laid over it."""

    def __init__(self, cues: Iterable[Cue], fixes: Sequence[Fix] = ()) -> None:
        """Lay `fixes` (which do not overlap) over `cues`, which are in order."""
        by_cue: dict[int, list[Fix]] = {}
        for fix in sorted(fixes, key=lambda each: (each.cue, each.start_char)):
            by_cue.setdefault(fix.cue, []).append(fix)
        self._original = {cue.index: cue for cue in cues if cue.kind is CueKind.SPEECH}
        self._pieces: list[_Piece] = []
        self._parts: list[str] = []
        self._length = 0
        self.cues: list[Cue] = []
        for cue in self._original.values():
            self._lay(cue, by_cue.get(cue.index, ()))
        self.text = "".join(self._parts)
        self._starts = [piece.start for piece in self._pieces]

    def place(self, start: int, end: int) -> Place:
        """Return where the characters `start` to `end` of the text (not empty) come from."""
        first, last = self._piece_at(start), self._piece_at(end - 1)
        start_char, end_char = first.original_start, last.original_end
        if not first.is_fix:
            start_char += max(0, start - first.start)
        if not last.is_fix:
            end_char = min(last.original_end, last.original_start + end - last.start)
        return Place(first.cue, start_char, last.cue, end_char)

    def original(self, place: Place) -> str:
        """Return the words that were heard at a place, cues joined by a space."""
        parts: list[str] = []
        for number in range(place.first_cue, place.last_cue + 1):
            cue = self._original.get(number)
            if cue is None:
                continue
            start = place.start_char if number == place.first_cue else 0
            end = place.end_char if number == place.last_cue else len(cue.text)
            parts.append(cue.text[start:end].strip())
        return " ".join(part for part in parts if part)

    def span_of_cues(self, first_cue: int, last_cue: int) -> tuple[int, int]:
        """Return where the text of these cues (inclusive) begins and ends; equal if it has none."""
        held = [piece for piece in self._pieces if first_cue <= piece.cue <= last_cue]
        return (held[0].start, held[-1].end) if held else (0, 0)

    def _piece_at(self, at: int) -> _Piece:
        """Return the piece that holds a character, or the one before the space between cues."""
        return self._pieces[max(0, bisect_right(self._starts, at) - 1)]

    def _lay(self, cue: Cue, fixes: Iterable[Fix]) -> None:
        if self._parts:
            self._parts.append(" ")
            self._length += 1
        begin, at = len(self._parts), 0
        for fix in fixes:
            if fix.start_char > at:
                self._add(cue.text[at : fix.start_char], (cue.index, at, fix.start_char), fix=False)
            self._add(fix.after, (cue.index, fix.start_char, fix.end_char), fix=True)
            at = fix.end_char
        if at < len(cue.text) or begin == len(self._parts):
            self._add(cue.text[at:], (cue.index, at, len(cue.text)), fix=False)
        self.cues.append(cue._replace(text="".join(self._parts[begin:])))

    def _add(self, text: str, origin: tuple[int, int, int], *, fix: bool) -> None:
        start, self._length = self._length, self._length + len(text)
        self._pieces.append(_Piece(start, self._length, *origin, fix))
        self._parts.append(text)
