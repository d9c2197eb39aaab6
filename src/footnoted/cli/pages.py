"""`footnoted pages`: the pages that were composed, and one of them with its footnotes."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.cli.library import Wanted
    from footnoted.knowledge.pages.view import PageSummary, PageView


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(pages)


def pages(
    slug: Annotated[str | None, typer.Argument(help="The page to show.")] = None,
    *,
    creator: Annotated[str | None, typer.Option(help="Only this creator, name or slug.")] = None,
    category: Annotated[str | None, typer.Option(help="Only this category.")] = None,
    profile: Annotated[str | None, typer.Option(help="Only this profile.")] = None,
    version: Annotated[int | None, typer.Option(min=1, help="An older version.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    markdown: Annotated[bool, typer.Option(help="Print bare Markdown.")] = False,
) -> None:
    """List the pages, or show one with its footnotes."""
    from footnoted.cli.library import Wanted, find_page, list_summaries
    from footnoted.cli.session import read_settings
    from footnoted.errors import UsageError

    if as_json and markdown:
        message = "--json and --markdown exclude each other"
        raise UsageError(message)
    if slug is None and (version is not None or markdown):
        message = "--version and --markdown are about one page: name it"
        raise UsageError(message)
    settings = read_settings()
    wanted = Wanted(slug, creator, category, profile, version)
    if slug is None:
        _list(asyncio.run(list_summaries(settings, wanted)), wanted, as_json=as_json)
    else:
        page = asyncio.run(find_page(settings, wanted))
        _show(page, wanted, as_json=as_json, markdown=markdown)


def _list(found: Sequence[PageSummary], wanted: Wanted, *, as_json: bool) -> None:
    from footnoted.cli.tables import write_table
    from footnoted.cli.terminal import remarks, write_json

    if as_json:
        write_json("pages/1", {"pages": [page.model_dump(mode="json") for page in found]})
        return
    if not found:
        remarks().print(why_empty(wanted), soft_wrap=True)
        return
    headers = ("slug", "title", "creator", "category", "claims", "version")
    rows = [
        (page.slug, page.title, page.creator, page.category, page.claim_count, page.version)
        for page in found
    ]
    write_table(headers, rows)


def why_empty(wanted: Wanted) -> str:
    """Return why no page is listed; what was asked may be the reason, an empty name too."""
    asked = (wanted.creator, wanted.category, wanted.profile)
    if any(words is not None for words in asked):
        return "No page is by that creator, category and profile; `footnoted pages` lists all."
    return (
        "There are no pages yet: they are composed when the videos of a creator are indexed"
        " (`footnoted status` shows how far they are)."
    )


def _show(page: PageView, wanted: Wanted, *, as_json: bool, markdown: bool) -> None:
    from footnoted.cli.page_text import page_lines
    from footnoted.cli.terminal import remarks, results, write_json
    from footnoted.knowledge.render import render_markdown

    if as_json:
        write_json("page/1", {"page": page.model_dump(mode="json")})
        return
    if page.slug != wanted.slug:
        remarks().print(f"{wanted.slug} is now {page.slug}", soft_wrap=True)
    text = render_markdown(page)
    if markdown or not sys.stdout.isatty():
        sys.stdout.write(text)
        return
    for line in page_lines(text):
        results().print(line)
