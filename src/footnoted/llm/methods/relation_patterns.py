"""Relations that are stated in so many words: two names and, between them, a listed phrase.

Lexical patterns between two noun phrases go back to Hearst ("Automatic acquisition of hyponyms from
large text corpora", COLING 1992). A predicate is found only where its phrase is all that stands
between the names, or where a speaker says it of himself or herself.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from footnoted.llm.brain_tasks import StatedRelation
from footnoted.llm.methods.wordlists import read_sections

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from footnoted.llm.brain_tasks import EntityBrief, RelateTask
    from footnoted.llm.methods.units import Unit

_TIMELESS = frozenset(("date", "money"))
_LONGEST_GAP = 60


def stated_relations(
    task: RelateTask, units: Sequence[Unit], language: str
) -> tuple[StatedRelation, ...]:
    """Return what is stated between the entities of the task, in the order of the transcript."""
    named = {each.name.casefold(): each for each in task.entities if each.type not in _TIMELESS}
    if not named:
        return ()
    longest = sorted(named, key=lambda name: (-len(name), name))
    names = re.compile(
        r"(?<!\w)(?:" + "|".join(map(re.escape, longest)) + r")(?!\w)", re.IGNORECASE
    )
    found: list[StatedRelation] = []
    for unit in units:
        places = [
            (match.span(), named[match.group().casefold()]) for match in names.finditer(unit.text)
        ]
        for source, predicate, target in (
            *_between(unit.text, places, language),
            *_of_oneself(unit, places, named, language),
        ):
            if source.index != target.index:
                found.append(_relation(task, unit, (source, predicate, target)))
    return tuple(dict.fromkeys(found))


def _between(
    text: str, places: Sequence[tuple[tuple[int, int], EntityBrief]], language: str
) -> Iterator[tuple[EntityBrief, str, EntityBrief]]:
    for (span, source), (next_span, target) in pairwise(places):
        gap = text[span[1] : next_span[0]]
        if len(gap) > _LONGEST_GAP:
            continue
        for phrase, pattern in _patterns("between", language).items():
            predicate, _, wanted = phrase.rstrip(")").partition(" (")
            if wanted in ("", source.type) and pattern.fullmatch(gap.strip()):
                yield source, predicate, target


def _of_oneself(
    unit: Unit,
    places: Sequence[tuple[tuple[int, int], EntityBrief]],
    named: dict[str, EntityBrief],
    language: str,
) -> Iterator[tuple[EntityBrief, str, EntityBrief]]:
    label = (unit.speaker or "").casefold()
    speaker = named.get(label) or named.get(re.sub(r"\s*[|(\[/,].*$", "", label))
    if speaker is None:
        return
    for span, target in places:
        before = unit.text[: span[0]].rstrip()
        for predicate, pattern in _patterns("self", language).items():
            if any(match.end() == len(before) for match in pattern.finditer(before)):
                yield speaker, predicate, target


def _relation(
    task: RelateTask, unit: Unit, stated: tuple[EntityBrief, str, EntityBrief]
) -> StatedRelation:
    source, predicate, target = stated
    return StatedRelation(
        source=source.index,
        predicate=predicate,
        target=target.index,
        quote=unit.text,
        first_cue=task.cues[unit.first].index,
        last_cue=task.cues[unit.last].index,
    )


@lru_cache(maxsize=16)
def _patterns(section: str, language: str) -> dict[str, re.Pattern[str]]:
    lists = read_sections(f"relations-{language}")
    if section not in lists:
        return {}
    lines = (line.partition(":") for line in lists[section].lines)
    return {
        predicate.strip(): re.compile(rf"(?:{pattern.strip()})", re.IGNORECASE)
        for predicate, _, pattern in lines
    }
