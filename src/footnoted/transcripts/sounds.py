"""Cues that stand for a sound: `[Music]`, `(laughter)`, `♪ … ♪`."""

from __future__ import annotations

import re

_BRACKETED = re.compile(
    r"^(?:[-\u2013>\s.,!]*(?:\[[^\[\]]*\]|【[^【】]*】|\uff08[^\uff08\uff09]*\uff09|\([^()]*\)|\*[^*]+\*))+"
    r"[\s.,!]*$"
)
_ROUND = re.compile(r"[(\uff08*]([^()\uff08\uff09*]*)[)\uff09*]")
_SUNG = re.compile(r"^[\s>-]*[♪♫♬#](?:.*[♪♫♬#])?[\s♪♫♬]*$", re.DOTALL)
_BLEEP = re.compile(r"\[\s*_+\s*\]")
_MAX_ROUND_WORDS = 6


def is_sound(text: str) -> bool:
    """Return whether a cue's whole text names a sound or is sung, rather than being spoken.

    Words in round brackets may be spoken aside, so only short ones count. A bleep, `[ __ ]`,
    stands for a spoken word.
    """
    if (
        not text
        or text[-1] not in "])】\uff09*♪♫♬#.,!"
        or not any(c in text for c in "[(【\uff08*♪♫♬#")
    ):
        return False
    if "♪" in text or "♫" in text or "♬" in text:
        return bool(_SUNG.match(text))
    if _BLEEP.search(text) or not _BRACKETED.match(text):
        return False
    return all(len(aside.split()) <= _MAX_ROUND_WORDS for aside in _ROUND.findall(text))
