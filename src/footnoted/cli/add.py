"""`footnoted add`: takes files, folders, globs and addresses once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footnoted.cli.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.db.storage import Storage
    from footnoted.sources.discover import AddReport

_MOST_NAMED = 20


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(add)


def add(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH|URL...", help="Files, folders and addresses.")
    ],
    profile: Annotated[
        list[str] | None, typer.Option(help="What to make of them; may be given again.")
    ] = None,
    creator: Annotated[
        str | None, typer.Option(help="Who made what nothing else says it of.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="TAG", help="What is spoken, where nothing else says it.")
    ] = None,
    owner: Annotated[str | None, typer.Option(help="A label to tell them by.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Take recordings and transcripts once; `source add` follows a folder."""
    from footnoted.app import make_scanner
    from footnoted.catalogue import require_profiles
    from footnoted.cli.storage import with_storage
    from footnoted.sources.discover import NOTHING_ADDED, add_paths
    from footnoted.sources.net.address import address_of
    from footnoted.sources.net.item import add_urls
    from footnoted.sources.record import Told

    told = Told(creator, language, owner)
    meant = [(path, address_of(path)) for path in paths]
    files = _files([path for path, address in meant if address is None])
    urls = [address for _, address in meant if address is not None]

    async def work(storage: Storage) -> AddReport:
        require_profiles(storage.settings, profiles := profile or [storage.settings.profile])
        report = NOTHING_ADDED
        if files:
            report = await add_paths(
                storage.database,
                make_scanner(),
                files,
                profiles,
                clock=storage.clock,
                told=told,
                settle_s=storage.settings.file_settle_s,
            )
        taken = await add_urls(storage.database, urls, profiles, told, clock=storage.clock)
        new = [item.media_id for item in taken if item.is_new]
        return report.and_items(new, [item.media_id for item in taken if not item.is_new])

    report = with_storage(work)
    (_print_json if as_json else _print)(report)
    raise typer.Exit(Exit.DONE if report.media_ids or report.known else Exit.SOME_FAILED)


def _files(words: Sequence[str]) -> list[Path]:
    """Return the files that are named. Raises UsageError for a list of feeds: it holds no words."""
    from footnoted.errors import UsageError
    from footnoted.sources.opml import is_list

    for word in words:
        if Path(word).is_file() and is_list(word):
            message = f"{word} lists feeds: `footnoted source add {word}` follows each of them"
            raise UsageError(message)
    return [Path(word) for word in words]


def _print(report: AddReport) -> None:
    from footnoted.cli.lines import remark, say

    counts = {
        "added": report.added,
        "changed": report.changed,
        "renamed": report.renamed,
        "copies of known ones": report.copied,
        "known already": report.known,
        "not taken": len(report.ignored),
    }
    shown = [f"{count} {what}" for what, count in counts.items() if count]
    say("Recordings: " + (", ".join(shown) or "none found"))
    for path, reason in report.ignored[:_MOST_NAMED]:
        remark(f"not taken: {path}: {reason}")
    if len(report.ignored) > _MOST_NAMED:
        remark(f"... and {len(report.ignored) - _MOST_NAMED} more; --json names all")
    for problem in report.problems:
        remark(f"note: {problem}")
    if report.media_ids:
        remark("`footnoted run --drain` works on them; a running daemon has begun.")


def _print_json(report: AddReport) -> None:
    from dataclasses import asdict

    from footnoted.cli.terminal import write_json

    ignored = [{"path": path, "reason": reason} for path, reason in report.ignored]
    write_json("add/1", {**asdict(report), "ignored": ignored})
