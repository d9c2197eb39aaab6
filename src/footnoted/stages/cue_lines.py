"""A transcript as prompts show it: cue numbers, times for orientation, and what was said.

Cues are joined into blocks of about half a minute, because a line per cue costs more tokens than
the words; a quote is matched back to its own cues afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.model.text import clock_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from footnoted.model.transcript import Cue

BLOCK_MS = 30_000
"""How much time one line covers at most, unless a single cue is longer."""


def render_cues(cues: Sequence[Cue]) -> str:
    """Return `[12-17] (1:02-1:31) text` lines; `[12] text`, a cue each, without times."""
    return "\n".join(_line(block) for block in _blocks(cues))


def _blocks(cues: Sequence[Cue]) -> Iterator[list[Cue]]:
    block: list[Cue] = []
    for cue in cues:
        if block and not _belongs(cue, block):
            yield block
            block = []
        block.append(cue)
    if block:
        yield block


def _belongs(cue: Cue, block: Sequence[Cue]) -> bool:
    """Return whether a cue goes on where a block stopped, within the block's time."""
    begin_ms = block[0].start_ms
    if begin_ms is None or cue.end_ms is None or cue.speaker != block[0].speaker:
        return False
    return cue.index == block[-1].index + 1 and cue.end_ms - begin_ms <= BLOCK_MS


def _line(block: Sequence[Cue]) -> str:
    first, last = block[0], block[-1]
    number = f"[{first.index}-{last.index}]" if len(block) > 1 else f"[{first.index}]"
    time = ""
    if first.start_ms is not None and last.end_ms is not None:
        time = f" ({clock_time(first.start_ms)}-{clock_time(last.end_ms)})"
    speaker = f" {first.speaker}:" if first.speaker else ""
    text = " ".join(" ".join(cue.text for cue in block).split())
    return f"{number}{time}{speaker} {text}"
