"""`footnoted restore`: brings a backup back into an empty database and data directory."""

from __future__ import annotations

import asyncio
from pathlib import Path  # noqa: TC003 - typer reads the type of an option when it is run
from typing import TYPE_CHECKING, Annotated

import typer

from footnoted.cli.exits import Exit

if TYPE_CHECKING:
    from footnoted.archive.backups.manifest import Backup
    from footnoted.archive.backups.restoring import Restored
    from footnoted.settings import Settings


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(restore)


def restore(
    path: Annotated[Path, typer.Argument(help="The folder of the backup.")],
    *,
    verifies: Annotated[
        bool, typer.Option("--verify/--no-verify", help="Look up every quote again.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Bring a backup back, search index and all; no model is asked (exit code 1 if it fails)."""
    from footnoted.archive.backups.manifest import read_backup
    from footnoted.cli.session import read_settings
    from footnoted.cli.terminal import write_json

    settings = read_settings()
    backup = read_backup(path.absolute())
    done = asyncio.run(_restore(settings, backup, verifies=verifies))
    holds = done.model_calls == 0 and (done.report is None or done.report.holds)
    if as_json:
        report = None if done.report is None else done.report.model_dump(mode="json")
        fields = {
            "holds": holds,
            "rows": dict(done.rows),
            "files": done.files,
            "documents": done.documents,
            "model_calls": done.model_calls,
            "verify": report,
        }
        write_json("restore/1", fields)
    else:
        _print(done, backup)
    raise typer.Exit(Exit.DONE if holds else Exit.SOME_FAILED)


async def _restore(settings: Settings, backup: Backup, *, verifies: bool) -> Restored:
    from footnoted.archive.backups.restoring import Target
    from footnoted.archive.backups.restoring import restore as bring_back
    from footnoted.catalogue import readers_of
    from footnoted.cli.lines import remark
    from footnoted.db.storage import open_database
    from footnoted.indexes import make_indexes

    async with open_database(settings) as storage:
        index = make_indexes(storage)
        moments = [readers.live for readers in readers_of(settings).values()]
        try:
            target = Target(storage, index, moments, remark)
            return await bring_back(backup, target, verifies=verifies)
        finally:
            await index.close()


def _print(done: Restored, backup: Backup) -> None:
    from footnoted.cli.lines import remark, say
    from footnoted.cli.verify import summary

    rows, made_at = sum(done.rows.values()), f"{backup.manifest.made_at:%Y-%m-%d %H:%M} UTC"
    say(
        f"Restored {rows:,} rows and {done.files:,} files of {made_at}, indexed"
        f" {done.documents:,} documents, with {done.model_calls} model calls."
    )
    if done.report is None:
        remark("Nothing was looked up again: `footnoted verify` does that.")
        return
    for offender in done.report.offenders:
        say(f"{offender.what} {offender.id}: {offender.why}")
    say(summary(done.report))
