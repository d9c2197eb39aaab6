"""Where a recording names what is listed: by symbol, by name, or by words that sound like a name.

    cues -> words -> longest names first -> symbols in capitals -> words that sound like a name

What is found is a hint for whoever judges what is said, and the proof that a company was named.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from footnoted.knowledge.sound import consonants, sound_likeness
from footnoted.llm.methods.mention_context import speaks_of_a_company
from footnoted.llm.stock_tasks import NameHeard
from footnoted.profiles.stocks.spoken_words import SpokenText

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from footnoted.model.transcript import Cue
    from footnoted.profiles.stocks.spoken_words import SpokenWord
    from footnoted.profiles.stocks.symbols import Listing, Name, SymbolTable

_CONTEXT_CHARS = 60
_MIN_SOUND = 0.8
"""How alike words must sound to be taken for a misheard name."""
_MIN_LETTERS = 5
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
        kept = (one for one in found if not one.is_ambiguous or self._is_meant(said, one))
        return tuple(_heard(said, one) for one in kept)

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
            if called.name.is_misheard:
                score = max(_MIN_SOUND / 2, self._likeness(called))
                return _Found(at, end, called.listing, score, not _is_capital(words[0], said))
            is_plain = len(words) == 1 and not _is_capital(words[0], said)
            unsure = called.name.is_ambiguous or (is_plain and said.is_cased)
            return _Found(at, end, called.listing, 1.0, unsure)
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
        return _Found(at, at + 1, listing, 1.0, listing.is_word)

    def _sounding(self, said: SpokenText, at: int) -> _Found | None:
        if not said.is_cased or not _is_capital(said.words[at], said) or said.is_shouted:
            return None
        for size in range(_MAX_JOINED, 0, -1):
            words = said.words[at : at + size]
            heard = "".join(word.key for word in words)
            if len(words) < size or len(heard) < _MIN_LETTERS or said.has_plain(words):
                continue
            score, called = self._nearest(heard)
            if called is not None and score >= _MIN_SOUND:
                return _Found(at, at + size, called.listing, score, is_ambiguous=False)
        return None

    def _nearest(self, heard: str) -> tuple[float, _Called | None]:
        best: tuple[float, _Called | None] = (0.0, None)
        for called in self._by_sound.get((heard[0], consonants(heard)), ()):
            score = sound_likeness(heard, "".join(called.words))
            if score > best[0]:
                best = (score, called)
        return best

    def _unspaced(self, said: SpokenText) -> Iterator[_Found]:
        """Yield names of scripts that write no spaces; they stand inside longer runs."""
        for at, word in enumerate(said.words):
            if word.is_unspaced:
                for called in self._in_unspaced:
                    if called.words[0] in word.key:
                        yield _Found(at, at + 1, called.listing, 1.0, called.name.is_ambiguous)

    def _is_meant(self, said: SpokenText, found: _Found) -> bool:
        before, after = said.around(found.start, found.end, _CONTEXT_CHARS)
        return speaks_of_a_company(before, after)

    def _likeness(self, called: _Called) -> float:
        true = [name.text for name in called.listing.names if not name.is_misheard]
        heard = "".join(called.words)
        return max(sound_likeness(heard, "".join(words_of(text))) for text in true)

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
            if len(joined) >= _MIN_LETTERS and joined.isascii() and not called.name.is_misheard:
                known[joined[0], consonants(joined)].append(called)
        return dict(known)

    @cached_property
    def _in_unspaced(self) -> tuple[_Called, ...]:
        return tuple(called for called in self._called if not called.words[0].isascii())


def words_of(name: str) -> list[str]:
    """Return the words of a name as they are looked for."""
    return [word.key for word in SpokenText.read(name)]


def _is_capital(word: SpokenWord, said: SpokenText) -> bool:
    return not said.is_cased or word.text[:1].isupper() or any(map(str.isupper, word.text))


def _heard(said: SpokenText, found: _Found) -> NameHeard:
    first, last = said.words[found.start], said.words[found.end - 1]
    return NameHeard(
        first_cue=first.cue,
        last_cue=last.cue,
        said=" ".join(word.text for word in said.words[found.start : found.end]),
        symbol=found.listing.symbol,
        exchange=found.listing.exchange,
        company=found.listing.company,
        score=round(found.score, 2),
        is_ambiguous=found.is_ambiguous,
    )
