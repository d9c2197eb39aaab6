"""Key phrases and the titles made of them.

Candidates are runs of content words, joined across small words such as `of` (Rose et al.,
"Automatic keyword extraction from individual documents" (RAKE), 2010). A candidate is worth what
its stems weigh in the text it should name, where a stem that is everywhere weighs little (Sparck
Jones, "A statistical interpretation of term specificity", 1972).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.llm.methods.lexicon import is_unspaced, runs_of
from footnoted.llm.methods.titlewords import is_article, is_link, is_small, may_end, may_start

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from footnoted.llm.methods.lexicon import Lexicon

_MOST_CONTENT, _MOST_WORDS, _MOST_LINKS = 4, 7, 2
_TITLE_CHARS = 70
_GOOD_ENOUGH = 0.55
_TITLES = 4
_SHORTEST_RUN, _LONGEST_RUN = 2, 24

Run = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A candidate: the words as said and the stems that identify it."""

    words: tuple[str, ...]
    stems: tuple[str, ...]


def phrases_of(text: str, tokens: Sequence[str], lexicon: Lexicon) -> Iterator[Phrase]:
    """Yield the candidates of a text and its tokens, sub-runs included."""
    if is_unspaced(text):
        yield from _unspaced(text, lexicon)
        return
    run: Run = []
    links: Run = []
    for token in (*tokens, "."):
        stem = lexicon.stem(token)
        if stem and run and (not links or any(not is_article(word) for word, _ in links)):
            run += [*links, (token, stem)]
            links = []
        elif not stem and run and len(links) < _MOST_LINKS and is_link(token):
            links.append((token, ""))
        else:
            yield from _windows(run)
            run, links = ([(token, stem)] if stem else []), []


def _unspaced(text: str, lexicon: Lexicon) -> Iterator[Phrase]:
    """Yield runs of one script as they stand, where no spaces tell words apart."""
    for run in runs_of(text):
        stems = tuple(dict.fromkeys(lexicon.stems(run)))
        if stems and _SHORTEST_RUN <= len(run) <= _LONGEST_RUN:
            yield Phrase((run,), stems)


def _windows(run: Run) -> Iterator[Phrase]:
    for start, (word, stem) in enumerate(run):
        if not stem:
            continue
        opens = may_start(word)
        stems: list[str] = []
        for end in range(start, min(len(run), start + _MOST_WORDS)):
            last, last_stem = run[end]
            if not last_stem:
                continue
            if last_stem in stems or len(stems) == _MOST_CONTENT:
                break
            stems.append(last_stem)
            if (opens if len(stems) > 1 else may_end(word)) and may_end(last):
                yield Phrase(tuple(word for word, _ in run[start : end + 1]), tuple(stems))


def stem_weights(
    counts: Mapping[str, int], spread: Mapping[str, int], documents: int
) -> dict[str, float]:
    """Return tf-idf per stem: `counts` in this text, `spread` over `documents` texts in all."""
    return {
        stem: (0.5 + math.log(count)) * math.log(1 + documents / spread.get(stem, 1))
        for stem, count in counts.items()
    }


def titles_from(
    phrases: Iterable[Phrase], weights: Mapping[str, float], conjunction: str
) -> list[str]:
    """Return possible titles, best first; a lone word is joined with what else stands out."""
    ranked = _ranked(phrases, weights)
    titles: list[str] = []
    for at, (score, phrase) in enumerate(ranked):
        if score <= 0:
            break
        title = title_case(phrase.words)
        if len(phrase.stems) == 1:
            rest = ranked[:at] + ranked[at + 1 :]
            title = _completed((score, phrase), rest, conjunction)
        if title not in titles:
            titles.append(title)
        if len(titles) == _TITLES:
            break
    return titles


def _completed(
    lone: tuple[float, Phrase], others: Sequence[tuple[float, Phrase]], conjunction: str
) -> str:
    """Return a longer phrase with the same word, or the word and the next best phrase."""
    score, phrase = lone
    stem = phrase.stems[0]
    for other_score, other in others:
        if other_score < score * _GOOD_ENOUGH:
            break
        if stem in other.stems:
            return title_case(other.words)
    second = next((other for s, other in others if s > 0 and stem not in other.stems), None)
    title = title_case(phrase.words)
    if second is None:
        return title
    longer = f"{title}{conjunction}{title_case(second.words)}"
    return longer if len(longer) <= _TITLE_CHARS else title


def _ranked(phrases: Iterable[Phrase], weights: Mapping[str, float]) -> list[tuple[float, Phrase]]:
    """Return candidates best first, each in the form in which it was said most often."""
    forms: dict[tuple[str, ...], Counter[tuple[str, ...]]] = defaultdict(Counter)
    for phrase in phrases:
        forms[phrase.stems][phrase.words] += 1
    ranked: list[tuple[float, Phrase]] = []
    for stems, surface in forms.items():
        words = min(surface, key=lambda form: (-surface[form], form))
        phrase = Phrase(words, stems)
        ranked.append((_score(phrase, surface.total(), weights), phrase))
    return sorted(ranked, key=lambda item: (-item[0], item[1].words))


def _score(phrase: Phrase, times: int, weights: Mapping[str, float]) -> float:
    mass = sum(weights.get(stem, 0.0) for stem in phrase.stems)
    content = len(phrase.stems)
    length = 1 + 0.4 * (content - 1) + 0.12 * (len(phrase.words) - content)
    named = any(word[:1].isupper() for word in phrase.words[1:])
    return mass / length * (1 + 0.5 * math.log(times)) * (1.1 if named else 1.0)


def title_case(words: Iterable[str]) -> str:
    """Return words with capitals where a title has them; capitals inside a word stay."""
    return " ".join(
        word.lower() if position and is_small(word) else _capital(word)
        for position, word in enumerate(words)
    )


def _capital(word: str) -> str:
    return word if any(char.isupper() for char in word[1:]) else word[:1].upper() + word[1:]
