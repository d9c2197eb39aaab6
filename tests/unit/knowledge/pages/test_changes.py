"""What a diff of two versions of a page shows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from footnoted.cli.page_changes import diff_lines
from footnoted.knowledge.pages.changes import diff_pages
from footnoted.knowledge.pages.reading import CitationRow, build_view
from footnoted.model.identity import deterministic_id

HEAD: dict[str, Any] = {
    "id": deterministic_id("page", "p"),
    "slug": "proofing",
    "title": "Proofing",
    "profile": "techniques",
    "creator": "Ada",
    "creator_slug": "ada",
    "category": "Cooking",
    "version": 1,
    "claim_count": 2,
    "updated_at": datetime(2026, 1, 1, tzinfo=UTC),
    "summary": "When dough is ready.",
    "tags": (),
    "tools": ("Pot",),
    "grounds": {},
    "provenance": {
        "stage": "compose",
        "stage_version": 3,
        "models": {"compose": "fake"},
        "prompts": {"compose": "a" * 64, "merge": "b" * 64},
        "taxonomy": "t",
        "package_version": "0",
        "git_sha": "unknown",
    },
}


def row(position: int, claim: str, number: int, **fields: Any) -> CitationRow:
    """Return a claim that rests on the `number`th piece of evidence."""
    plain = CitationRow(
        position=position,
        heading="Signs",
        claim=claim,
        kind="statement",
        conflict=None,
        evidence_id=deterministic_id("e", number),
        quote=f"quote {number}",
        match="exact",
        origin="asr",
        video_id=number,
        video_title=f"Talk {number}",
        published_at=None,
        url="https://video.example/watch?v=1",
        first_cue=number,
        last_cue=number,
        start_ms=number * 1000,
        media_path=None,
        transcript_path=None,
    )
    return plain._replace(**fields)


def test_equal_versions_differ_in_nothing() -> None:
    """Wherever their claims stand."""
    rows = [row(0, "It doubled.", 1), row(1, "It smells.", 2)]
    moved = [row(0, "It smells.", 2, heading="Other"), row(1, "It doubled.", 1)]
    found = diff_pages(build_view(HEAD, rows), build_view({**HEAD, "version": 2}, moved))
    assert found.is_empty
    assert list(diff_lines(found))[1].strip() == "It says the same, and rests on the same."


def test_claims_come_go_and_gain_and_lose_support() -> None:
    """Each with the places that it gained or lost, which play."""
    old = [row(0, "It doubled.", 1), row(1, "It smells.", 2), row(2, "It rose.", 5)]
    new = [
        row(0, "It doubled.", 1),
        row(0, "It doubled.", 3),
        row(1, "It springs back.", 4),
        row(2, "It rose.", 6),
    ]
    found = diff_pages(build_view(HEAD, old), build_view({**HEAD, "version": 2}, new))
    assert [change.text for change in found.added] == ["It springs back."]
    assert [change.text for change in found.removed] == ["It smells."]
    gained_and_lost = [
        (change.text, [at.video_id for at in change.gained], [at.video_id for at in change.lost])
        for change in found.resupported
    ]
    assert gained_and_lost == [("It doubled.", [3], []), ("It rose.", [6], [5])]
    lines = list(diff_lines(found))
    assert lines[0] == "proofing: version 1 to 2"
    assert "  + It springs back." in lines
    place = "“quote 3” (Talk 3, 0:03) <https://video.example/watch?v=1&t=3>"
    assert f"      + {place}" in lines


def test_a_new_contradiction_is_shown() -> None:
    """Though both claims may have stood before."""
    old = [row(0, "Four to one.", 1)]
    new = [row(0, "Four to one.", 1, conflict=1), row(1, "Two to one.", 2, conflict=1)]
    found = diff_pages(build_view(HEAD, old), build_view({**HEAD, "version": 2}, new))
    assert found.disputed == ("Four to one.", "Two to one.")


def test_what_the_newer_version_was_made_by_is_told_where_it_differs() -> None:
    """One changed prompt is one line; so is a title."""
    made = {**HEAD["provenance"], "prompts": {"compose": "a" * 64, "merge": "c" * 64}}
    head = {**HEAD, "version": 2, "provenance": made, "title": "Proving"}
    rows = [row(0, "It doubled.", 1)]
    found = diff_pages(build_view(HEAD, rows), build_view(head, rows))
    assert found.made_by == {"prompt merge": ("b" * 64, "c" * 64)}
    assert found.texts == {"title": ("Proofing", "Proving")}


def test_a_step_is_no_statement_of_the_same_words() -> None:
    """A chain that comes is told as its steps."""
    old = [row(0, "Compressor", 1)]
    new = [*old, row(1, "Compressor", 1, kind="step", heading="Vocals")]
    found = diff_pages(build_view(HEAD, old), build_view({**HEAD, "version": 2}, new))
    assert [(change.heading, change.text) for change in found.added] == [("Vocals", "Compressor")]
