"""`footnoted page diff|history`: what changed on a page, and what each version was made by."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from footnoted.knowledge.pages.changes import Cited, ClaimChange, PageDiff
    from footnoted.knowledge.pages.view import PageVersion, PageView

_Slug = Annotated[str, typer.Argument(help="The page, as `footnoted pages` shows it.")]
_Creator = Annotated[str | None, typer.Option(help="Only this creator, name or slug.")]
_Profile = Annotated[str | None, typer.Option(help="Only this profile.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_SHORT = 12
"""How much of a hash is shown."""


def register(program: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(
        help="Follow how a page changed.", no_args_is_help=True, rich_markup_mode=None
    )
    group.command("diff")(diff)
    group.command("history")(history)
    program.add_typer(group, name="page")


def diff(
    slug: _Slug,
    versions: Annotated[
        list[int] | None,
        typer.Argument(metavar="[V1 V2]", help="Two versions; without them the last two."),
    ] = None,
    *,
    creator: _Creator = None,
    profile: _Profile = None,
    as_json: _Json = False,
) -> None:
    """Show the claims that came, went, or rest on more or less than before."""
    from rich.text import Text

    from footnoted.cli.library import Wanted, find_versions
    from footnoted.cli.lines import say
    from footnoted.cli.session import read_settings
    from footnoted.cli.terminal import plain, write_json
    from footnoted.knowledge.pages.changes import diff_pages

    wanted = Wanted(slug, creator=creator, profile=profile)
    old, new = asyncio.run(find_versions(read_settings(), wanted, two_of(versions)))
    found = diff_pages(old, new)
    if as_json:
        write_json("page-diff/1", {"diff": found.model_dump(mode="json")})
        return
    for line in diff_lines(found):
        indent = len(line) - len(line.lstrip())
        say(Text(" " * indent).append_text(plain(line)))


def two_of(versions: Sequence[int] | None) -> tuple[int, int] | None:
    """Return the versions to compare, None for the last two; raise UsageError for others."""
    from footnoted.errors import UsageError

    if not versions:
        return None
    if len(set(versions)) != 2 or len(versions) != 2:  # noqa: PLR2004 - a diff has two sides
        message = "name two different versions to compare, or none for the last two"
        raise UsageError(message)
    return versions[0], versions[1]


def diff_lines(found: PageDiff) -> Iterator[str]:
    """Yield a diff as people read it: `+` came, `-` went, each place with its second."""
    yield f"{found.slug}: version {found.old} to {found.new}"
    if found.is_empty:
        yield "  It says the same, and rests on the same."
    for name, (was, now) in found.texts.items():
        yield f"  {name}: {was or 'none'} -> {now or 'none'}"
    for sign, title, changes in (
        ("+", "Claims that came", found.added),
        ("-", "Claims that went", found.removed),
        ("~", "Claims that rest on more or less", found.resupported),
    ):
        if changes:
            yield f"{title}:"
        for change in changes:
            yield f"  {sign} {change.text}"
            yield from _support_lines(change)
    if found.disputed:
        yield "Claims that others contradict now:"
        yield from (f"  ! {text}" for text in found.disputed)
    for name, (was, now) in found.made_by.items():
        yield f"Made by another {name}: {was[:_SHORT] or 'none'} -> {now[:_SHORT] or 'none'}"


def _support_lines(change: ClaimChange) -> Iterator[str]:
    yield from (f"      + {_place(cited)}" for cited in change.gained)
    yield from (f"      - {_place(cited)}" for cited in change.lost)


def _place(cited: Cited) -> str:
    from footnoted.model.text import clock_time

    at = f", {clock_time(cited.start_ms)}" if cited.start_ms is not None else ""
    link = f" <{cited.link}>" if cited.link else ""
    return f"“{cited.quote}” ({cited.video_title}{at}){link}"


def history(
    slug: _Slug,
    *,
    creator: _Creator = None,
    profile: _Profile = None,
    as_json: _Json = False,
) -> None:
    """List the versions of a page: when, by what, and how many claims came and went."""
    from footnoted.cli.library import Wanted, read_history
    from footnoted.cli.session import read_settings
    from footnoted.cli.tables import write_table
    from footnoted.cli.terminal import write_json

    wanted = Wanted(slug, creator=creator, profile=profile)
    pages = asyncio.run(read_history(read_settings(), wanted))
    rows = list(version_rows(pages))
    if as_json:
        write_json("page-history/1", {"slug": pages[-1][1].slug, "versions": rows})
        return
    headers = ("version", "made", "title", "claims", "came", "went", "models", "commit")
    write_table(headers, [[row[name] for name in headers] for row in rows])


def version_rows(pages: Sequence[tuple[PageVersion, PageView]]) -> Iterator[dict[str, object]]:
    """Yield a row for each version, oldest first: what it was made by, what came and went."""
    from footnoted.knowledge.pages.changes import diff_pages

    before: PageView | None = None
    for version, page in pages:
        changes = diff_pages(before, page) if before is not None else None
        made = page.provenance
        yield {
            "version": page.version,
            "made": version.created_at.isoformat(timespec="seconds"),
            "title": page.title,
            "claims": page.claim_count,
            "came": len(changes.added) if changes else page.claim_count,
            "went": len(changes.removed) if changes else 0,
            "models": ", ".join(made.model_names),
            "commit": made.git_sha[:_SHORT],
            "provenance": made.model_dump(mode="json"),
        }
        before = page
