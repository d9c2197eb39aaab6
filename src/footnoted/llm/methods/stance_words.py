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
_NEGATIVE = frozenset({"avoid", "hold"})
"""Actions whose own words may be negations."""
_CLAUSE = 50
_ACTS = re.compile(r"(?:i|we|you)\b")
_ME = (
    r"(?:i|we)(?:'m|'ve|'re|'ll|'d| am| have| are| will| would| did| do)?"
    r"(?: (?:also|just|been|probably|definitely|going to|gonna|keep|kept|still|actually|already"
    r"|finally|currently|recently|personally|happy to|looking to|absolutely|completely|really"
    r"|literally|be))*"
)


@dataclass(frozen=True, slots=True)
class Stance:
    """What is done, how surely (0 to 1), for how long, and where in the text that stands."""

    action: str
    conviction: float
    horizon: str | None
    at: int
    end: int
    is_judgement: bool
    """Whether it says what something is, after naming it, not what somebody does with it."""


def stances_in(text: str) -> list[Stance]:
    """Return the speaker's stances in a sentence, in the order they are said; usually none."""
    said = _plain(text)
    if said.endswith("?") or _tone("none").search(said):
        return []
    found: list[tuple[int, int, str]] = []
    for action in _ORDER:
        for match in _stance(action).finditer(said):
            apart = all(match.end() <= at or match.start() >= end for at, end, _ in found)
            if apart and (action in _NEGATIVE or not _is_turned_round(said, match.start())):
                found.append((match.start(), match.end(), action))
    actions = {action for _, _, action in found}
    if all(actions & side for side in _OPPOSITES):
        return []
    sure, horizon = _conviction(said), horizon_of(said)
    return [
        Stance(action, sure, horizon, at, end, not _ACTS.match(said, at))
        for at, end, action in sorted(found)
    ]


def _is_turned_round(said: str, at: int) -> bool:
    """Return whether a negation stands in the clause before an action."""
    clause = re.split(r"[,;:]| but | and | because ", said[max(0, at - _CLAUSE) : at])[-1]
    return bool(_tone("not").search(clause))


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
    return re.compile(read_sections(_STANCE)[action].alternatives.replace("ME ", f"{_ME} "))


@lru_cache(maxsize=16)
def _tone(name: str) -> re.Pattern[str]:
    return re.compile(read_sections(_TONE)[name].alternatives)
