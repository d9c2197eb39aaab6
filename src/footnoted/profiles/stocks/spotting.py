"""Where a recording names what is listed: by symbol, by name, or by words that sound like a name.

    cues -> words -> longest names first -> symbols in capitals -> words that sound like a name

What is found is a hint for whoever judges what is said, and the proof that a company was named.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from rapidfuzz.distance import Indel

from footnoted.knowledge.sound import consonants
from footnoted.llm.methods.mention_context import speaks_of_a_company, speaks_of_a_symbol
from footnoted.llm.stock_tasks import NameHeard
from footnoted.profiles.stocks.spoken_words import SpokenText

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from footnoted.model.transcript import Cue
    from footnoted.profiles.stocks.spoken_words import SpokenWord
    from footnoted.profiles.stocks.symbols import Listing, Name, SymbolTable

_CONTEXT_CHARS = 60
_MIN_ALIKE = 0.75
"""Which part of their letters words share with a name they are taken for; the consonants are the
same, and the first two letters."""
_MIN_LETTERS, _MIN_HEARD = 6, 5
_TOLD_MISHEARD = 0.5
"""The least that a mishearing counts as which the table has."""
_MAX_JOINED = 2
_MIN_SYMBOL = 2


@dataclass(frozen=True, slots=True)
class _Found:
    """A run of words that names a listing; `end` is exclusive."""

    start: int
    end: int
    listing: Listing
    score: float
    is_ambiguous: bool
    is_symbol: bool = False
    """Whether it is a symbol in capitals, which may be an abbreviation of something else."""
    part: str | None = None
    """The name alone, where no spaces set it apart."""


@dataclass(frozen=True, slots=True)
class _Called:
    """A name as words to look for."""

    words: tuple[str, ...]
    listing: Listing
    name: Name


class Spotter:
    """Finds the names of one table; made once, used for every recording."""

    def __init__(self, table: SymbolTable) -> None:
        """Look for what `table` lists."""
        self._table = table

    def names_in(self, cues: Sequence[Cue]) -> tuple[NameHeard, ...]:
        """Return the names heard in all of a recording, in order; ambiguous ones in context only.

        Names do not overlap: the longest wins. Words that only sound like a name are taken where
        they stand in capitals and are no word of the recording otherwise.
        """
        said = SpokenText(cues)
        found = sorted(self._found(said), key=lambda one: one.start)
        return tuple(_heard(said, one) for one in _settled(said, found))

    def _found(self, said: SpokenText) -> Iterator[_Found]:
        at = 0
        while at < len(said.words):
            found = self._named(said, at) or self._symbol(said, at) or self._sounding(said, at)
            if found is not None:
                yield found
            at = found.end if found is not None else at + 1
        yield from self._unspaced(said)

    def _named(self, said: SpokenText, at: int) -> _Found | None:
        for called in self._by_first.get(said.words[at].key, ()):
            end = at + len(called.words)
            words = said.words[at:end]
            if tuple(word.key for word in words) != called.words:
                continue
            is_small = said.is_cased and not any(word.is_capital for word in words)
            is_phrase = called.name.is_misheard and len(words) > 1
            if is_small and (called.name.is_ambiguous or is_phrase):
                continue
            score = _likeness(called) if called.name.is_misheard else 1.0
            unsure = called.name.is_ambiguous or (is_small and not called.name.is_misheard)
            return _Found(at, end, called.listing, score, unsure)
        return None

    def _symbol(self, said: SpokenText, at: int) -> _Found | None:
        word = said.words[at]
        listing = self._table.listings.get(word.text.upper())
        if listing is None:
            return None
        if word.is_cashtag:
            return _Found(at, at + 1, listing, 1.0, is_ambiguous=False)
        if len(word.text) < _MIN_SYMBOL or not word.text.isupper() or said.is_shouted:
            return None
        return _Found(at, at + 1, listing, 1.0, is_ambiguous=True, is_symbol=True)

    def _sounding(self, said: SpokenText, at: int) -> _Found | None:
        if not said.is_cased or said.is_shouted:
            return None
        for size in range(_MAX_JOINED, 0, -1):
            words = said.words[at : at + size]
            if len(words) == size and _may_be_a_name(words) and not said.has_plain(words):
                score, called = self._nearest("".join(word.key for word in words))
                if called is not None and score >= _MIN_ALIKE:
                    return _Found(at, at + size, called.listing, score, is_ambiguous=False)
        return None

    def _nearest(self, heard: str) -> tuple[float, _Called | None]:
        best: tuple[float, _Called | None] = (0.0, None)
        for called in self._by_sound.get((heard[:2], consonants(heard)), ()):
            score = Indel.normalized_similarity(heard, "".join(called.words))
            if score > best[0]:
                best = (score, called)
        return best

    def _unspaced(self, said: SpokenText) -> Iterator[_Found]:
        """Yield names of scripts that write no spaces; they stand inside longer runs."""
        for at, word in enumerate(said.words):
            if not word.is_unspaced:
                continue
            longest: dict[str, _Called] = {}
            for called in self._in_unspaced:
                known = longest.get(called.listing.symbol)
                is_longer = known is None or len(called.name.text) > len(known.name.text)
                words = said.words[at : at + len(called.words)]
                if is_longer and called.words != (word.key,) and _runs_on(called.words, words):
                    longest[called.listing.symbol] = called
            for called in longest.values():
                end, name = at + len(called.words), called.name
                yield _Found(at, end, called.listing, 1.0, name.is_ambiguous, part=name.text)

    @cached_property
    def _called(self) -> tuple[_Called, ...]:
        return tuple(
            _Called(tuple(words_of(name.text)), listing, name)
            for listing in self._table.listings.values()
            for name in listing.names
        )

    @cached_property
    def _by_first(self) -> dict[str, list[_Called]]:
        known: dict[str, list[_Called]] = defaultdict(list)
        for called in self._called:
            known[called.words[0]].append(called)
        for same in known.values():
            same.sort(key=lambda called: (-len(called.words), called.name.is_misheard))
        return dict(known)

    @cached_property
    def _by_sound(self) -> dict[tuple[str, str], list[_Called]]:
        known: dict[tuple[str, str], list[_Called]] = defaultdict(list)
        for called in self._called:
            joined = "".join(called.words)
            if len(joined) >= _MIN_LETTERS and joined.isascii() and _is_plain(called.name):
                known[joined[:2], consonants(joined)].append(called)
        return dict(known)

    @cached_property
    def _in_unspaced(self) -> tuple[_Called, ...]:
        return tuple(called for called in self._called if not called.words[0].isascii())


def words_of(name: str) -> list[str]:
    """Return the words of a name as they are looked for."""
    return [word.key for word in SpokenText.read(name)]


def _settled(said: SpokenText, found: Sequence[_Found]) -> Iterator[_Found]:
    """Yield what is meant: sure names, ambiguous ones in context, symbols of what is spoken of.

    A symbol in capitals is no abbreviation of something else once the recording names its company,
    or has it in context; one that is a word as well has to be called a symbol every time.
    """
    sure = {one.listing.company for one in found if not one.is_ambiguous}
    known = sure | {
        one.listing.company
        for one in found
        if one.is_symbol and not one.listing.is_word and _is_meant(said, one, sure)
    }
    for one in found:
        if one.is_symbol and not one.listing.is_word:
            if one.listing.company in known:
                yield replace(one, is_ambiguous=False)
        elif not one.is_ambiguous or _is_meant(said, one, sure):
            yield one


def _runs_on(name: Sequence[str], words: Sequence[SpokenWord]) -> bool:
    """Return whether a name stands in words that no spaces set apart: `标普500` is not `标普`."""
    if len(name) == 1:
        return name[0] in words[0].key
    *_, last = (word.key for word in words)
    return (
        len(words) == len(name)
        and words[0].key.endswith(name[0])
        and all(word.key == part for word, part in zip(words[1:-1], name[1:-1], strict=True))
        and last.startswith(name[-1])
        and not last[len(name[-1]) :][:1].isdigit()
    )


def _is_meant(said: SpokenText, found: _Found, sure: set[str]) -> bool:
    """Return whether an ambiguous name is meant; `sure` are companies named beyond doubt."""
    before, after = said.around(found.start, found.end, _CONTEXT_CHARS)
    if found.is_symbol and found.listing.is_word and found.listing.company not in sure:
        return speaks_of_a_symbol(before)
    return speaks_of_a_company(before, after)


def _is_plain(name: Name) -> bool:
    """Return whether a name can be told by its sound: one that is a word cannot."""
    return not name.is_misheard and not name.is_ambiguous


def _may_be_a_name(words: Sequence[SpokenWord]) -> bool:
    """Return whether words stand in capitals and are long enough to tell what they sound like."""
    is_long = sum(len(word.key) for word in words) >= _MIN_HEARD
    return is_long and all(word.is_capital and len(word.key) > 1 for word in words)


def _likeness(called: _Called) -> float:
    """Return how alike a mishearing is to the name it stands for."""
    heard = "".join(called.words)
    true = [name.text for name in called.listing.names if not name.is_misheard]
    alike = (Indel.normalized_similarity(heard, "".join(words_of(text))) for text in true)
    return max(_TOLD_MISHEARD, *alike)


def _heard(said: SpokenText, found: _Found) -> NameHeard:
    first, last = said.words[found.start], said.words[found.end - 1]
    return NameHeard(
        first_cue=first.cue,
        last_cue=last.cue,
        said=found.part or " ".join(word.text for word in said.words[found.start : found.end]),
        symbol=found.listing.symbol,
        exchange=found.listing.exchange,
        company=found.listing.company,
        score=round(found.score, 2),
        is_ambiguous=found.is_ambiguous,
    )
