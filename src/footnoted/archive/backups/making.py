"""Making a backup: one snapshot -> dump -> files -> manifest -> under its name, or nothing at all.

Everything is put together under a hidden name and gets its own by one rename, when it is on disk.
Whatever goes wrong before, the hidden folder is removed, by the next backup if not by this one.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from footnoted import __version__
from footnoted.archive.backups import store
from footnoted.archive.backups.dump import BackupFailedError, dump_database
from footnoted.archive.backups.files import (
    PRIVATE,
    sha256_of,
    share,
    sync_file,
    sync_tree,
    write_text,
)
from footnoted.archive.backups.manifest import (
    DUMP,
    FILES,
    FORM,
    MANIFEST,
    BackedUpFile,
    Backup,
    Manifest,
    Trigger,
    list_backups,
    name_of,
)
from footnoted.db.file_locks import open_lock_file, try_lock, unlock_and_close
from footnoted.errors import LockHeldError
from footnoted.fetch.web.partial import sync_folder
from footnoted.model.path import real_path, stored_path

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from footnoted.archive.backups.store import NamedFile, ServerFacts
    from footnoted.db.storage import Storage

_PART = ".part"
_RESERVE_BYTES = 512 * 2**20
"""What stays free on the disk of the backups: the database often lives on the same."""
_DUMP_SHARE = 4
"""A dump is at most this part of the database: it is compressed, and holds no index."""


@dataclass(frozen=True, slots=True)
class _Content:
    """What a snapshot says is to be in a backup."""

    server: ServerFacts
    revision: str
    rows: Mapping[str, int]
    named: Sequence[NamedFile]
    outside: int


async def make_backup(storage: Storage, place: Path, trigger: Trigger) -> Backup:
    """Return a new backup in the folder `place`, which is made when it is missing.

    Raises LockHeldError while another one is made there, and BackupFailedError; then nothing of it
    is left.
    """
    async with backup_lock(place):
        await asyncio.to_thread(_clear_leftovers, place)
        name = await _free_name(storage, place)
        part = place / f".{name}{_PART}"
        try:
            part.mkdir(mode=PRIVATE)
            manifest = await _fill(storage, part, place, trigger)
            await asyncio.to_thread(_finish, part, manifest, place / name)
        except OSError as error:
            message = f"the backup could not be written to {place}: {error.strerror or error}"
            raise BackupFailedError(message) from error
        finally:
            await asyncio.to_thread(shutil.rmtree, part, ignore_errors=True)
    return Backup(place / name, manifest, None)


@asynccontextmanager
async def backup_lock(place: Path) -> AsyncGenerator[None]:
    """Hold the right to change the backups in a folder. Raises LockHeldError, BackupFailedError."""
    descriptor = await asyncio.to_thread(_open_lock, place)
    try:
        if not try_lock(descriptor):
            message = f"another process is at work on the backups in {place}"
            raise LockHeldError(message)
        yield
    finally:
        unlock_and_close(descriptor)


def _open_lock(place: Path) -> int:
    try:
        place.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    except OSError as error:
        message = f"the folder of backups {place} cannot be made: {error.strerror or error}"
        raise BackupFailedError(message) from error
    return open_lock_file(place / ".lock")


def remove_backup(backup: Backup) -> None:
    """Remove a backup; killed in between, what is left of it is no backup any more."""
    doomed = backup.folder.with_name(f".{backup.folder.name}{_PART}")
    backup.folder.rename(doomed)
    shutil.rmtree(doomed)


def _clear_leftovers(place: Path) -> None:
    for left in place.glob(f".footnoted-*{_PART}"):
        shutil.rmtree(left, ignore_errors=True)


async def _free_name(storage: Storage, place: Path) -> str:
    """Return the name of a backup made now; names tell seconds, so the second may have to pass."""
    while (place / (name := name_of(storage.clock.now()))).exists():
        await storage.clock.sleep(0.1)
    return name


async def _fill(storage: Storage, part: Path, place: Path, trigger: Trigger) -> Manifest:
    prefix = f"{stored_path(str(storage.settings.data_dir))}/"
    # The one transaction that stays open beside another program: what is dumped, counted and
    # copied has to be of the same moment.
    async with storage.database.transaction() as session:
        snapshot = await store.begin_snapshot(session)
        made_at = storage.clock.now()
        content = _Content(
            await store.read_server(session),
            await store.read_revision(session),
            await store.count_rows(session),
            await store.named_files(session, prefix),
            await store.count_outside(session, prefix),
        )
        copied = await asyncio.to_thread(_bytes_to_copy, content.named, prefix, place)
        await asyncio.to_thread(_require_room, place, content.server, copied)
        await dump_database(storage.url, content.server.major, snapshot, part / DUMP)
    await asyncio.to_thread(sync_file, part / DUMP)
    dump = await asyncio.to_thread(_described, part / DUMP, DUMP)
    taken, missing = await asyncio.to_thread(_take_files, content.named, prefix, part, place)
    return Manifest(
        schema=FORM,
        made_at=made_at,
        trigger=trigger,
        made_by=__version__,
        revision=content.revision,
        postgresql=content.server.version,
        data_dir=prefix.removesuffix("/"),
        rows=dict(content.rows),
        files=(dump, *taken),
        missing=tuple(missing),
        outside=content.outside,
    )


def _bytes_to_copy(named: Sequence[NamedFile], prefix: str, place: Path) -> int:
    """Return how much of the files can't be linked: on another disk, what is new since last time.

    Those that are gone do not count: the backup will say that they are missing.
    """
    there = [(one, facts) for one in named if (facts := _facts_of(one.path)) is not None]
    own_disk = place.stat().st_dev
    backups = list_backups(place)
    before = {file.path for file in backups[0].manifest.files} if backups else set[str]()
    return sum(
        facts.st_size
        for one, facts in there
        if facts.st_dev != own_disk and f"{FILES}/{one.path.removeprefix(prefix)}" not in before
    )


def _facts_of(path: str) -> os.stat_result | None:
    try:
        return Path(real_path(path)).stat()
    except FileNotFoundError:
        return None


def _require_room(place: Path, server: ServerFacts, copied_bytes: int) -> None:
    free = shutil.disk_usage(place).free
    needed = _RESERVE_BYTES + server.size_bytes // _DUMP_SHARE + copied_bytes
    if free < needed:
        message = (
            f"the disk of {place} has {free // 2**20:,} MiB left, and a backup that leaves room for"
            f" the database needs {needed // 2**20:,} MiB"
        )
        raise BackupFailedError(message)


def _take_files(
    named: Sequence[NamedFile], prefix: str, part: Path, place: Path
) -> tuple[list[BackedUpFile], list[str]]:
    """Return what was put into the backup, and the paths of what was not there."""
    backups = list_backups(place)
    before = {} if not backups else {file.path: file for file in backups[0].manifest.files}
    taken: list[BackedUpFile] = []
    missing: list[str] = []
    for one in named:
        source, path = Path(real_path(one.path)), f"{FILES}/{one.path.removeprefix(prefix)}"
        facts = _facts_of(one.path)
        if facts is None:
            missing.append(one.path)
            continue
        is_as_known = (facts.st_size, facts.st_mtime_ns) == (one.size_bytes, one.modified_ns)
        sha256 = one.sha256 if is_as_known else sha256_of(source)
        file = BackedUpFile(
            path=path, size_bytes=facts.st_size, modified_ns=facts.st_mtime_ns, sha256=sha256
        )
        sources = [backups[0].folder / real_path(path)] if before.get(path) == file else []
        share([*sources, source], part / real_path(path))
        taken.append(file)
    return taken, missing


def _described(file: Path, path: str) -> BackedUpFile:
    facts = file.stat()
    return BackedUpFile(
        path=path,
        size_bytes=facts.st_size,
        modified_ns=facts.st_mtime_ns,
        sha256=sha256_of(file),
    )


def _finish(part: Path, manifest: Manifest, folder: Path) -> None:
    write_text(part / MANIFEST, manifest.model_dump_json(by_alias=True, indent=2) + "\n")
    sync_tree(part)
    os.rename(part, folder)  # noqa: PTH104 - fails where something is there, as it should
    sync_folder(folder.parent)
