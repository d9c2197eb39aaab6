"""Restoring: checked whole -> files -> into an empty database -> migrated -> index -> verify.

No model is asked for any of it: the journal has as many calls after as the backup had.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from footnoted.archive.backups import store
from footnoted.archive.backups.dump import BackupFailedError, load_dump
from footnoted.archive.backups.files import copy, sha256_of
from footnoted.archive.backups.manifest import FILES
from footnoted.db.locks import DaemonLock
from footnoted.db.migrate import (
    SchemaState,
    known_revisions,
    needed_revision,
    refuse_newer,
    schema_state,
    upgrade,
)
from footnoted.errors import ConfigurationError
from footnoted.knowledge.verify import verify
from footnoted.model.path import real_path, stored_path
from footnoted.search.audit import rebuild

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncEngine

    from footnoted.archive.backups.manifest import BackedUpFile, Backup
    from footnoted.db.session import Database
    from footnoted.db.storage import Storage
    from footnoted.knowledge.audit.store import MomentSource
    from footnoted.knowledge.verify import VerifyReport
    from footnoted.search.port import SearchIndex

CALLS = "llm_calls"


@dataclass(frozen=True, slots=True)
class Target:
    """What a backup is restored into; `tell` is told what goes on.

    `index` is that of all specs: the one that serves is built, the others wait for their keeper.
    """

    storage: Storage
    index: SearchIndex
    moments: Sequence[MomentSource]
    tell: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back; `report` is None where nothing was to be verified."""

    rows: Mapping[str, int]
    files: int
    documents: int
    model_calls: int
    report: VerifyReport | None


async def restore(backup: Backup, target: Target, *, verifies: bool) -> Restored:
    """Return what was restored, with every quote looked up again when `verifies`.

    Raises ConfigurationError, before anything is touched, when there is something in the database
    or in the way of a file, when another release made the backup, or when it is damaged
    (BackupFailedError); LockHeldError while a daemon runs.
    """
    storage, manifest = target.storage, backup.manifest
    refuse_newer(SchemaState(manifest.revision, needed_revision()))
    target.tell(f"checking {len(manifest.files)} files of {backup.folder}")
    await asyncio.to_thread(check_files, backup)
    lock = DaemonLock(storage.url)
    await lock.acquire()
    try:
        await _require_empty(storage)
        data_dir = storage.settings.data_dir
        files = await asyncio.to_thread(_place_files, backup, data_dir)
        target.tell("loading the database")
        await load_into(storage.url, storage.database, backup)
        await bring_up(storage.engine, backup)
        old = f"{manifest.data_dir}/"
        new = f"{stored_path(str(data_dir))}/"
        async with storage.database.transaction() as session:
            if new != old:
                await store.move_paths(session, old, new)
            await store.forget_indexes(session)
    finally:
        await lock.release()
    target.tell("building the search index")
    documents = await rebuild(storage.database, target.index)
    if verifies:
        target.tell("looking up every quote again")
    report = await verify(storage.database, target.moments) if verifies else None
    rows = await _count(storage.database)
    calls = rows.get(CALLS, 0) - manifest.rows.get(CALLS, 0)
    return Restored(rows, files, documents, calls, report)


def check_files(backup: Backup) -> None:
    """Return when every file of a backup is there and whole. Raises BackupFailedError."""
    for file in backup.manifest.files:
        path = path_in(backup, file)
        try:
            is_whole = path.stat().st_size == file.size_bytes and sha256_of(path) == file.sha256
        except OSError as error:
            message = f"the backup is damaged: {path} cannot be read ({error.strerror or error})"
            raise BackupFailedError(message) from error
        if not is_whole:
            message = f"the backup is damaged: {path} is not what it was when it was made"
            raise BackupFailedError(message)


def path_in(backup: Backup, file: BackedUpFile) -> Path:
    """Return where a file of a backup lies. Raises BackupFailedError for a path that leads out."""
    path = Path(real_path(file.path))
    if path.is_absolute() or ".." in path.parts:
        message = f"the backup is damaged: its manifest names {file.path}, which leads out of it"
        raise BackupFailedError(message)
    return backup.folder / path


async def load_into(url: str, database: Database, backup: Backup) -> None:
    """Load the dump into a database without tables, and see that all rows came.

    Raises BackupFailedError; the database is as it was unless rows are missing.
    """
    async with database.transaction() as session:
        server = await store.read_server(session)
    await load_dump(url, server.major, backup.dump)
    rows = await _count(database)
    if rows != backup.manifest.rows:
        differing = sorted(
            name
            for name in rows.keys() | backup.manifest.rows.keys()
            if rows.get(name) != backup.manifest.rows.get(name)
        )
        message = f"the dump does not have the rows its manifest names: {', '.join(differing)}"
        raise BackupFailedError(message)


async def bring_up(engine: AsyncEngine, backup: Backup) -> None:
    """Migrate what an older release backed up, and tell the planner what there is."""
    if backup.manifest.revision != needed_revision():
        await upgrade(engine)
    async with engine.begin() as session:
        await store.refresh_statistics(session)


async def _require_empty(storage: Storage) -> None:
    """Return when the database has no rows; tables of ours that it has are dropped."""
    rows = await _count(storage.database)
    if rows and (await schema_state(storage.engine)).current not in known_revisions():
        message = (
            f"the database has tables that are not ours ({', '.join(list(rows)[:3])}): a backup is"
            " restored into a database of its own"
        )
        raise ConfigurationError(message)
    if full := [name for name, count in rows.items() if count]:
        message = (
            f"the database is not empty ({', '.join(full[:3])} have rows): a backup is restored"
            " into an empty one, so set FOOTNOTED_DATA_DIR to a new folder, or name a new database"
        )
        raise ConfigurationError(message)
    async with storage.database.transaction() as session:
        await store.drop_schema(session)


async def _count(database: Database) -> dict[str, int]:
    async with database.transaction() as session:
        return await store.count_rows(session)


def _place_files(backup: Backup, data_dir: Path) -> int:
    """Copy the files to their places; what is there already, whole, stays. Return how many.

    Raises ConfigurationError, before anything is copied, when another file is in the way.
    """
    wanted = [
        (path_in(backup, file), data_dir / real_path(file.path).removeprefix(f"{FILES}/"), file)
        for file in backup.manifest.files
        if file.path.startswith(f"{FILES}/")
    ]
    absent = [(source, place) for source, place, file in wanted if not _is_there(place, file)]
    try:
        for source, place in absent:
            copy(source, place)
    except OSError as error:
        message = f"files could not be restored to {data_dir}: {error.strerror or error}"
        raise BackupFailedError(message) from error
    return len(wanted)


def _is_there(place: Path, file: BackedUpFile) -> bool:
    if not place.exists():
        return False
    if place.is_file() and sha256_of(place) == file.sha256:
        return True
    message = f"{place} is in the way of a file of the backup: restore into an empty data directory"
    raise ConfigurationError(message)
