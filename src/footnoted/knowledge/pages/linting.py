"""What no page may say: the scaffolding of whoever wrote it, and links that nobody gave.

Pure. A page is knowledge with footnotes. What speaks of the model, of its task, of the recording it
has before it, or leaves a gap to be filled, is no knowledge; a link that is in none of the cited
words is invented, whatever it leads to. Complaints about wikis that models write are full of both.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Fault(StrEnum):
    """Why a text is not published."""

    SCAFFOLDING = "scaffolding"
    PLACEHOLDER = "placeholder"
    LINK = "link"


_RECORDING = r"(?:video|clip|episode|recording|transcript|tutorial|podcast)"
_TELLER = r"(?:speaker|creator|presenter|narrator|youtuber|video|transcript)"
_TELLS = r"(?:says?|said|explains?|mentions?|discuss(?:es)?|talks? about|describes?|recommends?)"
_SCAFFOLDING = (
    # Whoever wrote it, and the task.
    r"\bas an? (?:ai|artificial intelligence|(?:large )?language model)\b",
    r"\b(?:i am|i['\u2019]m) (?:an? )?(?:ai|language model|assistant)\b",
    r"\bi(?: can(?:no|['\u2019])t| am unable to) (?:assist|provide|access|verify|help with)\b",
    r"\b(?:ignore|disregard) (?:(?:all|any|your|the|my|previous|prior|above) )*instructions\b",
    r"^(?:sure|certainly|of course)[,!] here\b",
    r"^here (?:is|are) (?:the|your|a) (?:merged|combined|updated|requested|json|page|summary)\b",
    r"\b(?:json object|system prompt|moment[_ ]ind(?:ex|ices)|the (?:given|provided) moments)\b",
    r"\bals (?:ki|sprachmodell)\b",
    r"\ben tant qu(?:e |['\u2019])(?:ia|mod\u00e8le de langage|intelligence artificielle)\b",
    r"\bcomo (?:ia|modelo de lenguaje|inteligencia artificial)\b",
    # The recording it has before it, and other parts of the text.
    rf"\bin (?:this|today['\u2019]s) {_RECORDING}\b",
    rf"\b(?:the|our) {_TELLER} {_TELLS}\b",
    r"\bas (?:mentioned|noted|described|discussed|explained) (?:above|below|earlier|previously)\b",
    r"\bin diesem video\b|\bdans cette vid\u00e9o\b|\ben este v[i\u00ed]deo\b",
    r"<<<<<<<|=======|>>>>>>>",
)
_PLACEHOLDERS = (
    r"\blorem ipsum\b",
    r"\[placeholder\]|\bplaceholder (?:text|title|summary|link|url)\b",
    r"\[(?:insert|add|your|todo|tbd|citation needed|source|link)\b",
    r"<(?:insert|add|your|text|name|title|number|link)\b[^>]*>",
    r"\{\{.*?\}\}",
    r"\b(?:to be (?:added|completed|determined|written)|coming soon|details? to follow)\b",
)
_GAPS = re.compile(r"\b(?:TODO|TBD|FIXME|XXX)\b")
"""In capitals only: `todo` is a word of Spanish."""
_MARKS = re.compile(
    r"\[\^\d+\]|(?<![\w\])])\[\d+(?:\s*[,-]\s*\d+)*\]|\]\([^)]*\)|```|^#{1,6} |\*\*\w"
)
"""Footnote marks, Markdown: what a page gets from its claims, and never from their text."""
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"')\]]+"
    r"|\b[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.(?:com|org|net|io|dev|edu|gov|example|invalid)\b"
    r"(?:/[^\s<>\"')\]]*)?",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(r"\bexample\.(?:com|org|net)\b|\.(?:example|invalid)\b", re.IGNORECASE)
_SPEAKS = re.compile("|".join(_SCAFFOLDING), re.IGNORECASE)
_GAPPED = re.compile("|".join(_PLACEHOLDERS), re.IGNORECASE)


def fault_in(text: str, said: Iterable[str]) -> Fault | None:
    """Return why `text` may not stand on a page, or None; `said` is what it was written from."""
    if _SPEAKS.search(text) or _MARKS.search(text):
        return Fault.SCAFFOLDING
    if _GAPPED.search(text) or _GAPS.search(text):
        return Fault.PLACEHOLDER
    material = " ".join(said).casefold()
    for link in _LINK.findall(text):
        if _EXAMPLE.search(link) or link.casefold().rstrip(".,;:") not in material:
            return Fault.LINK
    return None
