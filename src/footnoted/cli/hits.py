"""Search hits for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from footnoted.cli.terminal import plain
from footnoted.model.text import clock_time
from footnoted.search.port import DocumentKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from uuid import UUID

    from footnoted.search.highlight import Excerpt
    from footnoted.search.port import Document
    from footnoted.search.query import SearchResult

_INDENT = "    "
_MATCH = "bold yellow"


def hit_lines(rank: int, result: SearchResult, slugs: Mapping[UUID, str]) -> Iterator[Text]:
    """Yield the lines of one hit: what and whose it is, what matched, and how to get there."""
    document = result.document
    head = Text(f"{rank:>2}. ", style="bold")
    head.append(plain(document.title or "(untitled)", "bold"))
    head.append("  ").append(plain(f"{document.kind.value} · {_where(document)}", "dim"))
    yield head
    yield Text(_INDENT).append(highlighted(result.excerpt))
    target = way_to(document, result.link, slugs)
    if target is not None:
        yield Text(_INDENT).append(plain(target, "cyan"))


def _where(document: Document) -> str:
    parts = [document.creator]
    if document.kind is DocumentKind.PAGE and document.category:
        parts.append(document.category)
    if document.start_ms is not None:
        parts.append(clock_time(document.start_ms))
    return " · ".join(parts)


def way_to(document: Document, link: str | None, slugs: Mapping[UUID, str]) -> str | None:
    """Return the link that plays a document; for a page, the command that shows it."""
    if document.page_id is not None:
        slug = slugs.get(document.page_id)
        return f"footnoted pages {slug}" if slug else None
    return link


def highlighted(excerpt: Excerpt) -> Text:
    """Return the excerpt with its matches set off."""
    # A space in place of each control character keeps the spans where they are.
    shown = Text("".join(char if char.isprintable() else " " for char in excerpt.text))
    for span in excerpt.spans:
        shown.stylize(_MATCH, span.start, span.end)
    return shown


def hit_fields(rank: int, result: SearchResult, slugs: Mapping[UUID, str]) -> dict[str, object]:
    """Return a hit as programs get it; `matches` are [start, end) characters of the excerpt."""
    return {
        "rank": rank,
        "score": result.score,
        **document_fields(result.document, result.link, slugs),
        "excerpt": result.excerpt.text,
        "matches": [list(span) for span in result.excerpt.spans],
    }


def document_fields(
    document: Document, link: str | None, slugs: Mapping[UUID, str]
) -> dict[str, object]:
    """Return a document as programs get it: without its text, with its link or slug."""
    page_id = document.page_id
    return {
        **document.model_dump(mode="json", exclude={"text"}),
        "slug": slugs.get(page_id) if page_id else None,
        "link": link,
    }
