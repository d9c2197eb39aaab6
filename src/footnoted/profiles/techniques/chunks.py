"""Divides a group's moments into the runs that are written up together.

Moments of one subtopic belong together, so that a technique that came up in several recordings
is written up once, by one call; and a new moment changes the calls of its own subtopic only. A
subtopic with too many moments is cut where the moments say so (content-defined chunking by the
least hash in a window, after Bjorner, Blass and Gurevich, "Content-Dependent Chunking for
Differential Compression, the Local Maximum Approach", 2010), never at the nth one: a moment that
is inserted moves the cuts around it and no others. So most calls of a group that grew are
answered from the journal.
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
    """Return the moments in runs of at most `size`, in order within each run.

    Runs come by subtopic in the order of its name, moments without one last.
    """
    by_subtopic: dict[str | None, list[StoredMoment]] = {}
    for moment in moments:
        by_subtopic.setdefault(moment.subtopic, []).append(moment)
    order = sorted(by_subtopic, key=lambda name: (name is None, name or ""))
    return tuple(run for name in order for run in _cut(by_subtopic[name], size))


def _cut(moments: Sequence[StoredMoment], size: int) -> Iterator[tuple[StoredMoment, ...]]:
    """Yield runs of more than half of `size`, but for the last, which may be shorter."""
    start = 0
    while len(moments) - start > size:
        least = size // 2 + 1
        window = range(start + least, start + size + 1)
        cut = min(window, key=lambda at: (_hash(moments[at]), at))
        yield tuple(moments[start:cut])
        start = cut
    yield tuple(moments[start:])


def _hash(moment: StoredMoment) -> bytes:
    # Not its id: ids depend on the order in which recordings arrived, and cuts must not.
    place = (moment.recording, moment.first_cue, moment.last_cue, moment.quote)
    return hashlib.sha256(repr(place).encode()).digest()
