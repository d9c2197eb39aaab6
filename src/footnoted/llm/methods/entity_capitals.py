"""Names by how they are written: runs of capitalised words, told from words that only begin.

A capital inside a sentence is evidence (Grefenstette and Tapanainen, "What is a word, what is a
sentence?", 1994; Mikheev, "Periods, capitalized words, etc.", Computational Linguistics 2002: a
word whose capital the beginning of its sentence explains is judged by its other places). A word
that is written small elsewhere in the same stretch is not a name.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from footnoted.llm.methods.lexicon import stopwords_of
from footnoted.llm.methods.wordlists import read_sections

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_TOKEN = re.compile(r"[^\W_]+(?:['\u2019&.+-][^\W_]+)*(?:\+\+|#)?")
_POSSESSIVE = re.compile(r"['\u2019]s?$")
_INNER = re.compile(
    r"[A-Z][a-z]+[A-Z]\w*|[a-z]{1,3}[A-Z]\w+|[A-Z]\w*-?\d+\w*|\w{2,}\.(?:js|io|ai|py|net)"
)
_ACRONYM = re.compile(r"[A-Z]{2,6}s?|[A-Z]{2,6}-?\d{1,5}")
_JOINTS = frozenset(("de", "van", "von", "der", "la", "du", "&"))
_SMALL = _JOINTS | {"of"}
_LEAST_TOKENS, _MOST_CAPITALS = 20, 0.45
_MOST_WORDS = 6
_SHORT_ACRONYM = 2


class _Token(NamedTuple):
    word: str
    start: int
    end: int
    opens: bool


class Found(NamedTuple):
    """A name as it is written, and which of the sentences it was found in."""

    name: str
    unit: int


@dataclass(frozen=True)
class Capitals:
    """What a stretch of talk shows of how its words are written."""

    small: Counter[str]
    inside: Counter[str]
    nameless: frozenset[str]
    heads: frozenset[str]
    roles: frozenset[str]
    is_telling: bool

    def is_name(self, token: _Token) -> bool:
        """Return whether a capitalised word is a name by itself."""
        word = bare(token.word)
        lower = word.casefold()
        if lower in self.nameless or len(word) < _SHORT_ACRONYM:
            return False
        if _INNER.fullmatch(word) or _ACRONYM.fullmatch(word):
            return self.small[lower] == 0
        return self.inside[word] > self.small[lower]

    def is_role(self, run: Sequence[_Token]) -> bool:
        """Return whether capitalised words say what somebody is, and not who."""
        return all(bare(token.word).casefold() in self.roles for token in run)


def bare(word: str) -> str:
    """Return a word without a possessive ending."""
    return _POSSESSIVE.sub("", word)


def capitals_of(sentences: Sequence[str], language: str) -> Capitals:
    """Return how the words of some sentences are written."""
    small, inside, total, capital, shouted = Counter[str](), Counter[str](), 0, 0, 0
    for tokens in map(_tokens, sentences):
        for token in tokens:
            word = bare(token.word)
            if not word[0].isalpha():
                continue
            total += 1
            if word[0].islower():
                small[word.casefold()] += 1
                continue
            capital += 1
            shouted += len(word) > _SHORT_ACRONYM and word.isupper()
            if not token.opens:
                inside[word] += 1
    lists = read_sections(f"entities-{language}")
    nameless, heads, roles, prefixes = (
        lists[name].words if name in lists else frozenset[str]()
        for name in ("nameless", "heads", "roles", "prefixes")
    )
    is_telling = total < _LEAST_TOKENS or capital <= _MOST_CAPITALS * total
    is_telling = is_telling and shouted <= _MOST_CAPITALS * total
    nameless |= stopwords_of(language) - prefixes
    return Capitals(small, inside, nameless, heads, roles, is_telling)


def names_in(sentences: Sequence[str], capitals: Capitals, known: Iterable[str]) -> Iterator[Found]:
    """Yield the names of each sentence in order; `known` are words that surely belong to names.

    Nothing is found in text whose capitals tell nothing.
    """
    if not capitals.is_telling:
        return
    sure = frozenset(known)
    for at, sentence in enumerate(sentences):
        for run in _runs(sentence, capitals):
            kept = _trimmed(run, capitals, sure)
            if kept:
                yield Found(bare(sentence[kept[0].start : kept[-1].end]), at)


def _tokens(sentence: str) -> list[_Token]:
    found: list[_Token] = []
    for match in _TOKEN.finditer(sentence):
        before = sentence[: match.start()].rstrip()
        opens = not before or before[-1] in '.!?\u2026:"\u201c-\u2013\u2014>)]'
        found.append(_Token(match.group(), match.start(), match.end(), opens))
    return found


def _runs(sentence: str, capitals: Capitals) -> Iterator[list[_Token]]:
    """Yield capitalised words that stand side by side, small joints between them included."""
    run: list[_Token] = []
    tokens = _tokens(sentence)
    for token, following in zip_longest(tokens, tokens[1:]):
        if run and sentence[run[-1].end : token.start].strip() not in ("", "&"):
            yield run
            run = []
        if _goes_on(run, token, following, capitals):
            run.append(token)
            if token.word == bare(token.word):
                continue
        if run:
            yield run
        run = []
    if run:
        yield run


def _goes_on(
    run: list[_Token], token: _Token, following: _Token | None, capitals: Capitals
) -> bool:
    """Return whether a word begins a name or belongs to the one before."""
    if _is_capital(token.word):
        return token.word.casefold() not in capitals.nameless
    if not run:
        return False
    if token.word.isdigit():
        return _ACRONYM.fullmatch(run[-1].word) is not None
    joins = token.word in _JOINTS or (
        token.word == "of" and run[-1].word.casefold() in capitals.heads
    )
    return joins and following is not None and following.word[0].isupper()


def _is_capital(word: str) -> bool:
    return word[0].isupper() or _INNER.fullmatch(word) is not None


def _trimmed(run: list[_Token], capitals: Capitals, sure: frozenset[str]) -> list[_Token]:
    """Return the run without a first word that is only the beginning of a sentence."""
    while run and run[-1].word in _SMALL:
        run = run[:-1]
    first = bare(run[0].word)
    opens_only = run[0].opens and first.casefold() not in sure and not capitals.is_name(run[0])
    is_small = run[0].opens and capitals.small[first.casefold()] > capitals.inside[first]
    if len(run) > 1 and (opens_only or is_small):
        run = run[1:]
        while run and run[0].word in _SMALL:
            run = run[1:]
    if not run or len(run) > _MOST_WORDS or capitals.is_role(run):
        return []
    if len(run) == 1 and bare(run[0].word).casefold() not in sure:
        return run if capitals.is_name(run[0]) else []
    return run
