"""What a sentence says somebody does with a share: action, how surely, and for how long.

Only what the words say is returned. A sentence that tells of others' trades, or that asks, has no
stance of the speaker's; two actions that contradict each other are none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from footnoted.llm.methods.wordlists import read_sections
from footnoted.llm.stock_tasks import ACTIONS, HORIZONS

_STANCE, _TONE = "stance-en", "tone-en"
_USUAL, _SURE, _UNSURE = 0.6, 0.9, 0.3
_OPPOSITES = ({"buy", "add"}, {"sell", "short", "avoid", "trim"})
_ORDER = ("short", "avoid", "add", "trim", "sell", "buy", "watch", "hold")
"""What is looked for first: the narrower says more than the wider."""


@dataclass(frozen=True, slots=True)
class Stance:
    """What is done, how surely (0 to 1), for how long, and where in the text that stands."""

    action: str
    conviction: float
    horizon: str | None
    at: int


def stances_in(text: str) -> list[Stance]:
    """Return the speaker's stances in a sentence, in the order they are said; usually none."""
    said = _plain(text)
    if said.rstrip().endswith("?") or _tone("others").search(said):
        return []
    found: dict[int, str] = {}
    for action in _ORDER:
        for match in _stance(action).finditer(said):
            if not any(abs(match.start() - at) < len(match.group()) for at in found):
                found[match.start()] = action
    actions = set(found.values())
    if all(actions & side for side in _OPPOSITES):
        return []
    sure, horizon = _conviction(said), horizon_of(said)
    return [Stance(action, sure, horizon, at) for at, action in sorted(found.items())]


def horizon_of(text: str) -> str | None:
    """Return the one horizon that is named; None when none is, or more than one."""
    said = _plain(text)
    named = [horizon for horizon in HORIZONS if _tone(horizon).search(said)]
    return named[0] if len(named) == 1 else None


def _conviction(said: str) -> float:
    sure, unsure = bool(_tone("sure").search(said)), bool(_tone("unsure").search(said))
    if sure == unsure:
        return _USUAL
    return _SURE if sure else _UNSURE


def _plain(text: str) -> str:
    return " ".join(text.replace("\u2019", "'").casefold().split())


@lru_cache(maxsize=len(ACTIONS))
def _stance(action: str) -> re.Pattern[str]:
    pattern = read_sections(_STANCE)[action].alternatives
    return re.compile(pattern.replace("NAME", r"[\w&]+ (?:stock|here|at)"))


@lru_cache(maxsize=16)
def _tone(name: str) -> re.Pattern[str]:
    return re.compile(read_sections(_TONE)[name].alternatives)
