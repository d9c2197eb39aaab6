"""The answer to `relate`: stated relations, and decisions, actions and questions by their phrases.

Cue phrases for what meetings are searched for afterwards, as in Purver et al. ("Detecting and
summarizing action items in multi-party dialogue", SIGdial 2007). Statements are the sentences that
carry most of a topic. What shows no sign of any of these is left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from footnoted.llm.brain_tasks import RelateAnswer, StatedPoint
from footnoted.llm.methods.candidates import Passage
from footnoted.llm.methods.lexicon import lexicon_for
from footnoted.llm.methods.meeting_cues import Mark, phrases_for
from footnoted.llm.methods.relation_patterns import stated_relations
from footnoted.llm.methods.salience import overlap, stem_salience, unit_salience
from footnoted.llm.methods.signals import signals_for
from footnoted.llm.methods.statements import to_statement
from footnoted.llm.methods.units import units_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from footnoted.llm.brain_tasks import RelateTask
    from footnoted.llm.methods.lexicon import Lexicon
    from footnoted.llm.methods.units import Unit

_SAMPLE_CHARS = 4_000
_WORDS_PER_STATEMENT, _WORDS_PER_FIND, _FEWEST_FINDS = 350, 100, 5
_LEAST_SALIENCE = {"decision": 0.1, "action": 0.1, "question": 0.3}
_REPEATS = 0.6
_LABEL_END = re.compile(r"\s*[|(\[/,].*$")


def relate(task: RelateTask) -> RelateAnswer:
    """Return what is stated and settled in one topic, in the order of the transcript."""
    talk = " ".join(cue.text for cue in task.cues)[:_SAMPLE_CHARS]
    lexicon = lexicon_for(task.language, talk)
    units = units_of(task.cues, lexicon)
    marks = _marked(units, lexicon, _people(task))
    held = {at for mark in marks for at in range(mark.first, mark.last + 1)}
    marks += [Mark(at, at, "statement") for at in _statements(units, lexicon, task.topic, held)]
    points = tuple(
        _point(task, units, mark, lexicon.language)
        for mark in sorted(marks, key=lambda mark: (mark.first, mark.last))
        if mark.kind in task.point_kinds
    )
    return RelateAnswer(relations=stated_relations(task, units, lexicon.language), points=points)


def _people(task: RelateTask) -> list[str]:
    """Return what those who speak or are named are called, first names too."""
    labels = {_LABEL_END.sub("", cue.speaker) for cue in task.cues if cue.speaker}
    names = [each.name for each in task.entities if each.type == "person"]
    whole = dict.fromkeys((*names, *sorted(labels)))
    firsts = [name.split()[0] for name in whole if name.split()]
    return list(dict.fromkeys((*whole, *(name for name in firsts if firsts.count(name) == 1))))


def _marked(units: Sequence[Unit], lexicon: Lexicon, people: Sequence[str]) -> list[Mark]:
    """Return the best finds of each kind, about one in a hundred words."""
    weights = stem_salience([unit.stems for unit in units])
    ranked: dict[str, list[tuple[float, Mark]]] = {}
    for mark in phrases_for(lexicon.language).marks(units, people):
        salience = unit_salience(units[mark.last].stems, weights)
        if salience >= _LEAST_SALIENCE[mark.kind]:
            ranked.setdefault(mark.kind, []).append((-salience, mark))
    room = max(_FEWEST_FINDS, round(sum(unit.words for unit in units) / _WORDS_PER_FIND))
    return [
        mark
        for found in ranked.values()
        for mark in _different(
            [mark for _, mark in sorted(found, key=lambda each: (each[0], each[1].first))],
            units,
            room,
        )
    ]


def _different(order: Sequence[Mark], units: Sequence[Unit], room: int) -> Iterator[Mark]:
    """Yield up to `room` finds that do not repeat one another, best first."""
    said: list[frozenset[str]] = []
    for mark in order:
        stems = frozenset(units[mark.last].stems)
        if any(overlap(stems, other) > _REPEATS for other in said):
            continue
        said.append(stems)
        yield mark
        if len(said) == room:
            return


def _statements(
    units: Sequence[Unit], lexicon: Lexicon, topic: str, held: set[int]
) -> Iterator[int]:
    """Yield the places of the sentences that carry most of the topic, those not `held` yet."""
    passage = Passage(units, signals_for(lexicon.language), set(lexicon.stems(topic)))
    room = max(1, round(sum(unit.words for unit in units) / _WORDS_PER_STATEMENT))
    yield from (each.core for each in passage.best(room) if each.core not in held)


def _point(task: RelateTask, units: Sequence[Unit], mark: Mark, language: str) -> StatedPoint:
    said = units[mark.first : mark.last + 1]
    return StatedPoint(
        kind=mark.kind,
        text=to_statement(said[-1].text, language),
        who=mark.who,
        due=mark.due,
        quote=" ".join(unit.text for unit in said),
        first_cue=task.cues[said[0].first].index,
        last_cue=task.cues[said[-1].last].index,
    )
