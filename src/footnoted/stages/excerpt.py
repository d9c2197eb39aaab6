"""A part of a transcript as a question shows it: numbered and timed from its own beginning.

    cues of the recording -> excerpt -> question -> answer -> cues of the recording

So a question about a topic is the same wherever the topic stands. A recording that loses its
beginning is asked anew about what changed, and about nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, Self, TypeVar

from footnoted.model.transcript import CueKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from footnoted.model.topic import Topic
    from footnoted.model.transcript import Cue


class Excerpt(NamedTuple):
    """Cues that count from 0, and the number of the first of them in the recording."""

    cues: tuple[Cue, ...]
    first_cue: int


class Cited(Protocol):
    """What cites cues by their numbers, such as a moment or a relation of an answer."""

    @property
    def first_cue(self) -> int:
        """Return the first cue."""
        ...

    @property
    def last_cue(self) -> int:
        """Return the last cue, inclusive."""
        ...

    def model_copy(self, *, update: Mapping[str, int]) -> Self:
        """Return a copy with other values."""
        ...


CitedT = TypeVar("CitedT", bound=Cited)


def excerpt_of(cues: Sequence[Cue]) -> Excerpt:
    """Return the cues as an excerpt; gaps between numbers and times stay as they are."""
    if not cues:
        return Excerpt((), 0)
    first_cue = cues[0].index
    begin_ms = min((cue.start_ms for cue in cues if cue.start_ms is not None), default=0)
    from_here = (
        cue._replace(
            index=cue.index - first_cue,
            start_ms=None if cue.start_ms is None else cue.start_ms - begin_ms,
            end_ms=None if cue.end_ms is None else cue.end_ms - begin_ms,
        )
        for cue in cues
    )
    return Excerpt(tuple(from_here), first_cue)


def speech_of(topic: Topic, cues: Sequence[Cue]) -> Excerpt:
    """Return what is said in a topic of the recording that `cues` are."""
    return excerpt_of(
        [
            cue
            for cue in cues
            if topic.first_cue <= cue.index <= topic.last_cue and cue.kind is CueKind.SPEECH
        ]
    )


def moved(cited: CitedT, by: int) -> CitedT:
    """Return what cites cues of an excerpt, citing those of a recording `by` cues further on."""
    update = {"first_cue": cited.first_cue + by, "last_cue": cited.last_cue + by}
    return cited.model_copy(update=update)
