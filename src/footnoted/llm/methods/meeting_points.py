"""The answer to `relate`: stated relations, and decisions, actions and questions by their phrases.

Cue phrases for what meetings are searched for afterwards, as in Purver et al. ("Detecting and
summarizing action items in multi-party dialogue", SIGdial 2007). Statements are the sentences that
carry most of a topic. What shows no sign of any of these is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from footnoted.llm.brain_tasks import RelateAnswer, StatedPoint
from footnoted.llm.methods.candidates import Passage
from footnoted.llm.methods.lexicon import lexicon_for
from footnoted.llm.methods.relation_patterns import stated_relations
from footnoted.llm.methods.salience import overlap, stem_salience, unit_salience
from footnoted.llm.methods.signals import signals_for
from footnoted.llm.methods.statements import to_statement
from footnoted.llm.methods.units import units_of
from footnoted.llm.methods.wordlists import read_sections

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from footnoted.llm.brain_tasks import EntityBrief, RelateTask
    from footnoted.llm.methods.lexicon import Lexicon
    from footnoted.llm.methods.units import Unit

_NEVER = re.compile(r"(?!)")
_SAMPLE_CHARS = 4_000
_WORDS_PER_STATEMENT, _WORDS_PER_FIND, _FEWEST_FINDS = 350, 150, 2
_FEWEST_WORDS, _FEWEST_STEMS, _MOST_WORDS = 6, 3, 70
_LEAST_SALIENCE = 0.3
_REPEATS = 0.6
_BROKEN_OFF = re.compile(r"(?:\u2026|\.\.\.|[,\u2013\u2014-])\s*$")
_FIRST_PERSON = re.compile(r"\bI(?:'ll|'m| will| can| could| am)\b", re.IGNORECASE)
_LEAD = re.compile(
    r"^\W*(?:(?:so|and|but|well|okay|ok|yeah|or|then|also|um|uh|like|now)\b[\s,]*)*", re.IGNORECASE
)


@dataclass(frozen=True)
class _Phrases:
    decision: re.Pattern[str]
    promise: re.Pattern[str]
    request: re.Pattern[str]
    idle: re.Pattern[str]
    asking: re.Pattern[str]
    due: re.Pattern[str]


def relate(task: RelateTask) -> RelateAnswer:
    """Return what is stated and settled in one topic, in the order of the transcript."""
    talk = " ".join(cue.text for cue in task.cues)[:_SAMPLE_CHARS]
    lexicon = lexicon_for(task.language, talk)
    units = units_of(task.cues, lexicon)
    chosen = _marked(units, lexicon)
    for at in _statements(units, lexicon, task.topic):
        chosen.setdefault(at, "statement")
    points = tuple(
        _point(task, units[at], kind, lexicon.language)
        for at, kind in sorted(chosen.items())
        if kind in task.point_kinds
    )
    return RelateAnswer(relations=stated_relations(task, units, lexicon.language), points=points)


def _marked(units: Sequence[Unit], lexicon: Lexicon) -> dict[int, str]:
    """Return the places of the best sentences of each marked kind, about one in 150 words."""
    weights = stem_salience([unit.stems for unit in units])
    phrases = _phrases(lexicon.language)
    ranked: dict[str, list[tuple[float, int]]] = {}
    for at, unit in enumerate(units):
        kind = _kind(unit, phrases)
        salience = unit_salience(unit.stems, weights)
        if kind is not None and salience >= _LEAST_SALIENCE:
            ranked.setdefault(kind, []).append((-salience, at))
    room = max(_FEWEST_FINDS, round(sum(unit.words for unit in units) / _WORDS_PER_FIND))
    chosen: dict[int, str] = {}
    for kind, found in ranked.items():
        chosen |= dict.fromkeys(_different([at for _, at in sorted(found)], units, room), kind)
    return chosen


def _different(order: Sequence[int], units: Sequence[Unit], room: int) -> Iterator[int]:
    """Yield up to `room` places whose sentences do not repeat one another, best first."""
    said: list[frozenset[str]] = []
    for at in order:
        stems = frozenset(units[at].stems)
        if any(overlap(stems, other) > _REPEATS for other in said):
            continue
        said.append(stems)
        yield at
        if len(said) == room:
            return


def _kind(unit: Unit, phrases: _Phrases) -> str | None:
    text = unit.text
    if not _FEWEST_WORDS <= unit.words <= _MOST_WORDS or len(set(unit.stems)) < _FEWEST_STEMS:
        return None
    if phrases.idle.search(text) or _BROKEN_OFF.search(text):
        return None
    if text.rstrip().endswith(("?", "\uff1f")):
        if phrases.request.search(text):
            return "action"
        return "question" if phrases.asking.match(_LEAD.sub("", text)) else None
    if phrases.decision.search(text):
        return "decision"
    return "action" if phrases.promise.search(text) or phrases.request.search(text) else None


def _statements(units: Sequence[Unit], lexicon: Lexicon, topic: str) -> list[int]:
    """Return the places of the sentences that carry most of the topic."""
    passage = Passage(units, signals_for(lexicon.language), set(lexicon.stems(topic)))
    room = max(1, round(sum(unit.words for unit in units) / _WORDS_PER_STATEMENT))
    return [each.core for each in passage.best(room)]


def _point(task: RelateTask, unit: Unit, kind: str, language: str) -> StatedPoint:
    due = _phrases(language).due.search(unit.text) if kind == "action" else None
    return StatedPoint(
        kind=kind,
        text=to_statement(unit.text, language),
        who=_who(unit, task.entities) if kind == "action" else None,
        due=due.group() if due else None,
        quote=unit.text,
        first_cue=task.cues[unit.first].index,
        last_cue=task.cues[unit.last].index,
    )


def _who(unit: Unit, entities: Sequence[EntityBrief]) -> str | None:
    """Return who promises, or who is called by name and asked; nobody where neither is said."""
    people = [each.name for each in entities if each.type == "person"]
    for name in people:
        if re.match(rf"\W*(?:\w+,? )?{re.escape(name)},", unit.text, re.IGNORECASE):
            return name
    if unit.speaker and _FIRST_PERSON.search(unit.text):
        return unit.speaker
    return None


@lru_cache(maxsize=16)
def _phrases(language: str) -> _Phrases:
    lists = read_sections(f"meeting-{language}")
    found: Mapping[str, re.Pattern[str]] = {
        name: re.compile(section.alternatives, re.IGNORECASE) for name, section in lists.items()
    }
    names = ("decision", "promise", "request", "idle", "asking", "due")
    return _Phrases(*(found.get(name, _NEVER) for name in names))
