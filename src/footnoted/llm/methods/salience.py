"""How much of a text's substance each of its sentences carries.

A sentence scores by the weight of its distinct words in the text (the centroid of Radev et al.,
"Centroid-based summarization of multiple documents", 2004), damped by its length; words that are
said once weigh nothing extra. What was chosen is worth less a second time, as in SumBasic (Nenkova
and Vanderwende, "The impact of frequency on summarization", 2005).
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_DAMPING = 6.0
_ONCE = 0.5
_REPEATED_SHARE, _USUAL_REACH = 0.35, 1.6


def stem_salience(units: Sequence[Sequence[str]]) -> dict[str, float]:
    """Return per stem the log of how many units say it, plus something for being said at all.

    A handful of units cannot repeat much: their weights are lifted to what ten units reach.
    """
    spread = Counter(stem for unit in units for stem in set(unit))
    reach = _ONCE + math.log(max(1.0, _REPEATED_SHARE * len(units)))
    lift = max(1.0, _USUAL_REACH / reach)
    return {stem: lift * (_ONCE + math.log(count)) for stem, count in spread.items()}


def unit_salience(stems: Sequence[str], weights: Mapping[str, float]) -> float:
    """Return the damped mean weight of the distinct stems of a unit; about 0 to 3."""
    distinct = sorted(set(stems))
    return sum(weights.get(stem, 0.0) for stem in distinct) / (len(distinct) + _DAMPING)


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of the smaller set of stems that the other holds too."""
    if not one or not other:
        return 0.0
    return len(one & other) / min(len(one), len(other))
