"""Which language a text is in; the model is loaded on first need and can be let go.

English is told by its own small words and eleven languages by their own script, without the
model, which keeps 75 MiB while loaded: a machine that follows only those never loads it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Callable

_SAMPLE_CHARS = 6_000
_SAMPLE_PARTS = 3
_MIN_CHARS = 20
_ENGLISH = re.compile(  # the commonest words of speech, which no other language shares in number
    r"(?:the|of|and|to|in|is|that|it|you|for|was|with|this|are|we|they|he|have|what|so|but|not"
    r"|can|be|as|at|if|or|from|there|about|an|do|i'm|it's|that's|just|my|your|all|would|were"
    r"|been|has|had|which|who|how|them|these|then|when|out|up|will|going|think|know|like|because)"
)
_MIN_ENGLISH_WORDS = 40
_MIN_ENGLISH_SHARE = 0.3
_SCRIPTS = (  # scripts that one language is written in, or one by far
    ("ko", re.compile("[\uac00-\ud7a3]")),
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("th", re.compile("[\u0e01-\u0e30]")),
    ("el", re.compile("[\u0391-\u03ce]")),
    ("he", re.compile("[\u05d0-\u05ea]")),
    ("ta", re.compile("[\u0b85-\u0bb9]")),
    ("te", re.compile("[\u0c05-\u0c39]")),
    ("kn", re.compile("[\u0c85-\u0cb9]")),
    ("ml", re.compile("[\u0d05-\u0d39]")),
    ("ka", re.compile("[\u10d0-\u10f0]")),
    ("hy", re.compile("[\u0561-\u0586]")),
)
_MIN_SCRIPT_SHARE = 0.25
_MIN_SCRIPT_LETTERS = 30
_WORD = re.compile(r"[a-z']+")
_LOADING = Lock()


class Detected(NamedTuple):
    """A language (ISO 639, such as `en`) and how sure its detection is, from 0 to 1."""

    language: str
    confidence: float


def detect_language(text: str) -> Detected | None:
    """Return the most likely language of a text, from samples of it; None for too little text."""
    sample = _sample(text)
    if len(sample) < _MIN_CHARS:
        return None
    by_script = _by_script(sample)
    if by_script is not None:
        return by_script
    words: list[str] = _WORD.findall(sample.lower())
    if len(words) >= _MIN_ENGLISH_WORDS:
        english = sum(1 for word in words if _ENGLISH.fullmatch(word))
        share = english / max(len(sample.split()), len(words))
        if share >= _MIN_ENGLISH_SHARE:
            return Detected("en", 1.0)
    with _LOADING:  # or each of several files that are read at once would load it
        identifier = _identifier()
    return Detected(*identifier.classify(sample))


def _by_script(sample: str) -> Detected | None:
    if sample.isascii():
        return None
    for language, letters in _SCRIPTS:
        count = len(letters.findall(sample))
        if count >= _MIN_SCRIPT_LETTERS and count >= len(sample) * _MIN_SCRIPT_SHARE:
            return Detected(language, 1.0)
    return None


def forget_language_model() -> None:
    """Let the model go; the next text that needs it loads it again (0.7 s)."""
    _identifier.cache_clear()


def primary_subtag(tag: str) -> str:
    """Return the language of a tag: `en` of `en-US`, of `en_GB` and of `en-orig`."""
    return tag.replace("_", "-").split("-")[0].lower()


class _Identifier(Protocol):
    """The one call of py3langid's identifier that is used here."""

    def classify(self, text: str) -> tuple[str, float]:
        """Return the language and the probability of it."""
        ...


@lru_cache(maxsize=1)
def _identifier() -> _Identifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - heavy, on need

    load = cast("Callable[..., _Identifier]", LanguageIdentifier.from_model_file)  # pyright: ignore[reportUnknownMemberType] - py3langid has no types
    return load(MODEL_FILE, norm_probs=True)


def _sample(text: str) -> str:
    """Return the beginning, middle and end of a long text."""
    if len(text) <= _SAMPLE_CHARS:
        return text.strip()
    part = _SAMPLE_CHARS // _SAMPLE_PARTS
    middle = len(text) // 2
    return "\n".join((text[:part], text[middle : middle + part], text[-part:])).strip()
