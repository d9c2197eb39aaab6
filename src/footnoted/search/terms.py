"""What of a text the index matches: words to terms, the same for documents, queries, highlights.

One analysis serves every language, because a query of three words does not say which it is in and
an index holds many. Words are cut by script here; `qdrant_edge.Bm25` then folds case and accents,
drops English stop words, stems with the English Snowball stemmer and hashes. In other languages
that costs some conflation and no match: equal words always give equal terms, and IDF makes their
stop words cheap. Stemming each document by its own language instead would lose every query that
is not stemmed the same way.

Scripts that are written without spaces (Han, Kana, Hangul, Thai, Lao, Khmer, Burmese) are indexed
as overlapping pairs of characters, as in Lucene's CJK analysis: no dictionary, and a query finds
its characters wherever a segmenter would have cut them. Single characters are indexed too, and
asked for only by a query of one character.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from qdrant_edge import Bm25, Bm25Config, TokenizerType

if TYPE_CHECKING:
    from collections.abc import Iterator

ANALYSIS_VERSION = 1
"""Raised whenever equal text may give other terms than before; an index is bound to one."""

_UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f"  # Burmese
    "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"  # Hangul
    "\u1780-\u17ff"  # Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # Kana and iteration marks
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"  # Han
)
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
_WORD = re.compile(
    rf"(?P<unspaced>[{_UNSPACED}]+)"
    r"|(?P<number>\d+(?:[.,]\d+)+)"
    rf"|(?P<word>(?:(?![{_UNSPACED}])[^\W_]|[{_MARKS}])+(?:\+\+|\#)?)"
)
# With no length normalisation and hardly any saturation, Bm25's weight of a term is its count.
_COUNTING_K = 1e6


class Word(NamedTuple):
    """A run of characters that is matched as one, at `start` to `end` of its text."""

    start: int
    end: int
    text: str
    is_unspaced: bool


def words(text: str) -> Iterator[Word]:
    """Yield the words of `text` in order, with their places; unspaced runs come whole."""
    for match in _WORD.finditer(text):
        yield Word(match.start(), match.end(), match[0], match.lastgroup == "unspaced")


def document_terms(text: str) -> dict[int, int]:
    """Return how often each term stands in the text of a document."""
    counts: Counter[str] = Counter()
    for word in words(_normalised(text)):
        counts.update(_pieces(word.text) if word.is_unspaced else (word.text,))
        if word.is_unspaced and len(word.text) > 1:
            counts.update(word.text)
    vector = _analyser().embed_document(" ".join(counts.elements()))
    return {
        term: max(1, round(weight))
        for term, weight in zip(vector.indices, vector.values, strict=True)
    }


def query_terms(text: str) -> set[int]:
    """Return the terms a query asks for; empty when it holds nothing but stop words."""
    asked: list[str] = []
    for word in words(_normalised(text)):
        asked.extend(_pieces(word.text) if word.is_unspaced else (word.text,))
    return set(_analyser().embed_query(" ".join(asked)).indices)


def query_pieces(text: str) -> set[str]:
    """Return the pieces a query asks for in scripts without spaces: pairs, or one character."""
    unspaced = (word.text for word in words(_normalised(text)) if word.is_unspaced)
    return {piece for run in unspaced for piece in _pieces(run)}


def word_terms(word: str) -> set[int]:
    """Return the terms of one spaced word: one, or none for a stop word."""
    return set(_analyser().embed_query(_normalised(word)).indices)


def _normalised(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _pieces(run: str) -> list[str]:
    if len(run) == 1:
        return [run]
    return [run[at : at + 2] for at in range(len(run) - 1)]


@lru_cache(maxsize=1)
def _analyser() -> Bm25:
    return Bm25(
        Bm25Config(
            k=_COUNTING_K,
            b=0.0,
            tokenizer=TokenizerType.Whitespace,
            language="english",
            lowercase=True,
            ascii_folding=True,
        )
    )
