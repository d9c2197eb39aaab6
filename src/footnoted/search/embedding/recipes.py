"""What of a document goes into each channel. A channel is added by a recipe, and by nothing else.

A recipe is pure. A document without a text for a channel has no vector there, and is not missed.
Whoever changes what a recipe gives changes texts, and with them their hashes: only what differs is
embedded again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from footnoted.search.port import DocumentKind
from footnoted.search.terms import words

if TYPE_CHECKING:
    from footnoted.search.port import Document

MOST_CHARACTERS = 6_000
"""Longer texts are cut: embedders read 8,000 tokens, and one character is about one at the most."""


class Purpose(StrEnum):
    """What a text is embedded for; some models tell the two apart."""

    DOCUMENT = "document"
    QUERY = "query"


Recipe = Callable[["Document"], "str | None"]
Recipes = Mapping[str, Recipe]


def whole_text(document: Document) -> str | None:
    """Return the title and the text of a document; None when there are no words in them."""
    return _embeddable(f"{document.title}\n{document.text}")


def summary_text(document: Document) -> str | None:
    """Return title, category and summary of a page or a moment; transcripts have none.

    The text of both begins with their summary, where there is one.
    """
    if document.kind is DocumentKind.WINDOW:
        return None
    first = document.text.partition("\n")[0]
    return _embeddable(
        "\n".join(part for part in (document.title, document.category, first) if part)
    )


RECIPES: Final[Recipes] = {"text": whole_text, "summary": summary_text}
"""The channels there are, by name."""


def text_sha256(text: str, purpose: Purpose) -> str:
    """Return the hash by which the vector of a text is known, with what it is for."""
    return hashlib.sha256(f"{purpose.value}\n{text}".encode()).hexdigest()


def query_text(text: str) -> str | None:
    """Return what is embedded of a query; None when there are no words in it."""
    return _embeddable(text)


def _embeddable(text: str) -> str | None:
    cut = text[:MOST_CHARACTERS].strip()
    return cut if next(words(cut), None) is not None else None
