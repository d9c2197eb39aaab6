"""Rolling captions unrolled: every spoken line once, genuine repetitions kept.

A rolling caption shows the line before above the line being spoken, so its text comes twice or
three times. What is carried over is decided by line identity against the screen just before and
by word times (a line that carries them is being spoken), never by likeness of words:

    screen before   cue                     spoken now
    [yes]           [yes | <0:04>no]        no
    [yes]           [yes | yes]             yes          (said twice)
    [yes]           [    | yes]             yes          (nothing was carried)
    [no | yes]      [yes]                   -            (a still of 10 ms)
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.transcripts.reading import RawCue

_MIN_ROLLS = 2
_MIN_ROLL_SHARE = 0.15
_MIN_GROWTH_SHARE = 0.3
_MIN_OVERLAP_SHARE = 0.5
_MAX_CARRY_GAP_MS = 1_500
_MAX_STILL_GAP_MS = 60


class Unrolled(NamedTuple):
    """Cues with each line once; `was_rolling` says whether anything had to be done."""

    cues: list[RawCue]
    was_rolling: bool


class _Screen(NamedTuple):
    """What one cue shows: its lines, and whether it begins with an empty one."""

    lines: list[str]
    is_cleared: bool


def unroll(cues: Sequence[RawCue]) -> Unrolled:
    """Return the cues without what rolling repeats; a file that does not roll is left as it is."""
    screens = [_screen(cue.text) for cue in cues]
    rolls, growths = _evidence(cues, screens)
    transitions = max(len(cues) - 1, 1)
    is_typed = sum(1 for cue in cues if cue.is_typed) >= _MIN_ROLLS
    is_rolling = rolls >= _MIN_ROLLS and (is_typed or rolls >= transitions * _MIN_ROLL_SHARE)
    is_growing = growths >= _MIN_ROLLS and growths >= transitions * _MIN_GROWTH_SHARE
    if not is_rolling and not is_growing:
        return Unrolled(list(cues), was_rolling=False)
    spoken: list[RawCue] = []
    before = _Screen([], is_cleared=True)
    last_end_ms = 0
    for cue, screen in zip(cues, screens, strict=True):
        if not screen.lines:
            before = screen
            continue
        gap_ms = (cue.start_ms or 0) - last_end_ms
        lines = _spoken_lines(cue, screen, before, gap_ms, is_growing=is_growing)
        if lines:
            spoken.append(cue._replace(text="\n".join(lines)))
        before, last_end_ms = screen, max(last_end_ms, cue.end_ms or 0)
    return Unrolled(spoken, was_rolling=True)


def clip_overlaps(cues: list[RawCue]) -> list[RawCue]:
    """Return cues that end where the next begins, when most of them run into the next.

    YouTube keeps a line on the screen while the next is spoken; its words ended earlier. Two
    people who now and then talk at once are left as they are.
    """
    pairs = list(itertools.pairwise(cues))
    overlaps = sum(1 for cue, following in pairs if _runs_into(cue, following))
    if not pairs or overlaps < len(pairs) * _MIN_OVERLAP_SHARE:
        return cues
    clipped = [
        cue._replace(end_ms=following.start_ms) if _runs_into(cue, following) else cue
        for cue, following in pairs
    ]
    return [*clipped, cues[-1]]


def _screen(text: str) -> _Screen:
    if "\n" not in text:
        line = text.strip()
        return _Screen([line] if line else [], is_cleared=False)
    lines = [line.strip() for line in text.split("\n")]
    shown = [line for line in lines if line]
    return _Screen(shown, is_cleared=not lines[0] and bool(shown))


def _evidence(cues: Sequence[RawCue], screens: Sequence[_Screen]) -> tuple[int, int]:
    """Return how often a cue repeats the last line before it, and how often it lengthens it."""
    rolls = growths = 0
    for at in range(1, len(cues)):
        before, now = screens[at - 1].lines, screens[at].lines
        if not before or not now or screens[at].is_cleared:
            continue
        if before[-1] == now[0]:
            rolls += len(before) + len(now) > 2  # noqa: PLR2004 - two single equal lines prove nothing
        elif len(now[0]) > len(before[-1]) and now[0].startswith(before[-1] + " "):
            growths += 1
    return rolls, growths


def _spoken_lines(
    cue: RawCue, screen: _Screen, before: _Screen, gap_ms: int, *, is_growing: bool
) -> list[str]:
    lines = screen.lines
    if screen.is_cleared or gap_ms > _MAX_CARRY_GAP_MS:
        return lines
    carried = _carried(lines, before.lines, at_most=len(lines) - (1 if cue.is_typed else 0))
    if carried == len(lines) and _is_said_again(cue, lines, before.lines, gap_ms):
        return lines[-1:]
    if carried == 0 and is_growing and before.lines and not cue.is_typed:
        shown = before.lines[-1]
        if lines[0].startswith(shown + " "):
            return [lines[0][len(shown) + 1 :], *lines[1:]]
    return lines[carried:]


def _carried(lines: list[str], before: list[str], at_most: int) -> int:
    """Return how many first lines are the last lines of the screen before."""
    for count in range(min(at_most, len(before)), 0, -1):
        if before[-count:] == lines[:count]:
            return count
    return 0


def _is_said_again(cue: RawCue, lines: list[str], before: list[str], gap_ms: int) -> bool:
    """Return whether a screen equal to the one before is a repetition and not a still of it."""
    if gap_ms > _MAX_STILL_GAP_MS:
        return True
    lasts_ms = (cue.end_ms or 0) - (cue.start_ms or 0)
    is_scrolled = len(lines) > 1 and len(before) == len(lines) and len(set(lines)) == 1
    return is_scrolled and lasts_ms > _MAX_STILL_GAP_MS


def _runs_into(cue: RawCue, following: RawCue) -> bool:
    if cue.start_ms is None or cue.end_ms is None or following.start_ms is None:
        return False
    return cue.start_ms < following.start_ms < cue.end_ms
