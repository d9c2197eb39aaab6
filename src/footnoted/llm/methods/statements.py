"""Spoken sentences made readable: the words stay as they were said, the noise around them goes.

What is taken away: fillers, a connective that only ties to what came before, a word said twice in a
row, markers of a new speaker. What is added: a capital and a full stop. Nothing is reworded. What
counts as noise is listed per language (`words/speech-<language>.txt`); without a list it all stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from footnoted.llm.methods.wordlists import read_sections

_NEVER = re.compile(r"(?!)")
_MARKERS = re.compile(r"(?:>>+|^[-\u2013\u2014]+\s|\u266a|\[[^\]]{1,30}\])\s*")
_DOUBLED = re.compile(
    r"\b(\w+(?:['\u2019]\w+)?(?: \w+(?:['\u2019]\w+)?)?)(?:,? \1\b)+", re.IGNORECASE
)
_LONE_I = re.compile(r"(?<![\w'\u2019])i(?=$|[\s,.?!]|['\u2019](?:m|ll|ve|d|re)\b)")
_SPACED_MARK = re.compile(r"\s+([,.;:!?])")
_REPEATED_COMMA = re.compile(r",(?:\s*,)+")
_SPACES = re.compile(r"\s+")
_KANA = re.compile(r"[\u3041-\u30ff]")
_DEVANAGARI = re.compile(r"[\u0900-\u097f]")
_EDGES = " ,;:-\u2013\u2014"
_TERMINAL = '.!?\u2026\u3002\uff01\uff1f\u0964\u0965)"\u201d'
_LEAST_REST = 12


@dataclass(frozen=True, slots=True)
class _Noise:
    """What one language says without meaning anything by it."""

    filler: re.Pattern[str]
    aside: re.Pattern[str]
    lead: re.Pattern[str]
    doubles: frozenset[str] | None
    english: bool


@lru_cache(maxsize=16)
def _noise_of(language: str) -> _Noise:
    lists = read_sections(f"speech-{language}")
    edge, pause = r"['\u2019\w-]", r"(?:\s*(?:,|\.\.\.|\u2026))?"
    filler, aside, lead = (
        lists[name].alternatives if name in lists else None for name in ("filler", "aside", "lead")
    )
    return _Noise(
        filler=_compiled(filler and rf"\s*,?(?:(?<!{edge}){filler})(?!{edge}){pause}"),
        aside=_compiled(aside and rf",\s*{aside},"),
        lead=_compiled(lead and rf"^(?:{lead}(?!{edge})[\s,.\u2026-]*)+"),
        doubles=lists["double"].words if "double" in lists else None,
        english=language == "en",
    )


def _compiled(pattern: str | None) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE) if pattern else _NEVER


def to_statement(text: str, language: str) -> str:
    """Return `text` as a sentence to read; an empty string when only noise was in it."""
    noise = _noise_of(language)
    plain = _SPACES.sub(" ", _MARKERS.sub(" ", text)).strip()
    plain = noise.aside.sub(",", noise.filler.sub("", plain))
    if noise.doubles is not None:
        plain = _undoubled(plain, noise.doubles)
    plain = _SPACED_MARK.sub(r"\1", _REPEATED_COMMA.sub(",", plain))
    plain = _SPACES.sub(" ", plain).strip(_EDGES)
    lead = noise.lead.match(plain)
    if lead and len(plain) - lead.end() >= _LEAST_REST:
        plain = plain[lead.end() :].strip(_EDGES)
    if noise.english:
        plain = _LONE_I.sub("I", plain)
    return _closed(plain[:1].upper() + plain[1:])


def _undoubled(text: str, genuine: frozenset[str]) -> str:
    def once(match: re.Match[str]) -> str:
        return match.group(0) if match.group(1).lower() in genuine else match.group(1)

    return _DOUBLED.sub(once, text)


def _closed(text: str) -> str:
    if not text or text[-1] in _TERMINAL:
        return text
    if _KANA.search(text):
        return text + "\u3002"
    return text + ("\u0964" if _DEVANAGARI.search(text) else ".")
