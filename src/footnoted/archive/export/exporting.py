"""Exporting everything: one snapshot -> rows and notes staged -> the folder brought to them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted import __version__
from footnoted.archive.backups.store import REVISIONS, begin_snapshot, read_revision
from footnoted.archive.export import store
from footnoted.archive.export.folder import ExportFailedError, ExportFolder
from footnoted.archive.export.manifest import FORM, ExportManifest
from footnoted.archive.export.notes import INDEX, path_of, relate, render_index, render_note
from footnoted.errors import UsageError
from footnoted.knowledge.library.store import list_pages, read_page

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.archive.export.folder import Written
    from footnoted.db.storage import Storage
    from footnoted.knowledge.pages.view import PageView

LEFT_OUT = frozenset({REVISIONS, "index_outbox", "provider_stops"})
"""The schema's own revision, which the manifest has; what the index was not told yet; and a stop,
which holds the hash of a key."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was exported, and what became of the files."""

    manifest: ExportManifest
    files: Written


async def export(storage: Storage, root: Path, tell: Callable[[str], None]) -> Exported:
    """Write everything into the folder `root`, in place of what an earlier export wrote there.

    Raises UsageError for a folder that cannot be one, ExportFailedError when it cannot be written.
    """
    if root == storage.settings.data_dir or root in storage.settings.data_dir.parents:
        message = f"{root} holds the data directory: export into a folder of its own"
        raise UsageError(message)
    folder = await asyncio.to_thread(ExportFolder, root)
    try:
        async with storage.database.transaction() as session:
            await begin_snapshot(session)
            manifest = await _stage_all(session, folder, tell)
        tell(f"bringing {root} up to date")
        done = await asyncio.to_thread(folder.settle, manifest)
    except OSError as error:
        message = f"the export could not be written to {root}: {error.strerror or error}"
        raise ExportFailedError(message) from error
    finally:
        await asyncio.to_thread(folder.clear)
    return Exported(manifest, done)


async def _stage_all(
    session: AsyncConnection, folder: ExportFolder, tell: Callable[[str], None]
) -> ExportManifest:
    tell("reading the rows of every table")
    rows: dict[str, int] = {}
    for table, key in (await store.key_columns(session)).items():
        if table not in LEFT_OUT:
            rows[table] = await _stage_table(session, folder, table, key)
    tell("writing a note of every page")
    pages = await _read_pages(session)
    related = relate(pages)
    for page in pages:
        _stage_text(folder, path_of(page), render_note(page, related[page.id]))
        await asyncio.sleep(0)
    _stage_text(folder, INDEX, render_index(pages))
    return ExportManifest(
        schema=FORM,
        made_by=__version__,
        revision=await read_revision(session),
        pages=len(pages),
        rows=rows,
        files={},
    )


async def _stage_table(
    session: AsyncConnection, folder: ExportFolder, table: str, key: list[str]
) -> int:
    path, count = f"data/{table}.jsonl", 0
    staged = folder.stage(path)
    async for line in store.lines(session, table, key):
        staged.add(f"{line}\n")
        count += 1
    folder.staged(path, staged.close())
    return count


async def _read_pages(session: AsyncConnection) -> Sequence[PageView]:
    found = [await read_page(session, page.id) for page in await list_pages(session)]
    return [page for page in found if page is not None]


def _stage_text(folder: ExportFolder, path: str, text: str) -> None:
    staged = folder.stage(path)
    staged.add(text)
    folder.staged(path, staged.close())
