"""Key phrases and the titles made of them.

Candidates are runs of content words, joined across `of` (Rose et al., "Automatic keyword extraction
from individual documents" (RAKE), 2010); a candidate is worth what its stems weigh in the text it
should name, where a stem that is everywhere weighs little (Sparck Jones, "A statistical
interpretation of term specificity", 1972).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.llm.methods.titlewords import is_weak

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from footnoted.llm.methods.lexicon import Lexicon

_LINKS = frozenset({"of", "de", "du", "von", "di", "do", "da", "del", "des"})
_LONGEST = 4
_SMALL = frozenset("of the and for in on to a an de du von di do da del des la le".split())
_TITLE_CHARS = 70


@dataclass(frozen=True, slots=True)
class Phrase:
    """A candidate: the words as said and the stems that identify it."""

    words: tuple[str, ...]
    stems: tuple[str, ...]


def phrases_of(tokens: Sequence[str], lexicon: Lexicon) -> Iterator[Phrase]:
    """Yield every candidate of a token sequence, sub-runs included, longest runs four words."""
    run: list[tuple[str, str]] = []
    for token in (*tokens, "."):
        stem = lexicon.stem(token)
        if stem or (run and token.lower() in _LINKS):
            run.append((token, stem))
            continue
        yield from _windows(run)
        run = []


def _windows(run: list[tuple[str, str]]) -> Iterator[Phrase]:
    for start in range(len(run)):
        if not run[start][1]:
            continue
        for end in range(start + 1, min(len(run), start + _LONGEST + 1) + 1):
            part = run[start:end]
            stems = tuple(stem for _, stem in part if stem)
            if part[-1][1] and len(stems) <= _LONGEST and not _is_weak_phrase(part):
                yield Phrase(tuple(word for word, _ in part), stems)


def _is_weak_phrase(part: list[tuple[str, str]]) -> bool:
    return is_weak(part[0][0]) or is_weak(part[-1][0])


def stem_weights(
    counts: Mapping[str, int], spread: Mapping[str, int], documents: int
) -> dict[str, float]:
    """Return tf-idf per stem: `counts` in this text, `spread` over `documents` texts in all."""
    return {
        stem: (1 + math.log(count)) * math.log(1 + documents / spread.get(stem, 1))
        for stem, count in counts.items()
    }


def ranked_phrases(
    phrases: Sequence[Phrase], weights: Mapping[str, float]
) -> list[tuple[float, Phrase]]:
    """Return candidates best first, each in the form in which it was said most often."""
    forms: dict[tuple[str, ...], Counter[tuple[str, ...]]] = defaultdict(Counter)
    for phrase in phrases:
        forms[phrase.stems][phrase.words] += 1
    ranked: list[tuple[float, Phrase]] = []
    for stems, surface in forms.items():
        times = sum(surface.values())
        words = min(surface, key=lambda form: (-surface[form], form))
        ranked.append((_score(words, stems, times, weights), Phrase(words, stems)))
    return sorted(ranked, key=lambda item: (-item[0], item[1].words))


def _score(
    words: tuple[str, ...], stems: tuple[str, ...], times: int, weights: Mapping[str, float]
) -> float:
    distinct = set(stems)
    if len(distinct) < len(stems):
        return 0.0
    mass = sum(weights.get(stem, 0.0) for stem in sorted(distinct))
    named = any(word[:1].isupper() for word in words)
    repeated = 1 + math.log(times)
    length = len(stems) ** (0.35 if times > 1 or named else 0.6)
    return mass / length * repeated * (1.15 if named else 1.0)


def title_of(phrases: Sequence[Phrase]) -> str:
    """Return the phrases as one title in title case, joined by `and`; cut at whole phrases."""
    title = ""
    for phrase in phrases:
        words = title_case(phrase.words)
        longer = f"{title} and {words}" if title else words
        if len(longer) > _TITLE_CHARS and title:
            break
        title = longer
    return title


def title_case(words: Sequence[str]) -> str:
    """Return words with capitals where a title has them; capitals inside a word stay."""
    cased = [
        word.lower() if position and word.lower() in _SMALL else _capital(word)
        for position, word in enumerate(words)
    ]
    return " ".join(cased)


def _capital(word: str) -> str:
    return word if any(char.isupper() for char in word[1:]) else word[:1].upper() + word[1:]


def distinct_best(
    ranked: Sequence[tuple[float, Phrase]], limit: int, taken: frozenset[str] = frozenset()
) -> list[Phrase]:
    """Return up to `limit` best phrases that share no stem with each other, nor all with `taken`."""
    chosen: list[Phrase] = []
    used: set[str] = set()
    for score, phrase in ranked:
        if score <= 0 or used & set(phrase.stems) or " ".join(phrase.stems) in taken:
            continue
        chosen.append(phrase)
        used |= set(phrase.stems)
        if len(chosen) == limit:
            break
    return chosen
