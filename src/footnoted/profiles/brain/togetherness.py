"""Edges that words show without anybody stating them: names said together, and who speaks of what.

Two names are together where one speaker says both within a sentence or two of captions. A pair is
cited once for each such place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from footnoted.profiles.brain.entity_binding import speaker_name
from footnoted.profiles.brain.overlay import Place
from footnoted.profiles.brain.types import SAID_EXACTLY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from uuid import UUID

    from footnoted.model.transcript import Cue
    from footnoted.profiles.brain.types import Mention, RelateInput, RelationKind

TOGETHER: Final = "mentioned with"
SPEAKS_OF: Final = "speaks of"
_NEAR_CHARS = 200
_MOST_TOGETHER = 6


class ShownEdge(NamedTuple):
    """Two names, in the order of the edge, and the words that show it."""

    kind: RelationKind
    ends: tuple[UUID, UUID]
    predicate: str
    place: Place


def edges_shown(given: RelateInput) -> Iterator[ShownEdge]:
    """Yield every edge that the places of the names show, in the order they were said."""
    cues = {cue.index: cue for cue in given.cues}
    named = [mention for mention in given.mentions if mention.role == "named"]
    yield from _together(named, cues)
    yield from _spoken_of(given, named, cues)


def _together(named: Sequence[Mention], cues: Mapping[int, Cue]) -> Iterator[ShownEdge]:
    seen: set[tuple[UUID, UUID, int]] = set()
    for at, mention in enumerate(named):
        for other in named[at + 1 : at + _MOST_TOGETHER]:
            if mention.name_id == other.name_id or not _is_near(mention, other, cues):
                continue
            ends = sorted((mention.name_id, other.name_id))
            key = (ends[0], ends[1], mention.first_cue)
            if key not in seen:
                seen.add(key)
                yield ShownEdge("together", (ends[0], ends[1]), TOGETHER, _span(mention, other))


def _spoken_of(
    given: RelateInput, named: Sequence[Mention], cues: Mapping[int, Cue]
) -> Iterator[ShownEdge]:
    speakers = {each.surface: each.name_id for each in given.mentions if each.role == "speaks"}
    exact = {name.name_id for name in given.names if name.type in SAID_EXACTLY}
    for mention in named:
        speaker = speakers.get(speaker_name(cues[mention.first_cue].speaker or ""))
        if speaker is None or speaker == mention.name_id or mention.name_id in exact:
            continue
        yield ShownEdge("speaks_of", (speaker, mention.name_id), SPEAKS_OF, _span(mention, mention))


def _is_near(mention: Mention, other: Mention, cues: Mapping[int, Cue]) -> bool:
    """Return whether a name is said a moment after another, by the same speaker."""
    if other.first_cue - mention.last_cue > 1:
        return False
    if cues[mention.first_cue].speaker != cues[other.last_cue].speaker:
        return False
    start, end = mention.start_char or 0, other.end_char or 0
    if mention.first_cue != other.last_cue:
        between = range(mention.first_cue, other.last_cue)
        end += sum(len(cues[number].text) for number in between if number in cues)
    return end - start <= _NEAR_CHARS


def _span(first: Mention, second: Mention) -> Place:
    return Place(first.first_cue, first.start_char or 0, second.last_cue, second.end_char or 0)
