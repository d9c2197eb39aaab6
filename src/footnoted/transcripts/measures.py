"""What the quality gate measures: plain arithmetic over the words of a transcript."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from footnoted.model.transcript import CueKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.model.transcript import Cue, Transcript
    from footnoted.transcripts.language import Detected

_GRAM = 6
_MIN_GRAMS = 60
_MIN_LOOP_CUES = 8
_UNSPACED_SHARE = 0.3
_CHARS_PER_IDEOGRAPH_WORD = 2.0
_CHARS_PER_LETTER_WORD = 4.5
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_UNSPACED_LETTER = re.compile("[\u0e01-\u0e30\u0e40-\u0e44\u0e81-\u0eb0\u1000-\u102a\u1780-\u17b3]")


class SpokenText(NamedTuple):
    """What the measures look at, computed once."""

    speech: Sequence[Cue]
    tokens: list[str]
    joined: str
    words: float


def spoken_text(transcript: Transcript) -> SpokenText:
    """Return the spoken words of a transcript; in scripts without spaces, pairs of characters."""
    speech = [cue for cue in transcript.cues if cue.kind is CueKind.SPEECH]
    joined = "\n".join(cue.text for cue in speech)
    tokens = joined.split()
    ideographs, letters = len(_IDEOGRAPH.findall(joined)), len(_UNSPACED_LETTER.findall(joined))
    is_spaced = ideographs + letters < len(joined) * _UNSPACED_SHARE
    if not is_spaced:  # Japanese, Chinese, Thai: two characters stand for a token
        tokens = [joined[at : at + 2] for at in range(0, len(joined), 2)]
    words = float(len(tokens)) if is_spaced else _words_without_spaces(ideographs, letters)
    return SpokenText(speech, tokens, joined, words)


def _words_without_spaces(ideographs: int, letters: int) -> float:
    """Return about how many words there are in scripts without spaces.

    Chinese and Japanese words have two characters on average, Thai and its like four and a half
    letters, not counting vowel and tone marks.
    """
    return ideographs / _CHARS_PER_IDEOGRAPH_WORD + letters / _CHARS_PER_LETTER_WORD


def measure(
    transcript: Transcript, text: SpokenText, duration_ms: int | None, detected: Detected | None
) -> dict[str, float]:
    """Return every measure by name: counts, shares from 0 to 1, words per minute, milliseconds."""
    cues = transcript.cues
    measures = {
        "cues": float(len(cues)),
        "words": float(round(text.words)),
        "non_speech_share": 1 - len(text.speech) / len(cues) if cues else 0.0,
        "distinct_share": _distinct_share(text.tokens),
        "loop_share": _loop_share(text.speech),
        "top_cue_share": _top_cue_share(text.speech),
        "single_letter_share": _single_letter_share(text),
        "letter_share": _letter_share(text.joined),
        "replaced_share": text.joined.count("\ufffd") / max(len(text.joined), 1),
        "compression_ratio": _compression_ratio(text.joined),
    }
    length_ms = duration_ms or transcript.duration_ms
    if length_ms:
        measures["words_per_minute"] = text.words / (length_ms / 60_000)
        measures["duration_ms"] = float(length_ms)
    if detected:
        measures["language_confidence"] = detected.confidence
    return {name: round(value, 4) for name, value in measures.items()}


def _distinct_share(tokens: list[str]) -> float:
    """Return the share of six-word phrases that are not said again; 1.0 for a short text."""
    grams = Counter(
        tuple(token.casefold() for token in tokens[at : at + _GRAM])
        for at in range(len(tokens) - _GRAM + 1)
    )
    total = sum(grams.values())
    return len(grams) / total if total >= _MIN_GRAMS else 1.0


def _loop_share(speech: Sequence[Cue]) -> float:
    """Return the share of cues equal to the cue before them; 0.0 for a handful of cues."""
    if len(speech) < _MIN_LOOP_CUES:
        return 0.0
    same = sum(1 for before, cue in pairwise(speech) if before.text == cue.text)
    return same / (len(speech) - 1)


def _top_cue_share(speech: Sequence[Cue]) -> float:
    """Return the share of cues that say the most frequent text; 0.0 for a handful of cues."""
    if len(speech) < _MIN_LOOP_CUES:
        return 0.0
    return Counter(cue.text.casefold() for cue in speech).most_common(1)[0][1] / len(speech)


def _single_letter_share(text: SpokenText) -> float:
    """Return the share of one-letter words in scripts that write words of several letters."""
    singles = sum(1 for token in text.tokens if len(token) == 1 and token.isalpha())
    wide = sum(1 for token in text.tokens if len(token) == 1 and ord(token) > 0x2E7F)  # noqa: PLR2004 - ideographs are words
    return (singles - wide) / max(len(text.tokens), 1)


def _letter_share(joined: str) -> float:
    """Return the share of letters, marks and digits-in-words among visible characters."""
    visible = [char for char in joined[:20_000] if not char.isspace()]
    if not visible:
        return 0.0
    punctuation_or_digit = sum(1 for char in visible if char.isascii() and not char.isalpha())
    return 1 - punctuation_or_digit / len(visible)


def _compression_ratio(joined: str) -> float:
    data = joined[:20_000].encode()
    return len(data) / len(zlib.compress(data)) if data else 0.0
