"""Divides a group's moments into the runs that are written up together.

Moments stand by subtopic first, so that a technique that came up in several recordings is written
up once, by one call. A group of up to `size` moments is one run. A larger one is cut where its
content says so (content-defined chunking by an extreme value in a window, after Bjorner, Blass and
Gurevich, "Content-Dependent Chunking for Differential Compression, the Local Maximum Approach",
2010), between two subtopics if it can be, never at the nth moment: a moment that is inserted
changes its own run, at times the next, and no others. So most calls of a group that grew are
answered from the journal. A mere cut at every subtopic would be stabler still, but makes a page of
every lone remark, and many small calls.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from footnoted.profiles.techniques.types import StoredMoment


def chunk_moments(
    moments: Iterable[StoredMoment], size: int
) -> tuple[tuple[StoredMoment, ...], ...]:
    """Return the moments in runs of at most `size`; all but the last hold more than half of it.

    Runs are in the order of subtopics, moments without one last, and otherwise in the order given.
    """
    ordered = sorted(moments, key=lambda moment: (moment.subtopic is None, moment.subtopic or ""))
    return tuple(_cut(ordered, size))


def _cut(moments: Sequence[StoredMoment], size: int) -> Iterator[tuple[StoredMoment, ...]]:
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
        return False, _hash(after.subtopic)
    return True, _hash(after.recording, after.first_cue, after.last_cue, after.quote)


def _hash(*content: str | int | None) -> bytes:
    return hashlib.sha256(repr(content).encode()).digest()
