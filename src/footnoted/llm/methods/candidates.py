"""Which sentences of a topic could be kept, how good each is, and what to quote around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.llm.methods.salience import overlap, stem_salience, unit_salience

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from footnoted.llm.methods.signals import Signals
    from footnoted.llm.methods.units import Unit

_FEWEST_WORDS, _FEWEST_STEMS = 7, 3
_QUOTE_CHARS = 300
_SHORT_QUOTE_WORDS = 12
_FEWEST_JOINED = 5
_SPONSOR_REACH = 6
_SIGN_WEIGHT, _LEANING, _BROKEN, _TALK = 0.35, 0.3, 0.3, 0.08
_LEAST_SCORE, _LEAST_SCORE_WITHOUT_SIGNS = 0.7, 0.55
_LEAST_SALIENCE = 0.35
_TOPIC_BONUS = 0.5
_REPEATS = 0.6
_TERMINALS = (".", "!", "?", "\u3002", "\u0964", '"', "\u201d", ")")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A quote in the making: units first..last (inclusive), around the unit that earned it."""

    core: int
    first: int
    last: int
    score: float
    kinds: Mapping[str, float]


class Passage:
    """The units of one topic, what their words weigh, and what the signals say of them."""

    def __init__(self, units: Sequence[Unit], signals: Signals, topic: Iterable[str]) -> None:
        """Weigh the stems of `units`; those of the `topic`'s title weigh more."""
        self.units = units
        self.weights = stem_salience([unit.stems for unit in units])
        for stem in topic:
            self.weights[stem] = self.weights.get(stem, 0.0) + _TOPIC_BONUS
        self._signals = signals
        ended = sum(unit.text.endswith(_TERMINALS) for unit in units)
        self._punctuated = ended * 2 > len(units)
        self._noise: dict[int, bool] = {}

    def best(self, room: int) -> list[Candidate]:
        """Return up to `room` candidates that neither overlap nor repeat one another, in order."""
        chosen: list[Candidate] = []
        said: list[frozenset[str]] = []
        taken: set[int] = set()
        for candidate in self._ranked():
            span = range(candidate.first, candidate.last + 1)
            stems = frozenset(stem for at in span for stem in self.units[at].stems)
            if taken & set(span) or any(overlap(stems, other) > _REPEATS for other in said):
                continue
            chosen.append(candidate)
            said.append(stems)
            taken |= set(span)
            if len(chosen) == room:
                break
        return sorted(chosen, key=lambda item: item.first)

    def _ranked(self) -> list[Candidate]:
        least = _LEAST_SCORE if self._signals.exist else _LEAST_SCORE_WITHOUT_SIGNS
        advertised = self._advertised()
        found = [
            candidate
            for at in range(len(self.units))
            if at not in advertised
            and (candidate := self._candidate(at)) is not None
            and candidate.score >= least
        ]
        return sorted(found, key=lambda item: (-item.score, item.core))

    def _candidate(self, at: int) -> Candidate | None:
        unit = self.units[at]
        if unit.words < _FEWEST_WORDS or len(set(unit.stems)) < _FEWEST_STEMS:
            return None
        salience = unit_salience(unit.stems, self.weights)
        if salience < _LEAST_SALIENCE or self._is_noise(at):
            return None
        kinds = self._signals.kinds_of(unit.text)
        signs = sum(sorted(kinds.values(), reverse=True)[:2])
        first, last = self._window(at)
        score = salience + _SIGN_WEIGHT * signs - self._blemishes(first, last)
        return Candidate(at, first, last, score, kinds)

    def _advertised(self) -> set[int]:
        """Return the units in and around advertisements."""
        marks = [at for at, unit in enumerate(self.units) if self._signals.is_sponsor(unit.text)]
        reach = _SPONSOR_REACH
        return {near for at in marks for near in range(at - reach, at + reach + 1)}

    def _is_noise(self, at: int) -> bool:
        known = self._noise.get(at)
        if known is None:
            known = self._noise[at] = self._signals.is_noise(self.units[at].text)
        return known

    def _blemishes(self, first: int, last: int) -> float:
        """Return what a quote loses for leaning on words it leaves out, and for breaking off."""
        lost = _LEANING if self._signals.leans_back(self.units[first].text) else 0.0
        if self._signals.is_unfinished(self.units[last].text) or self._is_cut(first, last):
            lost += _BROKEN
        window = self.units[first : last + 1]
        return lost + _TALK * sum(self._signals.talking_words(unit.text) for unit in window)

    def _is_cut(self, first: int, last: int) -> bool:
        """Return whether a quote of a punctuated text begins or ends inside a sentence."""
        begins, ends = self.units[first].text, self.units[last].text
        return self._punctuated and (begins[:1].islower() or not ends.endswith(_TERMINALS))

    def _window(self, at: int) -> tuple[int, int]:
        """Return what to quote around unit `at`: its neighbour too where it cannot stand alone."""
        unit = self.units[at]
        if self._signals.leans_back(unit.text) and self._may_join(at - 1, at):
            return at - 1, at
        lacks_more = unit.words < _SHORT_QUOTE_WORDS or self._signals.is_unfinished(unit.text)
        if lacks_more and self._may_join(at, at + 1):
            return at, at + 1
        return at, at

    def _may_join(self, first: int, last: int) -> bool:
        if first < 0 or last >= len(self.units):
            return False
        one, other = self.units[first], self.units[last]
        return (
            one.speaker == other.speaker
            and len(one.text) + len(other.text) < _QUOTE_CHARS
            and min(one.words, other.words) >= _FEWEST_JOINED
            and not self._is_noise(first)
            and not self._is_noise(last)
        )
