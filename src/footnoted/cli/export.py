"""`footnoted export`: everything as JSON lines, and every page as a note with footnotes."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the type of an option when it is run
from typing import TYPE_CHECKING, Annotated

import typer

from footnoted.cli.exits import Exit

if TYPE_CHECKING:
    from footnoted.archive.export.exporting import Exported
    from footnoted.db.storage import Storage


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(export)


def export(
    folder: Annotated[Path, typer.Argument(help="Where to; made when it is missing.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Write everything into a folder that Obsidian opens; again, only what differs is written.

    What you changed by hand stays as it is (exit code 1 while our text stands beside yours).
    """
    from footnoted.archive.export.exporting import export as write_out
    from footnoted.cli.lines import remark
    from footnoted.cli.storage import with_storage
    from footnoted.cli.terminal import write_json

    root = folder.absolute()

    async def work(storage: Storage) -> Exported:
        return await write_out(storage, root, remark)

    done = with_storage(work)
    files = done.files
    if as_json:
        fields = {
            "path": str(root),
            "pages": done.manifest.pages,
            "rows": done.manifest.rows,
            "written": files.written,
            "removed": files.removed,
            "unchanged": files.unchanged,
            "kept": files.kept,
            "left": files.left,
            "conflicts": files.conflicts,
        }
        write_json("export/1", fields)
    else:
        _print(done)
    raise typer.Exit(Exit.SOME_FAILED if files.conflicts or files.left else Exit.DONE)


def _print(done: Exported) -> None:
    from footnoted.cli.lines import say

    files = done.files
    for path, ours in files.conflicts.items():
        say(f"{path} was changed by hand, and has changed here too: ours is {ours}")
    for path in files.left:
        say(f"{path} was changed by hand, and its page is gone here: it is yours now")
    rows = sum(done.manifest.rows.values())
    say(
        f"{done.manifest.pages:,} pages and {rows:,} rows: {len(files.written):,} files written,"
        f" {len(files.removed):,} removed, {files.unchanged:,} as they were,"
        f" {len(files.kept):,} of yours kept."
    )
