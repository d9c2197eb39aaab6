"""Divides a group's moments into the runs that are written up together.

A run is of one recording, so that what is written of a recording depends on no other: a recording
that comes asks about its own moments alone, one that goes asks nothing, and neither order nor
company changes a word. What recordings have in common is found afterwards (`kinship`).

A recording of up to `size` moments is one run, in the order they were said. A longer one is cut
where its content says so (content-defined chunking by an extreme value in a window, after Bjorner,
Blass and Gurevich, "Content-Dependent Chunking for Differential Compression, the Local Maximum
Approach", 2010), between two sub-topics if it can be, never at the nth moment: a moment that is
inserted changes its own run, at times the next, and no others.
"""

from __future__ import annotations

import hashlib
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from footnoted.profiles.techniques.types import StoredMoment

Run = tuple["StoredMoment", ...]


def chunk_moments(moments: Iterable[StoredMoment], size: int) -> tuple[Run, ...]:
    """Return the moments in runs of at most `size` of one recording, in the order given.

    Moments of a recording stand together in `moments`. All runs of a recording but its last hold
    more than half of `size`.
    """
    recordings = groupby(moments, key=lambda moment: moment.recording)
    return tuple(run for _, own in recordings for run in _cut(list(own), size))


def _cut(moments: Sequence[StoredMoment], size: int) -> Iterator[Run]:
    start = 0
    while len(moments) - start > size:
        window = range(start + size // 2 + 1, start + size + 1)
        cut = min(window, key=lambda at: _rank(moments[at - 1], moments[at]))
        yield tuple(moments[start:cut])
        start = cut
    if start < len(moments):
        yield tuple(moments[start:])


def _rank(before: StoredMoment, after: StoredMoment) -> tuple[bool, bytes]:
    """Return how good a place to cut this is, the lowest first; by content, not by ids.

    Ids depend on the order in which recordings arrived, and cuts must not.
    """
    if before.subtopic != after.subtopic:
        return False, _hash(before.subtopic, after.subtopic)
    return True, _hash(after.recording, after.first_cue, after.last_cue, after.quote)


def _hash(*content: str | int | None) -> bytes:
    return hashlib.sha256(repr(content).encode()).digest()
