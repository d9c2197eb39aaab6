"""`footnoted backup`: saves everything, shows what is saved, tries whether it can be restored."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the type of an option when it is run
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from footnoted.archive.backups.manifest import Backup
    from footnoted.db.storage import Storage


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(backup)


def backup(
    *,
    to: Annotated[
        Path | None, typer.Option(help="Folder to put it in; unset: FOOTNOTED_BACKUP_DIR.")
    ] = None,
    listing: Annotated[
        bool, typer.Option("--list", help="Make none; list those there are.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Save database and files as one folder; a daemon may go on meanwhile."""
    from footnoted.archive.backups.making import make_backup
    from footnoted.archive.backups.manifest import Trigger, list_backups
    from footnoted.cli.session import read_settings
    from footnoted.cli.storage import with_storage
    from footnoted.cli.terminal import write_json

    if listing:
        found = list_backups(to.absolute() if to else read_settings().backups_dir)
        if as_json:
            write_json("backups/1", {"backups": [_fields(one) for one in found]})
        else:
            _print_list(found)
        return

    async def work(storage: Storage) -> Backup:
        place = to.absolute() if to else storage.settings.backups_dir
        return await make_backup(storage, place, Trigger.MANUAL)

    made = with_storage(work)
    if as_json:
        write_json("backup/1", _fields(made))
    else:
        _print(made)


def _fields(one: Backup) -> dict[str, object]:
    proof = None if one.proof is None else one.proof.model_dump(mode="json")
    manifest = one.manifest.model_dump(mode="json", by_alias=True)
    manifest.pop("schema")
    return {"path": str(one.folder), **manifest, "proof": proof}


def _print(made: Backup) -> None:
    from footnoted.cli.lines import remark, say

    manifest = made.manifest
    say(str(made.folder))
    rows, files = sum(manifest.rows.values()), len(manifest.files) - 1
    remark(f"{rows:,} rows and {files:,} files, {manifest.size_bytes / 1e6:,.1f} MB")
    if manifest.missing:
        remark(f"{len(manifest.missing):,} files were not there, such as {manifest.missing[0]}")
    if manifest.outside:
        remark(f"{manifest.outside:,} files lie in folders of yours, which are not in it")


def _print_list(found: list[Backup]) -> None:
    from footnoted.cli.lines import remark
    from footnoted.cli.tables import write_table

    if not found:
        remark("There are no backups yet.")
        return
    headers = ("made (UTC)", "by", "rows", "MB", "restore test", "path")
    rows = [
        (
            f"{one.manifest.made_at:%Y-%m-%d %H:%M}",
            one.manifest.trigger.value,
            sum(one.manifest.rows.values()),
            f"{one.manifest.size_bytes / 1e6:,.1f}",
            _tested(one),
            str(one.folder),
        )
        for one in found
    ]
    write_table(headers, rows)


def _tested(one: Backup) -> str:
    if one.proof is None:
        return "none yet"
    if not one.proof.holds:
        return f"failed: {one.proof.why_not}"
    return f"passed {one.proof.tested_at:%Y-%m-%d %H:%M}"
