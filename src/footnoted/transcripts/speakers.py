"""Speaker labels written into the text, `NAME:` and its kin; anonymous rather than guessed.

A colon after a capital is not yet a label ("Note: ..."). A label is believed when its shape says
so (`SPEAKER_01:`, `MAN 2:`, a line of its own) or when the same words come back as one. A handle in
small letters (`kim-dev:`) is one where nearly every text has its speaker.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_LABEL = re.compile(
    r"^[ \t]*(?:(?:>>|-)[ \t]*)?[\[(]?"
    r"(?P<name>[^\W_][^:\uff1a\n\[\]()<>?!;]{0,47}?(?:[ ]\([^\W\d_][^:\n()]{0,29}\))?)"
    r"[\])]?[:\uff1a](?:(?P<own>[ \t]*\n)|[ \t]+|$)"
)
_SHAPED = re.compile(
    r"^(?:speaker|spk|channel|guest|host|interviewer|interviewee)[ _-]?[0-9a-z]{0,3}$",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"[a-z0-9][a-z0-9._-]*[a-z0-9]")
_NOT_NAMES = frozenset(
    ["note", "warning", "question", "answer", "example", "step", "tip", "hint", "so", "and", "but"]
)
_SENTENCE_END = (".", "?", "!", "\u2026", "\u3002", "\uff1f", "\uff01", "\u266a")
_PUNCTUATED_SHARE = 0.1
_MIN_REPEATS = 3
_MIN_SPEAKERS = 2
_DIALOGUE_SHARE = 0.2
_THROUGHOUT_SHARE = 0.9
_MAX_WORDS = 5


class Labelled(NamedTuple):
    """Who says a text, when a label says so, and the text without the label."""

    speaker: str | None
    text: str


def continue_turns(labelled: Sequence[Labelled]) -> list[Labelled]:
    """Return labelled texts in which a sentence that runs on keeps the speaker who began it.

    Captions label the first cue of a turn. Past the end of the sentence nobody is assumed, and
    nobody at all where sentences have no end.
    """
    ends = [_ends_sentence(label.text) for label in labelled]
    if sum(ends) < len(labelled) * _PUNCTUATED_SHARE:
        return list(labelled)
    continued: list[Labelled] = []
    speaker: str | None = None
    for label, is_end in zip(labelled, ends, strict=True):
        text = label.text.lstrip()
        if label.speaker is not None or text.startswith(("-", ">", "[", "(", "\u266a")):
            speaker = label.speaker
        continued.append(Labelled(speaker, label.text))
        if is_end:
            speaker = None
    return continued


def _ends_sentence(text: str) -> bool:
    return text.rstrip().rstrip("\"')]\u201d\u2019").endswith(_SENTENCE_END)


class _Label(NamedTuple):
    name: str
    end: int
    is_on_own_line: bool


def take_labels(texts: Sequence[str]) -> list[Labelled]:
    """Return each text with its believed label taken off and kept as the speaker."""
    if not any(":" in text or "\uff1a" in text for text in texts):
        return [Labelled(None, text) for text in texts]
    labels = _labels(texts)
    counts = Counter(label.name for label in labels if label)
    repeated = {name for name, count in counts.items() if count >= _MIN_REPEATS}
    labelled = sum(count for name, count in counts.items() if name in repeated)
    is_dialogue = len(repeated) >= _MIN_SPEAKERS or labelled > len(texts) * _DIALOGUE_SHARE
    return [
        Labelled(label.name, text[label.end :])
        if label and _is_believed(label, counts[label.name], is_dialogue=is_dialogue)
        else Labelled(None, text)
        for label, text in zip(labels, texts, strict=True)
    ]


def _labels(texts: Sequence[str]) -> list[_Label | None]:
    """Return what looks like the label of each text; handles where nearly all texts have one."""
    with_handles = [_label(text, of_handles=True) for text in texts]
    if sum(label is not None for label in with_handles) >= len(texts) * _THROUGHOUT_SHARE:
        return with_handles
    return [_label(text) for text in texts]


def _label(text: str, *, of_handles: bool = False) -> _Label | None:
    if ":" not in text[:56] and "\uff1a" not in text[:56]:
        return None
    found = _LABEL.match(text)
    if found is None:
        return None
    name = " ".join(found["name"].split())
    if name.lower() in _NOT_NAMES:
        return None
    if not _looks_like_a_name(name) and not (of_handles and _HANDLE.fullmatch(name)):
        return None
    return _Label(name, found.end(), found["own"] is not None)


def _looks_like_a_name(name: str) -> bool:
    words = name.split()
    if not words or len(words) > _MAX_WORDS:
        return False
    if _SHAPED.match(name):
        return True
    return not words[0][0].islower() and all(
        word[0].isupper()
        or not word[0].isalpha()
        or word in {"of", "the", "de", "van", "von", "as", "and"}
        or not word.isascii()
        for word in words
    )


def _is_believed(label: _Label, count: int, *, is_dialogue: bool) -> bool:
    name = label.name
    if _SHAPED.match(name) or label.is_on_own_line:
        return True
    letters = [letter for letter in name if letter.isalpha()]
    if len(letters) > 1 and name.isupper():
        return True
    return count >= _MIN_REPEATS or is_dialogue
