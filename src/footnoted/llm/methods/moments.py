"""The answer to `extract`: the sentences of a topic worth keeping, quoted word for word.

Sentences compete by salience and by the signs of a tip, a definition, a warning…; chatter and
promotion are out. A chosen sentence that leans on the one before, or is short, is quoted with its
neighbour. About one moment is kept for every two minutes of speech, and none without substance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.llm.methods.keyphrases import (
    distinct_best,
    phrases_of,
    ranked_phrases,
    title_of,
)
from footnoted.llm.methods.lexicon import lexicon_for
from footnoted.llm.methods.products import tools_in
from footnoted.llm.methods.salience import overlap, stem_salience, unit_salience
from footnoted.llm.methods.signals import is_chatter, is_promotion, kinds_of, leans_back
from footnoted.llm.methods.statements import to_statement
from footnoted.llm.methods.units import units_of
from footnoted.llm.tasks import ExtractAnswer, ExtractedMoment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from footnoted.llm.methods.lexicon import Lexicon
    from footnoted.llm.methods.units import Unit
    from footnoted.llm.tasks import ExtractTask

_WORDS_PER_MOMENT = 260
_FEWEST_WORDS, _FEWEST_STEMS = 7, 3
_QUOTE_CHARS = 300
_SHORT_QUOTE_WORDS = 12
_LEAST_SCORE = 0.9
_LEAST_SALIENCE = 0.35
_REPEATS = 0.6
_SAMPLE_CHARS = 4_000
_FALLBACK_TYPE = "technique"


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A quote in the making: units first..last (inclusive), around the unit that earned it."""

    core: int
    first: int
    last: int
    score: float
    kinds: Mapping[str, float]


def extract(task: ExtractTask) -> ExtractAnswer:
    """Return the moments of one topic in the order of the transcript; often few, maybe none."""
    sample = " ".join(cue.text for cue in task.cues)[:_SAMPLE_CHARS]
    lexicon = lexicon_for(task.language, sample)
    units = units_of(task.cues, lexicon)
    weights = stem_salience([unit.stems for unit in units])
    for stem in lexicon.stems(task.topic):
        weights[stem] = weights.get(stem, 0.0) + 0.5
    chosen = _choose(units, _candidates(units, weights), _room(units))
    titles = _titles(units, chosen, weights, lexicon)
    return ExtractAnswer(
        moments=tuple(
            _moment(task, units, candidate, title)
            for candidate, title in zip(chosen, titles, strict=True)
        )
    )


def _room(units: Sequence[Unit]) -> int:
    words = sum(unit.words for unit in units)
    return max(1, round(words / _WORDS_PER_MOMENT))


def _candidates(units: Sequence[Unit], weights: Mapping[str, float]) -> list[_Candidate]:
    found: list[_Candidate] = []
    for at, unit in enumerate(units):
        if unit.words < _FEWEST_WORDS or len(set(unit.stems)) < _FEWEST_STEMS:
            continue
        if is_promotion(unit.text) or is_chatter(unit.text):
            continue
        salience = unit_salience(unit.stems, weights)
        kinds = kinds_of(unit.text)
        score = salience + sum(sorted(kinds.values(), reverse=True)[:2]) * 0.35
        first, last = _window(units, at)
        if first == at and leans_back(unit.text):
            score -= 0.3
        if salience >= _LEAST_SALIENCE and score >= _LEAST_SCORE:
            found.append(_Candidate(at, first, last, score, kinds))
    return sorted(found, key=lambda item: (-item.score, item.core))


def _window(units: Sequence[Unit], at: int) -> tuple[int, int]:
    """Return the units to quote around unit `at`: with its neighbour where it cannot stand alone."""
    unit = units[at]
    if leans_back(unit.text) and _may_join(units, at - 1, at):
        return at - 1, at
    if unit.words < _SHORT_QUOTE_WORDS and _may_join(units, at, at + 1):
        return at, at + 1
    return at, at


def _may_join(units: Sequence[Unit], first: int, last: int) -> bool:
    if first < 0 or last >= len(units) or units[first].speaker != units[last].speaker:
        return False
    text = f"{units[first].text} {units[last].text}"
    return len(text) <= _QUOTE_CHARS and not is_promotion(text) and not is_chatter(text)


def _choose(units: Sequence[Unit], candidates: Sequence[_Candidate], room: int) -> list[_Candidate]:
    """Return the best candidates that neither overlap nor repeat one another, in order."""
    chosen: list[_Candidate] = []
    said: list[frozenset[str]] = []
    taken: set[int] = set()
    for candidate in candidates:
        span = range(candidate.first, candidate.last + 1)
        stems = frozenset(stem for at in span for stem in units[at].stems)
        if taken & set(span) or any(overlap(stems, other) > _REPEATS for other in said):
            continue
        chosen.append(candidate)
        said.append(stems)
        taken |= set(span)
        if len(chosen) == room:
            break
    return sorted(chosen, key=lambda item: item.first)


def _titles(
    units: Sequence[Unit],
    chosen: Sequence[_Candidate],
    weights: Mapping[str, float],
    lexicon: Lexicon,
) -> list[str]:
    """Return a title per candidate from its own words; no title twice where it can be helped."""
    titles: list[str] = []
    for candidate in chosen:
        window = units[candidate.first : candidate.last + 1]
        phrases = [phrase for unit in window for phrase in phrases_of(unit.tokens, lexicon)]
        best = distinct_best(ranked_phrases(phrases, weights), 3)
        title = title_of(best[:2]) or " ".join(units[candidate.core].text.split()[:6])
        if title in titles and len(best) > 2:  # noqa: PLR2004 - a third phrase makes it another
            title = title_of([best[0], best[2]])
        titles.append(title)
    return titles


def _moment(
    task: ExtractTask, units: Sequence[Unit], candidate: _Candidate, title: str
) -> ExtractedMoment:
    window = units[candidate.first : candidate.last + 1]
    quote = " ".join(unit.text for unit in window)
    return ExtractedMoment(
        title=title,
        summary=" ".join(filter(None, (to_statement(unit.text) for unit in window))),
        content_type=content_type(candidate.kinds, task.content_types),
        tools=tools_in(quote),
        quote=quote,
        first_cue=task.cues[window[0].first].index,
        last_cue=task.cues[window[-1].last].index,
    )


def content_type(kinds: Mapping[str, float], allowed: Sequence[str]) -> str:
    """Return the strongest kind that is allowed; else `technique` if allowed, else the first."""
    usable = [kind for kind in kinds if kind in allowed]
    if usable:
        return max(usable, key=lambda kind: (kinds[kind], kind))
    if not allowed or _FALLBACK_TYPE in allowed:
        return _FALLBACK_TYPE
    return allowed[0]
