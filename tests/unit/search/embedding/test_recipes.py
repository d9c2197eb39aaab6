"""What of a document goes into each channel."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from footnoted.search.embedding.recipes import (
    MOST_CHARACTERS,
    Purpose,
    query_text,
    summary_text,
    text_sha256,
    whole_text,
)
from footnoted.search.port import Document


def document(kind: str, **fields: Any) -> Document:
    """Return a document."""
    given = {"id": UUID(int=1), "profile": "p", "creator": "Ann", "title": "Kettles", "text": ""}
    return Document.model_validate({**given, "kind": kind, **fields})


def test_pages_and_moments_have_a_summary_with_title_and_category() -> None:
    """Their text begins with it (search/documents.py)."""
    for kind in ("page", "moment"):
        one = document(kind, category="Tea", text="They sing.\nAnd more.\nMuch more.")
        assert summary_text(one) == "Kettles\nTea\nThey sing."


def test_a_window_has_no_summary() -> None:
    """A transcript has none, and is not missed in that channel."""
    assert summary_text(document("window", text="they sing")) is None


def test_the_whole_text_is_cut_to_what_embedders_read() -> None:
    """Title first."""
    found = whole_text(document("page", text="word " * 9_000))
    assert found is not None
    assert (len(found) <= MOST_CHARACTERS, found[:7]) == (True, "Kettles")


def test_what_has_no_words_is_not_embedded() -> None:
    """Neither documents nor queries."""
    assert whole_text(document("window", title="", text="... ?!")) is None
    assert query_text(" ?! ") is None
    assert query_text(" a kettle ") == "a kettle"


def test_queries_and_documents_are_told_apart() -> None:
    """Some models embed them differently."""
    hashes = {text_sha256("kettle", purpose) for purpose in Purpose}
    assert len(hashes) == len(Purpose)
