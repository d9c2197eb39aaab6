"""The answers to `classify` and `subtopic`: where a moment's words are, or no label at all.

Overlap of stems, each worth its inverse category frequency (Sparck Jones 1972), so that a word all
categories use decides nothing. Moments that are asked about together come from one recording, so a
category that fits them on the whole is a little likelier for each; but a moment gets no category
that neither its own words nor its likeness to the others speak for.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.llm.methods.lexicon import lexicon_for
from footnoted.llm.tasks import ClassifyAnswer, MomentLabel, SubtopicAnswer, SubtopicLabel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from footnoted.llm.methods.lexicon import Lexicon
    from footnoted.llm.tasks import Category, ClassifyTask, MomentBrief, SubtopicTask

_NAME_WEIGHT, _DESCRIPTION_WEIGHT = 2.0, 1.0
_TITLE_TIMES = 1.0
_COMPANY = 1.0
_WHOLE_PART = 1.0
_FEWEST_SHARED = 2
_FEWEST_ECHOED, _CLEAR_SHARE = 2, 0.6
_ALTERNATIVES = re.compile(r"\s+(?:and|or|et|und|y|e|en)\s+|[,/&]")


@dataclass(frozen=True, slots=True)
class _Shelf:
    """A category as stems: what each is worth for it."""

    name: str
    weights: Mapping[str, float]


def classify(task: ClassifyTask) -> ClassifyAnswer:
    """Return one label per moment that shares words with the taxonomy; the rest stay without."""
    sample = " ".join(f"{category.name} {category.description}" for category in task.categories)
    lexicon = lexicon_for(task.language, sample)
    shelves = _shelves(task.categories, lexicon)
    if not shelves or not task.moments:
        return ClassifyAnswer(labels=())
    words = [_words(moment, lexicon) for moment in task.moments]
    scores = [[_score(bag, shelf) for shelf in shelves] for bag in words]
    company = _company(words, shelves)
    favourite = _best(company, company)
    labels = [
        _label(moment.index, bag, shelves[at], surely=at == favourite)
        if row[at := _best(row, company)] > 0
        else None
        for moment, bag, row in zip(task.moments, words, scores, strict=True)
    ]
    labels = _echoed(task.moments, words, labels, shelves[favourite].name)
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
        )
        for category, weights in zip(categories, raw, strict=True)
    ]


def _parts(subtopic: str, lexicon: Lexicon) -> tuple[frozenset[str], ...]:
    """Return the stems of each alternative a sub-topic names: `reverb and delay` is either."""
    parts = (frozenset(lexicon.stems(part)) for part in _ALTERNATIVES.split(subtopic))
    return tuple(part for part in parts if part)


def _raw_weights(category: Category, lexicon: Lexicon) -> dict[str, float]:
    weights: dict[str, float] = {}
    texts = (
        (category.description, _DESCRIPTION_WEIGHT),
        (category.name, _NAME_WEIGHT),
    )
    for text, weight in texts:
        for stem in lexicon.stems(text):
            weights[stem] = max(weight, weights.get(stem, 0.0))
    return weights


def _words(moment: MomentBrief, lexicon: Lexicon) -> dict[str, float]:
    """Return what each stem of a moment counts; those of its title count more."""
    counts = Counter(lexicon.stems(f"{moment.summary} {moment.quote}"))
    words = {stem: 1 + math.log(count) for stem, count in counts.items()}
    for stem in lexicon.stems(moment.title):
        words[stem] = words.get(stem, 0.0) + _TITLE_TIMES
    return words


def _score(words: Mapping[str, float], shelf: _Shelf) -> float:
    shared = sorted(words.keys() & shelf.weights.keys())
    return sum(words[stem] * shelf.weights[stem] for stem in shared)


def _company(words: Sequence[Mapping[str, float]], shelves: Sequence[_Shelf]) -> list[float]:
    """Return how well each category fits all moments: many words of it once beat one often."""
    spread = Counter(stem for bag in words for stem in bag)
    most = math.log(1 + len(words))
    return [
        sum(
            shelf.weights[stem] * math.log(1 + spread[stem]) / most
            for stem in sorted(spread.keys() & shelf.weights.keys())
        )
        for shelf in shelves
    ]


def _echoed(
    moments: Sequence[MomentBrief],
    words: Sequence[Mapping[str, float]],
    labels: Sequence[MomentLabel | None],
    favourite: str,
) -> list[MomentLabel | None]:
    """Return the labels, with the favourite for moments that speak as its moments do.

    Feedback from what is surely relevant (Rocchio, 1971) finds the words a taxonomy forgot. It
    needs a favourite that most labelled moments have, and words that at least two of those say.
    """
    named = [bag for bag, label in zip(words, labels, strict=True) if label is not None]
    sure = [
        bag
        for bag, label in zip(words, labels, strict=True)
        if label is not None and label.category == favourite
    ]
    if len(sure) < _FEWEST_ECHOED or len(sure) < _CLEAR_SHARE * len(named):
        return list(labels)
    spread = Counter(stem for bag in sure for stem in bag)
    spoken = {stem for stem, count in spread.items() if count > 1}
    return [
        MomentLabel(index=moment.index, category=favourite)
        if label is None and len(spoken & bag.keys()) >= _FEWEST_SHARED
        else label
        for moment, bag, label in zip(moments, words, labels, strict=True)
    ]


def _best(own: Sequence[float], company: Sequence[float]) -> int:
    """Return the position of the category that fits a moment and its company best."""
    return max(
        range(len(own)),
        key=lambda at: (own[at] + _COMPANY * company[at] if own[at] else 0.0, -at),
    )


def _label(
    index: int, words: Mapping[str, float], shelf: _Shelf, *, surely: bool
) -> MomentLabel | None:
    """Return the label, or None where one stray word is all that speaks for the category."""
    shared = words.keys() & shelf.weights.keys()
    if len(shared) < _FEWEST_SHARED and not surely:
        return None
    return MomentLabel(index=index, category=shelf.name)


def subdivide(task: SubtopicTask) -> SubtopicAnswer:
    """Return the sub-topic of each moment that names one whole alternative of it.

    A word that several sub-topics name is worth less, so that it decides nothing alone.
    """
    lexicon = lexicon_for(task.language, f"{task.category.name} {task.category.description}")
    parts = [(name, _parts(name, lexicon)) for name in task.category.subtopics]
    spread = Counter(stem for _, some in parts for stem in frozenset[str]().union(*some))
    worth = {stem: math.log(1 + len(parts) / count) for stem, count in spread.items()}
    found = [
        (moment.index, _subtopic(_words(moment, lexicon), parts, worth)) for moment in task.moments
    ]
    return SubtopicAnswer(
        subtopics=tuple(SubtopicLabel(index=at, subtopic=name) for at, name in found if name)
    )


def _subtopic(
    words: Mapping[str, float],
    subtopics: Sequence[tuple[str, Sequence[frozenset[str]]]],
    worth: Mapping[str, float],
) -> str | None:
    """Return the sub-topic whose parts the moment names most; none without a whole part."""
    best, best_score = None, 0.0
    for name, parts in subtopics:
        whole = [part for part in parts if part <= words.keys()]
        score = sum(words[stem] * worth[stem] for part in whole for stem in sorted(part))
        if whole and score + len(whole) * _WHOLE_PART > best_score:
            best, best_score = name, score + len(whole) * _WHOLE_PART
    return best
