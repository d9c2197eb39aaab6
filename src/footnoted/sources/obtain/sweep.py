"""Files that we keep for recordings: removed when nobody needs them any more."""

from __future__ import annotations

import asyncio
import math
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.model.path import stored_path
from footnoted.sources.transcriptions.store import recording_of, works_on
from footnoted.sources.uploads.store import needed_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.db.session import Database

WORK_PREFIXES = ("sound-", "part-")
"""How the names of files begin that only the work on a recording needs."""

_OLD_S = 3_600.0


@dataclass(frozen=True, slots=True)
class DataFolders:
    """Where we keep what was fetched for recordings, and what was uploaded."""

    fetched: Path
    media: Path


class WorkFiles:
    """What only the work on a transcription needs, such as the sound that is listened to."""

    def __init__(self, fetched: Path) -> None:
        """Know where what was `fetched` for recordings lies."""
        self._fetched = fetched

    async def remove(self, session: AsyncConnection, item_id: int) -> None:
        """Remove what was kept for a transcription that is over; a retry fetches it anew.

        What the disk does not let go of is left to the sweep.
        """
        media_id = await recording_of(session, item_id)
        if media_id is not None:
            await asyncio.to_thread(self._drop, self._fetched / str(media_id))

    def _drop(self, own: Path) -> None:
        with suppress(OSError):
            _drop_work_files(own)


async def sweep(database: Database, folder: Path) -> int:
    """Remove what was fetched for recordings that are gone, and sound that was listened to.

    Return how many files and folders went. What a running transcription uses stays, and so does
    what is younger than an hour.
    """
    before_s = time.time() - _OLD_S
    old = await asyncio.to_thread(_older_folders, folder, before_s)
    if not old:
        return 0
    async with database.transaction() as session:
        works = await works_on(session, list(old))
    return await asyncio.to_thread(_sweep, old, works)


async def sweep_uploads(database: Database, media_dir: Path) -> int:
    """Remove what was uploaded for recordings that are gone, or never became one.

    Return how many files went. What is younger than an hour may be on its way to one.
    """
    before_s = time.time() - _OLD_S
    old = await asyncio.to_thread(_older_files, media_dir, before_s)
    if not old:
        return 0
    async with database.transaction() as session:
        needed = await needed_files(session, list(old))
    unneeded = [path for stored, path in old.items() if stored not in needed]
    await asyncio.to_thread(_unlink, unneeded)
    return len(unneeded)


async def drop_kept(
    database: Database, data: DataFolders, media_ids: Sequence[int], files: Sequence[str]
) -> None:
    """Remove at once what is kept of recordings that were erased, however young it is.

    What a recording still has stays: another profile's, or another one of the same bytes.
    """
    fetched = {media_id: data.fetched / str(media_id) for media_id in media_ids}
    uploads = await asyncio.to_thread(_older_files, data.media, math.inf)
    async with database.transaction() as session:
        works = await works_on(session, media_ids)
        needed = await needed_files(session, files)
    gone = [uploads[name] for name in {*files} - needed if name in uploads]
    folders = [own for media_id, own in fetched.items() if media_id not in works]
    await asyncio.to_thread(_drop, gone, folders)


def _drop(files: Iterable[Path], folders: Iterable[Path]) -> None:
    _unlink(files)
    for own in folders:
        shutil.rmtree(own, ignore_errors=True)


def _older_files(media_dir: Path, before_s: float) -> dict[str, Path]:
    """Return the kept files that were last written before a time, by their stored paths."""
    found = (path for path in media_dir.glob("*/*") if path.is_file())
    return {stored_path(str(path)): path for path in found if path.stat().st_mtime < before_s}


def _unlink(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _older_folders(folder: Path, before_s: float) -> dict[int, Path]:
    """Return the folders of recordings that were last changed before a time."""
    if not folder.is_dir():
        return {}
    named = {int(own.name): own for own in folder.iterdir() if own.name.isdecimal()}
    return {media_id: own for media_id, own in named.items() if own.stat().st_mtime < before_s}


def _sweep(old: Mapping[int, Path], works: Mapping[int, bool]) -> int:
    removed = 0
    for media_id, own in old.items():
        if media_id not in works:
            shutil.rmtree(own, ignore_errors=True)
            removed += 1
        elif not works[media_id]:
            removed += _drop_work_files(own)
    return removed


def _drop_work_files(own: Path) -> int:
    found = [path for path in own.iterdir() if path.name.startswith(WORK_PREFIXES)]
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)
