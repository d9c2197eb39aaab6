"""The answer to `outlook`: sentences that speak of the market as a whole, word for word.

A sentence counts when it speaks of the market or the economy as a whole. Reasons are those in which
the speaker says what he or she expects, without doubting it; risks those that warn; themes those
that say why. With fewer than two reasons on the winning side there is no direction. There is no
summary: that takes more than picking sentences. A recording that says one word of markets in
passing has no outlook at all.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from footnoted.llm.methods.lexicon import lexicon_for
from footnoted.llm.methods.statements import to_statement
from footnoted.llm.methods.units import units_of
from footnoted.llm.methods.wordlists import read_sections
from footnoted.llm.stock_tasks import OutlookAnswer, OutlookPoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.llm.methods.units import Unit
    from footnoted.llm.stock_tasks import OutlookTask

_SAMPLE_CHARS = 4_000
_MIN_WORDS, _MAX_WORDS = 8, 60
_MOST_REASONS, _MOST_THEMES, _MOST_RISKS = 3, 3, 3
_LEAST_SIDE = 2
_CLEAR = 2
_FEWEST_TERMS, _FEWEST_TIMES = 2, 3


def outlook(task: OutlookTask) -> OutlookAnswer:
    """Return the outlook of a recording; empty where nobody speaks of the market."""
    sample = " ".join(cue.text for cue in task.cues)[:_SAMPLE_CHARS]
    lexicon = lexicon_for(task.language, sample)
    spoken = [
        unit
        for unit in units_of(task.cues, lexicon)
        if _MIN_WORDS <= unit.words <= _MAX_WORDS
        and _has("market", unit)
        and not unit.text.rstrip().endswith("?")
    ]
    if not _is_about_markets(task):
        spoken = []
    held = [unit for unit in spoken if _has("opinion", unit) and not _has("doubt", unit)]
    up = [unit for unit in held if _has("up", unit) and not _has("down", unit)]
    down = [unit for unit in held if _has("down", unit) and not _has("up", unit)]
    direction, reasons = _direction(up, down)
    risks = [
        unit
        for unit in spoken
        if _has("risk", unit) and not _has("doubt", unit) and unit not in reasons
    ]
    themes = [
        unit
        for unit in spoken
        if _has("theme", unit) and _has("cause", unit) and unit not in [*reasons, *risks]
    ]

    def points(units: Sequence[Unit], most: int) -> tuple[OutlookPoint, ...]:
        return tuple(_point(task, unit, lexicon.language) for unit in _fullest(units, most))

    return OutlookAnswer(
        direction=direction,
        reasoning=points(reasons, _MOST_REASONS),
        themes=points(themes, _MOST_THEMES),
        risks=points(risks, _MOST_RISKS),
        summary=(),
    )


def _is_about_markets(task: OutlookTask) -> bool:
    """Return whether a recording says several words of markets, or one again and again."""
    said = " ".join(cue.text for cue in task.cues).casefold().replace("\u2019", "'")
    terms = _pattern("market").findall(said)
    return len(set(terms)) >= _FEWEST_TERMS or len(terms) >= _FEWEST_TIMES


def _direction(up: list[Unit], down: list[Unit]) -> tuple[str | None, list[Unit]]:
    """Return where the market is seen to go, and the sentences that say so."""
    if max(len(up), len(down)) < _LEAST_SIDE:
        return None, []
    if len(up) >= _CLEAR * len(down):
        return "bullish", up
    if len(down) >= _CLEAR * len(up):
        return "bearish", down
    return "mixed", sorted([*up, *down], key=lambda unit: unit.first)


def _fullest(units: Sequence[Unit], most: int) -> list[Unit]:
    """Return the sentences that say most, in the order they were said."""
    chosen = sorted(units, key=lambda unit: (-_weight(unit), unit.first))[:most]
    return sorted(chosen, key=lambda unit: unit.first)


def _weight(unit: Unit) -> int:
    return sum(len(_pattern(name).findall(unit.text.casefold())) for name in ("market", "theme"))


def _point(task: OutlookTask, unit: Unit, language: str) -> OutlookPoint:
    return OutlookPoint(
        text=to_statement(unit.text, language) or unit.text,
        quote=unit.text,
        first_cue=task.cues[unit.first].index,
        last_cue=task.cues[unit.last].index,
    )


def _has(name: str, unit: Unit) -> bool:
    return bool(_pattern(name).search(unit.text.casefold().replace("\u2019", "'")))


@lru_cache(maxsize=16)
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(read_sections("outlook-en")[name].alternatives)
