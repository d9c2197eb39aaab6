"""The gate before any spending: whether this is the transcript of somebody speaking.

Every measure is plain arithmetic over the cues and is stored with the verdict, so a person can
see why a track was stopped. The thresholds were set on real tracks in a dozen languages: good
ones lie far from each.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ConfigDict

from footnoted.transcripts.error_pages import error_page_message
from footnoted.transcripts.language import Detected, detect_language, primary_subtag
from footnoted.transcripts.measures import SpokenText, measure, spoken_text

if TYPE_CHECKING:
    from footnoted.model.transcript import Transcript

PREVIEW_CHARS = 200
_MIN_DISTINCT_SHARE = 0.55
_MAX_LOOP_SHARE = 0.2
_MAX_NON_SPEECH_SHARE = 0.8
_MIN_CUES_TO_JUDGE = 5
_MIN_JUDGED_MS = 120_000
_MIN_WPM = 6.0
_MAX_WPM = 400.0
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
    text = spoken_text(transcript)
    detected = detect_language(text.joined) if len(text.tokens) >= _MIN_LANGUAGE_TOKENS else None
    measures = measure(transcript, text, duration_ms, detected)
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


def _first_finding(
    transcript: Transcript,
    text: SpokenText,
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


def _error_page(text: SpokenText) -> _Finding | None:
    message = error_page_message(text.joined)
    if message is None:
        return None
    return _Finding("quality_error_page", f"The text is an error page, not speech: “{message}”.")


def _empty(text: SpokenText) -> _Finding | None:
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


def _letters(text: SpokenText, measures: dict[str, float]) -> _Finding | None:
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


def _language(text: SpokenText, detected: Detected | None, expected: str | None) -> _Finding | None:
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


def _preview(transcript: Transcript) -> str:
    words = " ".join(cue.text for cue in transcript.cues[:40])
    if len(words) <= PREVIEW_CHARS:
        return words
    return words[: PREVIEW_CHARS - 1].rsplit(" ", 1)[0] + "…"
