"""The answer to `classify`: the category whose words a moment shares, or no label at all.

Overlap of stems, each worth its inverse category frequency (Sparck Jones 1972), so that a word all
categories use decides nothing. A name or a sub-topic found whole counts more than scattered words.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.llm.methods.lexicon import lexicon_for
from footnoted.llm.tasks import ClassifyAnswer, MomentLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.llm.methods.lexicon import Lexicon
    from footnoted.llm.tasks import Category, ClassifyTask, MomentBrief

_NAME_WEIGHT, _SUBTOPIC_WEIGHT, _DESCRIPTION_WEIGHT = 2.0, 1.5, 1.0
_TITLE_TIMES = 1.5
_LEAST_SCORE = 1.0


@dataclass(frozen=True, slots=True)
class _Shelf:
    """A category as stems: what each is worth for it, and its sub-topics."""

    name: str
    weights: dict[str, float]
    subtopics: tuple[tuple[str, frozenset[str]], ...]


def classify(task: ClassifyTask) -> ClassifyAnswer:
    """Return one label per moment that shares words with the taxonomy; the rest stay without."""
    sample = " ".join(f"{category.name} {category.description}" for category in task.categories)
    lexicon = lexicon_for(task.language, sample)
    shelves = _shelves(task.categories, lexicon)
    labels = (_label(moment, shelves, lexicon) for moment in task.moments)
    return ClassifyAnswer(labels=tuple(label for label in labels if label is not None))


def _shelves(categories: Sequence[Category], lexicon: Lexicon) -> list[_Shelf]:
    raw = [_raw_weights(category, lexicon) for category in categories]
    spread = Counter(stem for weights in raw for stem in weights)
    return [
        _Shelf(
            category.name,
            {
                stem: weight * math.log(1 + len(categories) / spread[stem])
                for stem, weight in weights.items()
            },
            tuple((name, frozenset(lexicon.stems(name))) for name in category.subtopics),
        )
        for category, weights in zip(categories, raw, strict=True)
    ]


def _raw_weights(category: Category, lexicon: Lexicon) -> dict[str, float]:
    weights: dict[str, float] = {}
    parts = (
        (category.description, _DESCRIPTION_WEIGHT),
        *((subtopic, _SUBTOPIC_WEIGHT) for subtopic in category.subtopics),
        (category.name, _NAME_WEIGHT),
    )
    for text, weight in parts:
        for stem in lexicon.stems(text):
            weights[stem] = max(weight, weights.get(stem, 0.0))
    return weights


def _label(moment: MomentBrief, shelves: Sequence[_Shelf], lexicon: Lexicon) -> MomentLabel | None:
    counts = Counter(lexicon.stems(f"{moment.summary} {moment.quote}"))
    words = {stem: 1 + math.log(count) for stem, count in counts.items()}
    for stem in lexicon.stems(moment.title):
        words[stem] = words.get(stem, 0.0) + _TITLE_TIMES
    scored = [(_score(words, shelf), at) for at, shelf in enumerate(shelves)]
    best, at = max(scored, key=lambda item: (item[0], -item[1]), default=(0.0, -1))
    if best < _LEAST_SCORE:
        return None
    shelf = shelves[at]
    return MomentLabel(index=moment.index, category=shelf.name, subtopic=_subtopic(words, shelf))


def _score(words: dict[str, float], shelf: _Shelf) -> float:
    shared = sorted(words.keys() & shelf.weights.keys())
    loose = sum(words[stem] * shelf.weights[stem] for stem in shared)
    whole = sum(2.0 for _, stems in shelf.subtopics if len(stems) > 1 and stems <= words.keys())
    return loose + whole


def _subtopic(words: dict[str, float], shelf: _Shelf) -> str | None:
    """Return the sub-topic with most of its stems in the moment; none below half of them."""
    best, best_share = None, 0.0
    for name, stems in shelf.subtopics:
        if not stems:
            continue
        found = sorted(stems & words.keys())
        share = len(found) / len(stems) + sum(words[stem] for stem in found) / 100
        if len(found) * 2 >= len(stems) and share > best_share:
            best, best_share = name, share
    return best
