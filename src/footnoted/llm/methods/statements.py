"""Spoken sentences made readable: the words stay as they were said, the noise around them goes.

What is taken away: fillers, a connective that only ties to what came before, a word said twice in a
row, markers of a new speaker. What is added: a capital and a full stop. Nothing is reworded.
"""

from __future__ import annotations

import re

_FILLER = re.compile(
    r"\s*,?(?<![\w'’-])(?:u+h+m*|u+m+|e+r+m*|a+h+|h+m+|mhm|eh|you know what i mean|you know|i mean)"
    r"(?![\w'’-])(?:\s*(?:,|\.\.\.|…))?",
    re.IGNORECASE,
)
_SPOKEN_LIKE = re.compile(r",\s*(?:like|right|okay|sort of|kind of),\s*", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:(?:so|and|but|now|okay|ok|well|alright|all right|right|yeah|yes|no|oh|also|then|anyway"
    r"|anyways|basically|actually|obviously|again|of course|as well|because|cuz|cause|or)\b"
    r"(?!\s+(?:that|far|long|much|many|often|on|of|as)\b)[\s,.…-]*)+",
    re.IGNORECASE,
)
_MARKERS = re.compile(r"(?:>>+|^[-–—]+\s|♪|\[[^\]]{1,30}\])\s*")
_DOUBLED = re.compile(r"\b(\w+(?:['’]\w+)?(?: \w+(?:['’]\w+)?)?)(?:,? \1\b)+", re.IGNORECASE)
_LONE_I = re.compile(r"(?<![\w'’])i(?=$|[\s,.?!]|['’](?:m|ll|ve|d|re)\b)")
_SPACED_MARK = re.compile(r"\s+([,.;:!?])")
_SPACES = re.compile(r"\s+")
_TERMINAL = '.!?…。！？।॥)"”'
_GENUINE_DOUBLES = frozenset({"that", "had", "no", "very", "really", "many", "long", "far"})


def to_statement(text: str) -> str:
    """Return `text` as a sentence to read; an empty string when only noise was in it."""
    plain = _SPACES.sub(" ", _MARKERS.sub(" ", text)).strip()
    plain = _FILLER.sub("", plain)
    plain = _SPOKEN_LIKE.sub(" ", plain)
    plain = _DOUBLED.sub(_undouble, plain)
    plain = _SPACES.sub(" ", _SPACED_MARK.sub(r"\1", plain)).strip(" ,;:-–—")
    lead = _LEAD.match(plain)
    if lead and len(plain) - lead.end() >= _LEAST_REST:
        plain = plain[lead.end() :]
    plain = _LONE_I.sub("I", plain).strip(" ,;:-–—")
    return _closed(plain[:1].upper() + plain[1:])


_LEAST_REST = 12


def _undouble(match: re.Match[str]) -> str:
    words = match.group(1)
    return match.group(0) if words.lower() in _GENUINE_DOUBLES else words


def _closed(text: str) -> str:
    if not text or text[-1] in _TERMINAL:
        return text
    return text + ("。" if re.search(r"[\u3041-\u30ff]", text) else ".")
