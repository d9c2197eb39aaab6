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
    target = _target(result, slugs)
    if target is not None:
        yield Text(_INDENT).append(plain(target, "cyan"))


def _where(document: Document) -> str:
    parts = [document.creator]
    if document.kind is DocumentKind.PAGE and document.category:
        parts.append(document.category)
    if document.start_ms is not None:
        parts.append(clock_time(document.start_ms))
    return " · ".join(parts)


def _target(result: SearchResult, slugs: Mapping[UUID, str]) -> str | None:
    """Return the link that plays a hit; for a page, the command that shows it."""
    page_id = result.document.page_id
    if page_id is not None:
        slug = slugs.get(page_id)
        return f"footnoted pages {slug}" if slug else None
    return result.link


def highlighted(excerpt: Excerpt) -> Text:
    """Return the excerpt with its matches set off."""
    # A space in place of each control character keeps the spans where they are.
    shown = Text("".join(char if char.isprintable() else " " for char in excerpt.text))
    for span in excerpt.spans:
        shown.stylize(_MATCH, span.start, span.end)
    return shown


def hit_fields(rank: int, result: SearchResult, slugs: Mapping[UUID, str]) -> dict[str, object]:
    """Return a hit as programs get it; `matches` are [start, end) characters of the excerpt."""
    document = result.document.model_dump(mode="json", exclude={"text", "url"})
    page_id = result.document.page_id
    return {
        "rank": rank,
        "score": result.score,
        **document,
        "slug": slugs.get(page_id) if page_id else None,
        "link": result.link,
        "excerpt": result.excerpt.text,
        "matches": [list(span) for span in result.excerpt.spans],
    }
