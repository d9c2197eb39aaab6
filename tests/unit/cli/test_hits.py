"""Search hits for people and for programs."""

from __future__ import annotations

from uuid import UUID

from footnoted.cli.hits import highlighted, hit_fields, hit_lines
from footnoted.search.highlight import Excerpt, Span
from footnoted.search.port import Document, DocumentKind
from footnoted.search.query import SearchResult

PAGE_ID = UUID(int=7)
LINK = "https://video.example/watch?v=a&t=83"


def result(link: str | None = LINK, **fields: object) -> SearchResult:
    """Return a hit on a moment, with another link and other fields of its document."""
    given = {
        "id": UUID(int=1),
        "kind": DocumentKind.MOMENT,
        "profile": "techniques",
        "creator": "Ann",
        "title": "A title",
        "text": "glue the walls",
        "start_ms": 83_500,
        **fields,
    }
    excerpt = Excerpt(text="glue the walls", spans=(Span(0, 4),))
    document = Document.model_validate(given)
    return SearchResult(document=document, score=1.5, link=link, excerpt=excerpt)


def test_a_moment_is_shown_with_its_second_and_its_link() -> None:
    """Rank, title, kind, creator and time; the excerpt; the link that plays it."""
    lines = [line.plain for line in hit_lines(1, result(), {})]
    assert lines == [" 1. A title  moment · Ann · 1:23", "    glue the walls", f"    {LINK}"]


def test_a_page_is_shown_with_the_command_that_opens_it() -> None:
    """A page has no second; its category stands beside its creator."""
    page = result(kind=DocumentKind.PAGE, page_id=PAGE_ID, category="Crafts", start_ms=None)
    lines = [line.plain for line in hit_lines(12, page, {PAGE_ID: "glue"})]
    assert lines[0] == "12. A title  page · Ann · Crafts"
    assert lines[2:] == ["    footnoted pages glue"]


def test_a_recording_without_an_address_has_no_line_for_it() -> None:
    """What cannot be opened is not linked."""
    assert len(list(hit_lines(1, result(link=None), {}))) == 2


def test_a_title_cannot_command_the_terminal() -> None:
    """Escape sequences and line breaks from outside are shown as nothing."""
    first, *_ = hit_lines(1, result(title="a\x1b[2Jb\nc"), {})
    assert "\x1b" not in first.plain
    assert "\n" not in first.plain


def test_matches_stay_where_they_are_when_characters_are_replaced() -> None:
    """A control character becomes one space, so no span moves."""
    shown = highlighted(Excerpt(text="a\x1bglue", spans=(Span(2, 6),)))
    assert shown.plain == "a glue"
    assert [(span.start, span.end) for span in shown.spans] == [(2, 6)]


def test_programs_get_every_field_but_the_whole_text() -> None:
    """Matches are pairs of positions in the excerpt; the link is the one people get."""
    fields = hit_fields(3, result(), {})
    assert (fields["rank"], fields["score"], fields["kind"]) == (3, 1.5, "moment")
    assert (fields["excerpt"], fields["matches"]) == ("glue the walls", [[0, 4]])
    assert fields["link"] == LINK
    assert "text" not in fields
