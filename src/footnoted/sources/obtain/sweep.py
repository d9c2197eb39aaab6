"""Work files of recordings from the net: removed when nobody needs them any more."""

from __future__ import annotations

import asyncio
import shutil
import time
from typing import TYPE_CHECKING

from footnoted.sources.transcriptions.store import folders_in_use

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from footnoted.db.session import Database

WORK_PREFIXES = ("sound-", "part-")
"""How the names of files begin that only the work on a recording needs."""

_OLD_S = 3_600.0


async def sweep(database: Database, folder: Path) -> int:
    """Remove what was fetched for recordings that are gone, and sound that was listened to.

    Return how many files and folders went. What a running transcription uses stays, and so does
    what is younger than an hour.
    """
    async with database.transaction() as session:
        in_use = await folders_in_use(session)
    return await asyncio.to_thread(_sweep, folder, in_use, time.time() - _OLD_S)


def _sweep(folder: Path, in_use: Mapping[int, bool], before_s: float) -> int:
    """Return how many went; `in_use` says of each recording whether it is being worked on."""
    removed = 0
    for own in folder.iterdir() if folder.is_dir() else ():
        if not own.name.isdecimal() or own.stat().st_mtime > before_s:
            continue
        media_id = int(own.name)
        if media_id not in in_use:
            shutil.rmtree(own, ignore_errors=True)
            removed += 1
        elif not in_use[media_id]:
            removed += _drop_work_files(own)
    return removed


def _drop_work_files(own: Path) -> int:
    found = [path for path in own.iterdir() if path.name.startswith(WORK_PREFIXES)]
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)
