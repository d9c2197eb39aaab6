"""The gate before any spending: whether this is the transcript of somebody speaking.

Every measure is plain arithmetic over the cues and is stored with the verdict, so a person can
see why a track was stopped. The thresholds were set on real tracks in a dozen languages: good
ones lie far from each.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ConfigDict

from footnoted.model.transcript import CueKind
from footnoted.transcripts.error_pages import error_page_message
from footnoted.transcripts.language import Detected, detect_language, primary_subtag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.model.transcript import Cue, Transcript

PREVIEW_CHARS = 200
_GRAM = 6
_MIN_GRAMS = 60
_MIN_DISTINCT_SHARE = 0.55
_MIN_LOOP_CUES = 8
_MAX_LOOP_SHARE = 0.2
_MAX_NON_SPEECH_SHARE = 0.8
_MIN_CUES_TO_JUDGE = 5
_MIN_JUDGED_MS = 120_000
_MIN_WPM = 6.0
_MAX_WPM = 400.0
_UNSPACED_SHARE = 0.3
_CHARS_PER_IDEOGRAPH_WORD = 2.0
_CHARS_PER_LETTER_WORD = 4.5
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_UNSPACED_LETTER = re.compile("[\u0e01-\u0e30\u0e40-\u0e44\u0e81-\u0eb0\u1000-\u102a\u1780-\u17b3]")
_MAX_TOP_CUE_SHARE = 0.35
_MIN_LANGUAGE_TOKENS = 8
_URL = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_MAX_SINGLE_SHARE = 0.6
_MIN_LETTER_SHARE = 0.5
_MAX_REPLACED_SHARE = 0.02
_MIN_TOKENS_TO_JUDGE = 30
_MIN_LANGUAGE_WORDS = 40
_MIN_LANGUAGE_CONFIDENCE = 0.9
_MIN_TOLD_CONFIDENCE = 0.6
_KIN = (
    frozenset({"no", "nb", "nn", "da", "sv"}),
    frozenset({"hr", "sr", "bs", "sh", "sl", "mk", "bg"}),
    frozenset({"ms", "id", "jv"}),
    frozenset({"zh", "yue", "wuu", "cmn"}),
    frozenset({"hi", "ur", "mr", "ne", "sa"}),
    frozenset({"es", "ca", "gl", "pt", "oc", "an", "ext"}),
    frozenset({"cs", "sk"}),
    frozenset({"ru", "uk", "be"}),
    frozenset({"ar", "arz", "ary", "fa"}),
    frozenset({"tl", "fil"}),
    frozenset({"he", "iw", "hbo"}),
    frozenset({"nl", "af", "fy"}),
    frozenset({"tr", "az", "crh"}),
)


class Quality(BaseModel):
    """The verdict on a transcript: whether it may be spent on, and if not, why.

    `code` and `reason` are None when it passed. `measures` holds every number judged by.
    """

    model_config = ConfigDict(frozen=True)

    passed: bool
    code: str | None
    reason: str | None
    preview: str
    measures: dict[str, float]
    language: str | None


class _Finding(NamedTuple):
    code: str
    reason: str


class _Text(NamedTuple):
    """What the measures look at, computed once."""

    speech: Sequence[Cue]
    tokens: list[str]
    joined: str
    words: float


def assess(
    transcript: Transcript,
    *,
    expected_language: str | None = None,
    duration_ms: int | None = None,
) -> Quality:
    """Return whether a transcript is speech worth spending on.

    `expected_language` is what the source says it is spoken in; `duration_ms` is the length of
    the recording, when known. Looks at the text only; the first finding is the reason.
    """
    text = _text(transcript)
    detected = detect_language(text.joined) if len(text.tokens) >= _MIN_LANGUAGE_TOKENS else None
    measures = _measures(transcript, text, duration_ms, detected)
    finding = _first_finding(transcript, text, measures, detected, expected_language)
    return Quality(
        passed=finding is None,
        code=finding.code if finding else None,
        reason=finding.reason if finding else None,
        preview=_preview(transcript),
        measures=measures,
        language=_told(detected),
    )


def _told(detected: Detected | None) -> str | None:
    """Return a language only where its detection is sure; `zxx` is no language."""
    if detected is None or detected.language == "zxx":
        return None
    return detected.language if detected.confidence >= _MIN_TOLD_CONFIDENCE else None


def _text(transcript: Transcript) -> _Text:
    speech = [cue for cue in transcript.cues if cue.kind is CueKind.SPEECH]
    joined = "\n".join(cue.text for cue in speech)
    tokens = joined.split()
    ideographs, letters = len(_IDEOGRAPH.findall(joined)), len(_UNSPACED_LETTER.findall(joined))
    is_spaced = ideographs + letters < len(joined) * _UNSPACED_SHARE
    if not is_spaced:  # Japanese, Chinese, Thai: two characters stand for a token
        tokens = [joined[at : at + 2] for at in range(0, len(joined), 2)]
    words = float(len(tokens)) if is_spaced else _words_without_spaces(ideographs, letters)
    return _Text(speech, tokens, joined, words)


def _words_without_spaces(ideographs: int, letters: int) -> float:
    """Return about how many words there are in scripts without spaces.

    Chinese and Japanese words have two characters on average, Thai and its like four and a half
    letters, not counting vowel and tone marks.
    """
    return ideographs / _CHARS_PER_IDEOGRAPH_WORD + letters / _CHARS_PER_LETTER_WORD


def _measures(
    transcript: Transcript, text: _Text, duration_ms: int | None, detected: Detected | None
) -> dict[str, float]:
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


def _first_finding(
    transcript: Transcript,
    text: _Text,
    measures: dict[str, float],
    detected: Detected | None,
    expected_language: str | None,
) -> _Finding | None:
    return (
        _error_page(text)
        or _non_speech(transcript, measures)
        or _empty(text)
        or _letters(text, measures)
        or _repetition(measures)
        or _speed(measures)
        or _language(text, detected, expected_language)
    )


def _error_page(text: _Text) -> _Finding | None:
    message = error_page_message(text.joined)
    if message is None:
        return None
    return _Finding("quality_error_page", f"The text is an error page, not speech: “{message}”.")


def _empty(text: _Text) -> _Finding | None:
    if any(letter.isalnum() for letter in _URL.sub("", text.joined)):
        return None
    return _Finding("quality_empty", "There is not one spoken word in it.")


def _non_speech(transcript: Transcript, measures: dict[str, float]) -> _Finding | None:
    share = measures["non_speech_share"]
    enough = len(transcript.cues) >= _MIN_CUES_TO_JUDGE or share == 1
    if not enough or share <= _MAX_NON_SPEECH_SHARE:
        return None
    return _Finding(
        "quality_non_speech",
        f"{share:.0%} of its cues only name sounds such as [Music]; hardly anybody speaks.",
    )


def _letters(text: _Text, measures: dict[str, float]) -> _Finding | None:
    if len(text.tokens) < _MIN_TOKENS_TO_JUDGE:
        return None
    if measures["replaced_share"] > _MAX_REPLACED_SHARE:
        share = measures["replaced_share"]
        return _Finding(
            "quality_letters", f"{share:.0%} of its characters were lost in a wrong encoding."
        )
    if measures["single_letter_share"] > _MAX_SINGLE_SHARE:
        share = measures["single_letter_share"]
        return _Finding(
            "quality_letters", f"{share:.0%} of its words are single letters: it is spelled out."
        )
    if measures["letter_share"] < _MIN_LETTER_SHARE:
        share = measures["letter_share"]
        return _Finding(
            "quality_letters", f"Only {share:.0%} of its characters are letters; this is no speech."
        )
    return None


def _repetition(measures: dict[str, float]) -> _Finding | None:
    if measures["loop_share"] > _MAX_LOOP_SHARE:
        share = measures["loop_share"]
        return _Finding(
            "quality_repetition",
            f"{share:.0%} of its cues repeat the one before, as recognisers do on silence.",
        )
    if measures["top_cue_share"] > _MAX_TOP_CUE_SHARE:
        share = measures["top_cue_share"]
        return _Finding(
            "quality_repetition",
            f"{share:.0%} of its cues are the same words, as recognisers invent over silence.",
        )
    if measures["distinct_share"] < _MIN_DISTINCT_SHARE:
        share = 1 - measures["distinct_share"]
        return _Finding(
            "quality_repetition",
            f"{share:.0%} of its six-word phrases were said before in it: it goes in loops.",
        )
    return None


def _speed(measures: dict[str, float]) -> _Finding | None:
    speed = measures.get("words_per_minute")
    if speed is None or measures["duration_ms"] < _MIN_JUDGED_MS:
        return None
    if speed < _MIN_WPM:
        return _Finding(
            "quality_wpm",
            f"{speed:.1f} words a minute is too few for speech; the track is not complete.",
        )
    if speed > _MAX_WPM:
        return _Finding("quality_wpm", f"{speed:.0f} words a minute is faster than anybody speaks.")
    return None


def _language(text: _Text, detected: Detected | None, expected: str | None) -> _Finding | None:
    if detected is None or not expected or text.words < _MIN_LANGUAGE_WORDS:
        return None
    wanted, found = primary_subtag(expected), detected.language
    if wanted in {"und", "mul", "zxx", found} or detected.confidence < _MIN_LANGUAGE_CONFIDENCE:
        return None
    if any(wanted in kin and found in kin for kin in _KIN):
        return None
    return _Finding(
        "quality_language",
        f"It is in “{found}”, while “{wanted}” is spoken according to its source.",
    )


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


def _single_letter_share(text: _Text) -> float:
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


def _preview(transcript: Transcript) -> str:
    words = " ".join(cue.text for cue in transcript.cues[:40])
    if len(words) <= PREVIEW_CHARS:
        return words
    return words[: PREVIEW_CHARS - 1].rsplit(" ", 1)[0] + "…"
