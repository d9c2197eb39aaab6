"""The answer to `entities`: names by their capitals, dates and money by their pattern.

Each is quoted with the sentence it stands in. In languages that write common nouns with capitals,
and in text without capitals, only patterns and what speakers are called are found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from footnoted.llm.brain_tasks import EntitiesAnswer, NamedEntity
from footnoted.llm.methods.entity_capitals import capitals_of, names_in
from footnoted.llm.methods.entity_patterns import exact_in
from footnoted.llm.methods.entity_types import gazetteer_for
from footnoted.llm.methods.lexicon import lexicon_for
from footnoted.llm.methods.units import units_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from footnoted.llm.brain_tasks import EntitiesTask
    from footnoted.llm.methods.units import Unit

_SAMPLE_CHARS = 4_000
_NAMES_ONLY_CAPITALISED = frozenset(("en", "fr", "es", "pt", "it", "nl"))
_LABEL_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_SHORTEST_LABEL = 3
_SEVERAL = re.compile(r"[A-Z]{2,}s")
"""Several of what an abbreviation stands for: `EIPs` are more than one `EIP`."""


@dataclass
class _Entity:
    name: str
    kind: str
    unit: int
    written: dict[str, None] = field(default_factory=dict[str, None])


def find_entities(task: EntitiesTask) -> EntitiesAnswer:
    """Return each name of the topic once, in the order of the transcript; often few."""
    talk = " ".join(cue.text for cue in task.cues)
    lexicon = lexicon_for(task.language, talk[:_SAMPLE_CHARS])
    units = units_of(task.cues, lexicon)
    found: dict[tuple[str, str], _Entity] = {}
    for name, kind, unit in (
        *_exact(units, lexicon.language),
        *_named(units, lexicon.language, talk, _speakers(task)),
    ):
        if kind in task.types:
            one = name[:-1] if _SEVERAL.fullmatch(name) else name
            entity = found.setdefault((one.casefold(), kind), _Entity(one, kind, unit))
            entity.written[name] = None
    return EntitiesAnswer(
        entities=tuple(
            NamedEntity(
                name=entity.name,
                type=entity.kind,
                written=tuple(entity.written),
                quote=units[entity.unit].text,
                first_cue=task.cues[units[entity.unit].first].index,
                last_cue=task.cues[units[entity.unit].last].index,
            )
            for entity in sorted(found.values(), key=lambda each: (each.unit, each.name))
        )
    )


def _exact(units: list[Unit], language: str) -> Iterator[tuple[str, str, int]]:
    for at, unit in enumerate(units):
        for words, kind in exact_in(unit.text, language):
            yield words, kind, at


def _named(
    units: list[Unit], language: str, talk: str, speakers: frozenset[str]
) -> Iterator[tuple[str, str, int]]:
    if language not in _NAMES_ONLY_CAPITALISED:
        return
    gazetteer = gazetteer_for(language)
    sentences = [unit.text for unit in units]
    capitals = capitals_of(sentences, language)
    known = speakers | gazetteer.given | gazetteer.places
    exact = [" ".join(words for words, _ in exact_in(text, language)) for text in sentences]
    for found in names_in(sentences, capitals, known):
        if found.name not in exact[found.unit]:
            yield found.name, gazetteer.type_of(found.name, talk, speakers), found.unit


def _speakers(task: EntitiesTask) -> frozenset[str]:
    """Return the words of the labels of who speaks, without numbers."""
    labels = {cue.speaker for cue in task.cues if cue.speaker}
    return frozenset(_label_words(labels))


def _label_words(labels: Iterable[str]) -> Iterator[str]:
    for label in labels:
        for word in _LABEL_WORD.findall(re.sub(r"\s*[|(\[/,].*$", "", label)):
            if len(word) >= _SHORTEST_LABEL and word.casefold() != "speaker":
                yield word.casefold()
