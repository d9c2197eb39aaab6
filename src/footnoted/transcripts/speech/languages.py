"""Languages as speech services name them: Whisper's servers write them out in English."""

from __future__ import annotations

import re

_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*", re.IGNORECASE)
_NAMES = {
    "english": "en", "chinese": "zh", "german": "de", "spanish": "es", "russian": "ru",
    "korean": "ko", "french": "fr", "japanese": "ja", "portuguese": "pt", "turkish": "tr",
    "polish": "pl", "catalan": "ca", "dutch": "nl", "arabic": "ar", "swedish": "sv",
    "italian": "it", "indonesian": "id", "hindi": "hi", "finnish": "fi", "vietnamese": "vi",
    "hebrew": "he", "ukrainian": "uk", "greek": "el", "malay": "ms", "czech": "cs",
    "romanian": "ro", "danish": "da", "hungarian": "hu", "tamil": "ta", "norwegian": "no",
    "thai": "th", "urdu": "ur", "croatian": "hr", "bulgarian": "bg", "lithuanian": "lt",
    "welsh": "cy", "slovak": "sk", "telugu": "te", "persian": "fa", "latvian": "lv",
    "bengali": "bn", "serbian": "sr", "slovenian": "sl", "kannada": "kn", "estonian": "et",
    "malayalam": "ml", "swahili": "sw", "tagalog": "tl", "marathi": "mr", "punjabi": "pa",
}  # fmt: skip


def language_tag(told: str | None) -> str | None:
    """Return the BCP 47 tag of a language as a service names it; None for what is unknown."""
    if not told:
        return None
    name = told.strip().lower()
    if name in _NAMES:
        return _NAMES[name]
    return told.strip() if _TAG.fullmatch(name) and len(name.split("-")[0]) <= 3 else None  # noqa: PLR2004 - ISO 639


def primary_tag(language: str | None) -> str | None:
    """Return the language alone of a tag, `pt` of `pt-BR`, which is what Whisper takes."""
    return language.split("-")[0].lower() if language else None
