"""A recording as one run of words, each with the cue it stands in, for looking names up."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from footnoted.model.transcript import Cue

_UNSPACED = "\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_UNSPACED}]+|\$?(?:(?![{_UNSPACED}])[^\W_])+(?:&(?:[^\W_])+)*")
_POSSESSIVE = re.compile(r"(?<=\w)['\u2019]s\b")
_SENTENCE_END = re.compile(r"[.!?\u3002]\W*$")
_CASED_SHARE = 0.01
_SHOUTED_SHARE = 0.5
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")


class SpokenWord(NamedTuple):
    """A word as written and as compared, with its place; `text[start:end]` of the whole."""

    text: str
    key: str
    cue: int
    start: int
    end: int
    opens: bool
    """Whether it begins a sentence, where a capital says nothing."""
    is_cashtag: bool
    is_unspaced: bool

    @property
    def is_capital(self) -> bool:
        """Return whether any letter of it is a capital."""
        return any(map(str.isupper, self.text))


class SpokenText:
    """The words of cues in order. Whether capitals say anything shows in the text itself."""

    def __init__(self, cues: Sequence[Cue]) -> None:
        """Read the words of `cues`."""
        starts: list[int] = []
        parts: list[str] = []
        length = 0
        for cue in cues:
            starts.append(length)
            parts.append(cue.text)
            length += len(cue.text) + 1
        self.text = " ".join(parts)
        self._starts = starts
        self._numbers = [cue.index for cue in cues]
        self.words = [self._placed(word) for word in self.read(self.text)]

    @staticmethod
    def read(text: str) -> Iterator[SpokenWord]:
        """Yield the words of a text, all in cue 0; `'s` is no part of a word."""
        blank = _POSSESSIVE.sub(lambda match: " " * len(match.group()), text)
        end = 0
        for match in _WORD.finditer(blank):
            written = match.group()
            opens = end == 0 or bool(_SENTENCE_END.search(blank[end : match.start()]))
            end = match.end()
            bare = written.lstrip("$")
            key = unicodedata.normalize("NFKC", bare).casefold()
            is_cashtag = written[0] == "$" and bare.isalpha()
            unspaced = bool(_IS_UNSPACED.match(bare))
            yield SpokenWord(bare, key, 0, match.start(), end, opens, is_cashtag, unspaced)

    @cached_property
    def is_cased(self) -> bool:
        """Return whether names inside sentences stand in capitals here."""
        inner = [word for word in self.words if not word.opens and word.text[0].isalpha()]
        capital = sum(word.text[0].isupper() and word.key != "i" for word in inner)
        return capital > _CASED_SHARE * len(inner)

    @cached_property
    def is_shouted(self) -> bool:
        """Return whether everything stands in capitals here."""
        long = [word for word in self.words if len(word.text) > 1 and word.text.isalpha()]
        return sum(word.text.isupper() for word in long) > _SHOUTED_SHARE * max(1, len(long))

    def has_plain(self, words: Sequence[SpokenWord]) -> bool:
        """Return whether any of these is also written small here: then it is a common word."""
        return any(word.key in self._plain for word in words)

    def around(self, start: int, end: int, chars: int) -> tuple[str, str]:
        """Return the text before and after the words `start` to `end` (exclusive)."""
        begin, stop = self.words[start].start, self.words[end - 1].end
        return self.text[max(0, begin - chars) : begin], self.text[stop : stop + chars]

    @cached_property
    def _plain(self) -> frozenset[str]:
        return frozenset(word.key for word in self.words if word.text[:1].islower())

    def _placed(self, word: SpokenWord) -> SpokenWord:
        return word._replace(cue=self._numbers[bisect_right(self._starts, word.start) - 1])
