"""Words of a language: how text falls into tokens, and which stem of a token counts.

Stems are Snowball's (Porter, "Snowball: a language for stemming algorithms", 2001). Scripts that
write no spaces fall into runs of one script and their character bigrams, the usual stand-in for
word segmentation (Ogawa and Matsuda, "Overlapping statistical word indexing", SIGIR 1997).
"""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, cast

import snowballstemmer

from footnoted.llm.methods.wordlists import read_sections

if TYPE_CHECKING:
    from collections.abc import Callable

_LETTER = r"[^\W_]"
# Vowel signs of Indic scripts and Thai are marks, which \w leaves out; the danda ends a sentence.
_INDIC = r"\u0900-\u0963\u0966-\u0dff\u0e00-\u0eff\u0f00-\u109f\u1780-\u17d3"
_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17d3"
_TOKEN = re.compile(
    rf"[\u30a0-\u30ff\uff66-\uff9d]+|[\u4e00-\u9fff\u3400-\u4dbf\u3005]+|[\u3041-\u309f]+"
    rf"|[{_INDIC}]+"
    rf"|{_LETTER}(?:[^\W_\u3041-\u30ff\u3400-\u9fff\u0300-\u036f]|[\u0300-\u036f]"
    rf"|['\u2019.&-](?={_LETTER}))*(?:\+\+|\#)?"
    r"|[,.;:!?()\[\]\"\u201c\u201d\u2026\u2014\u2013\u3002\u3001\uff01\uff1f\u0964\u00ab\u00bb]"
)
_HIRAGANA = re.compile(r"[\u3041-\u309f]+")
_KANJI = re.compile(r"[\u4e00-\u9fff\u3400-\u4dbf\u3005]+")
_THAI_LIKE = re.compile(rf"[{_UNSPACED}]+")
_UNSPACED_TEXT = re.compile(rf"[\u3041-\u30ff\u3400-\u9fff{_UNSPACED}]")
_ALGORITHMS = {
    "ar": "arabic",
    "hy": "armenian",
    "eu": "basque",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "nl": "dutch",
    "en": "english",
    "et": "estonian",
    "fi": "finnish",
    "fr": "french",
    "de": "german",
    "el": "greek",
    "hi": "hindi",
    "hu": "hungarian",
    "id": "indonesian",
    "ga": "irish",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "es": "spanish",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
_LISTED = ("en", "fr", "de", "es", "pt", "it", "nl", "ru", "hi")
_CACHE_WORDS = 60_000
_GUESS_WORDS = 400
_SHORT_WORD = 3
_LEAST_SHARE, _SURE_SHARE = 0.12, 0.2
_EDGES = '.,;:!?()"\u2026\u201c\u201d\u00ab\u00bb>-'
UNKNOWN = "und"
_CONJUNCTIONS = {
    "en": " and ",
    "fr": " et ",
    "de": " und ",
    "es": " y ",
    "pt": " e ",
    "it": " e ",
    "nl": " en ",
}


class _Stemmer(Protocol):
    """What a Snowball stemmer object can do."""

    def stemWord(self, word: str) -> str:  # noqa: N802 - the package's own name
        """Return the stem of a lower-case word."""
        ...


class Lexicon:
    """Stop words and stems of one language; safe to share between threads."""

    def __init__(self, language: str) -> None:
        """Take a two-letter code, or `und` for a language nobody could name."""
        self.language = language
        self.conjunction = _CONJUNCTIONS.get(language, ", ")
        self._stopwords = stopwords_of(language)
        algorithm = _ALGORITHMS.get(language)
        self._stemmer = _stemmer(algorithm) if algorithm else None
        self._lock = threading.Lock()
        self._known: dict[str, str] = {}

    def stem(self, token: str) -> str:
        """Return the stem of a token, or an empty string for one that carries no topic."""
        stem = self._known.get(token)
        if stem is None:
            stem = self._find_stem(token)
            if len(self._known) >= _CACHE_WORDS:
                self._known.clear()
            self._known[token] = stem
        return stem

    def stems(self, text: str) -> list[str]:
        """Return the stems of the tokens of `text` that carry a topic, in order."""
        return [stem for stem in map(self.stem, tokens_of(text)) if stem]

    def _find_stem(self, token: str) -> str:
        lower = token.lower().replace("\u2019", "'")
        if lower in self._stopwords or not any(char.isalpha() for char in lower):
            return ""
        if _HIRAGANA.fullmatch(lower):
            return ""
        lower = lower.removesuffix("'s")
        if len(lower) < 2 and not _KANJI.fullmatch(lower):  # noqa: PLR2004 - one letter is no word
            return ""
        if not self._stopwords and len(lower) <= _SHORT_WORD and lower.isascii():
            return ""
        if self._stemmer is None:
            return lower
        with self._lock:
            return self._stemmer(lower)


def _stemmer(algorithm: str) -> Callable[[str], str]:
    """Return the word stemmer of an algorithm; it keeps state, so callers take turns."""
    # The package carries no type information at all, so its edge is declared here.
    stemmer = cast("Callable[[str], _Stemmer]", snowballstemmer.stemmer)  # pyright: ignore[reportUnknownMemberType] - untyped package
    return stemmer(algorithm).stemWord


def stopwords_of(language: str) -> frozenset[str]:
    """Return the lower-case stop words of a two-letter code; empty without a list."""
    lists = read_sections(f"stopwords-{language}")
    return lists[""].words if lists else frozenset()


@lru_cache(maxsize=16)
def _lexicon(language: str) -> Lexicon:
    return Lexicon(language)


def lexicon_for(language: str | None, sample: str) -> Lexicon:
    """Return the lexicon of a language tag such as `en-US`.

    Without a tag, or where hardly any stop word of the tagged language occurs in `sample`, the
    language is guessed: files are often labelled with the language they were to be in.
    """
    code = (language or "").replace("_", "-").split("-")[0].lower()
    stopwords = stopwords_of(code) if code else frozenset[str]()
    if code and (not sample or not stopwords or _share(sample, stopwords) >= _LEAST_SHARE):
        return _lexicon(code)
    guessed = guess_language(sample)
    return _lexicon(code if code and guessed == UNKNOWN else guessed)


def guess_language(sample: str) -> str:
    """Return the listed language whose stop words cover most of `sample`, else `und`."""
    best, best_share = UNKNOWN, _SURE_SHARE
    for language in _LISTED:
        share = _share(sample, stopwords_of(language))
        if share > best_share:
            best, best_share = language, share
    return best


def _share(sample: str, stopwords: frozenset[str]) -> float:
    words = sample.lower().split()[:_GUESS_WORDS]
    return sum(word.strip(_EDGES) in stopwords for word in words) / max(1, len(words))


def tokens_of(text: str) -> list[str]:
    """Return words and phrase-breaking punctuation in order; unspaced scripts in short pieces."""
    tokens: list[str] = _TOKEN.findall(text)
    if not _UNSPACED_TEXT.search(text):
        return tokens
    return [piece for token in tokens for piece in _pieces(token)]


def runs_of(text: str) -> list[str]:
    """Return the runs of letters of `text` whole, unspaced scripts too, punctuation left out."""
    runs: list[str] = _TOKEN.findall(text)
    return [run for run in runs if run[0].isalpha()]


def is_unspaced(text: str) -> bool:
    """Return whether `text` holds a script that writes no spaces between words."""
    return _UNSPACED_TEXT.search(text) is not None


def _pieces(token: str) -> list[str]:
    size = 2 if _KANJI.fullmatch(token) else 4 if _THAI_LIKE.fullmatch(token) else 0
    if not size or len(token) <= size + 1:
        return [token]
    return [token[at : at + size] for at in range(0, len(token) - size + 1, size - 1)]
