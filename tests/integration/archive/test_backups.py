"""Backups of a real database, restored into another one, damaged, and tried."""

from __future__ import annotations

import asyncio
import os
import resource
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from footnoted.archive.backups import dump, making, restoring
from footnoted.archive.backups.dump import BackupFailedError
from footnoted.archive.backups.making import backup_lock, make_backup
from footnoted.archive.backups.manifest import Trigger, list_backups, read_backup
from footnoted.archive.backups.proving import PREFIX, prove
from footnoted.archive.backups.restoring import Target, restore
from footnoted.archive.backups.schedule import ScheduledBackups
from footnoted.db.migrate import known_revisions, schema_state
from footnoted.errors import ConfigurationError, LockHeldError
from footnoted.indexes import make_indexes
from footnoted.pipeline.alerts.store import open_alerts
from footnoted.pipeline.embedding.keeper import EmbeddingKeeper
from footnoted.profiles.techniques.store import live_moments
from footnoted.search.embedding import store as specs
from footnoted.search.embedding.rows import Parity, SpecState
from footnoted.search.embedding.spec import Channel, words_spec
from footnoted.settings import bundled_dir
from tests.fakes.clock import FakeClock
from tests.fakes.search import FakeIndex
from tests.integration.archive.conftest import contents, open_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from footnoted.db.storage import Storage

MOMENTS = (live_moments,)


def target(storage: Storage) -> Target:
    """Return where to restore, told nothing."""
    return Target(storage, FakeIndex(), MOMENTS, lambda _: None)


async def test_what_was_backed_up_comes_back_elsewhere(
    storage: Storage, empty_url: str, tmp_path: Path
) -> None:
    """Every row, the file under the new data directory, every quote, and no model call."""
    backup = await make_backup(storage, tmp_path / "backups", Trigger.MANUAL)
    before = await contents(storage)
    async with open_at(empty_url, tmp_path / "two") as other:
        done = await restore(backup, target(other), verifies=True)
        after = await contents(other)
        async with other.database.transaction() as session:
            path = await session.scalar(text("SELECT path FROM media_files"))
    assert done.report is not None
    assert (done.report.holds, done.report.claims, done.model_calls) == (True, 2, 0)
    assert done.documents == done.rows["documents"] > 0
    assert {name for name in before if before[name] != after[name]} == {"media_files"}
    assert path == str(tmp_path / "two" / "fetched" / "1" / "ab.en.vtt")
    assert (tmp_path / "two" / "fetched" / "1" / "ab.en.vtt").read_bytes() == b"WEBVTT\n"


async def test_only_the_index_that_serves_is_there_after_a_restore(
    storage: Storage, empty_url: str, tmp_path: Path
) -> None:
    """Nobody goes back to an index whose files are elsewhere; it is filled again first."""
    keeper = EmbeddingKeeper(storage.database, storage.clock, make_indexes(storage), None)
    dense = Channel(name="text", maker="openai", model="tiny", dimensions=4, version=1)
    await keeper.begin(words_spec(dense), switches=True)
    now, nothing = storage.clock.now(), Parity(documents=0, indexed=0, recalls=(), problems=())
    async with storage.database.transaction() as session:
        await specs.note_filled(session, words_spec(dense).sha256, now)
        await specs.note_ready(session, words_spec(dense).sha256, nothing)
        assert await specs.switch(session, words_spec(dense).sha256, now)
    backup = await make_backup(storage, tmp_path / "backups", Trigger.MANUAL)
    async with open_at(empty_url, tmp_path / "two") as other:
        await restore(backup, target(other), verifies=False)
        async with other.database.transaction() as session:
            found = {row.state: row.is_whole for row in await specs.specs(session)}
    assert found == {SpecState.SERVING: True, SpecState.RETIRED: False}


async def test_a_database_with_rows_is_not_restored_into(storage: Storage, tmp_path: Path) -> None:
    """It is as it was; one sentence says what to do."""
    backup = await make_backup(storage, tmp_path / "backups", Trigger.MANUAL)
    before = await contents(storage)
    with pytest.raises(ConfigurationError, match="the database is not empty"):
        await restore(backup, target(storage), verifies=True)
    assert await contents(storage) == before


async def test_a_database_with_the_schema_and_no_rows_is_empty(
    storage: Storage, migrated_url: str, tmp_path: Path
) -> None:
    """As one that another command has opened before; a file in the way stops it all the same."""
    backup = await make_backup(storage, tmp_path / "backups", Trigger.MANUAL)
    async with open_at(migrated_url, tmp_path / "two") as other:
        in_the_way = tmp_path / "two" / "fetched" / "1" / "ab.en.vtt"
        in_the_way.parent.mkdir(parents=True)
        in_the_way.write_text("mine")
        with pytest.raises(ConfigurationError, match="is in the way"):
            await restore(backup, target(other), verifies=False)
        in_the_way.unlink()
        done = await restore(backup, target(other), verifies=False)
    assert done.rows["claims"] == backup.manifest.rows["claims"] == 2


async def test_tables_of_another_program_are_left_alone(
    storage: Storage, empty_url: str, tmp_path: Path
) -> None:
    """Empty as they are."""
    backup = await make_backup(storage, tmp_path / "backups", Trigger.MANUAL)
    async with open_at(empty_url, tmp_path / "two") as other:
        async with other.database.transaction() as session:
            await session.execute(text("CREATE TABLE theirs (id int)"))
        with pytest.raises(ConfigurationError, match=r"not ours \(theirs\)"):
            await restore(backup, target(other), verifies=False)
        assert list(await contents(other)) == ["theirs"]


@pytest.mark.parametrize("path", ["database.dump", "files/fetched/1/ab.en.vtt"])
async def test_a_damaged_backup_is_refused_before_anything_is_touched(
    storage: Storage, empty_url: str, tmp_path: Path, path: str
) -> None:
    """Whichever file it is."""
    backup = await make_backup(storage, tmp_path / "backups", Trigger.MANUAL)
    damaged = backup.folder / path
    content = bytearray(damaged.read_bytes())
    content[-1] ^= 1
    damaged.unlink()
    damaged.write_bytes(content)
    async with open_at(empty_url, tmp_path / "two") as other:
        with pytest.raises(BackupFailedError, match="is not what it was"):
            await restore(backup, target(other), verifies=True)
        assert await contents(other) == {}
    assert not (tmp_path / "two").exists()


@contextmanager
def largest_file(size_bytes: int) -> Iterator[None]:
    """Let nobody write a longer file meanwhile, as a disk without room would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size_bytes", [0, 8_192])
async def test_a_disk_without_room_leaves_no_half_backup(
    storage: Storage, tmp_path: Path, size_bytes: int
) -> None:
    """Neither under a name nor hidden; and the one before stays."""
    place = tmp_path / "backups"
    first = await make_backup(storage, place, Trigger.MANUAL)
    with largest_file(size_bytes), pytest.raises(BackupFailedError):
        await make_backup(storage, place, Trigger.MANUAL)
    assert [one.folder for one in list_backups(place)] == [first.folder]
    assert sorted(path.name for path in place.iterdir()) == [".lock", first.folder.name]


async def test_files_are_shared_and_what_a_killed_process_left_is_cleared(
    storage: Storage, tmp_path: Path
) -> None:
    """A second backup takes no more room for them than a link."""
    place = tmp_path / "backups"
    left = place / ".footnoted-20200101T000000Z.part"
    left.mkdir(parents=True)
    backup = await make_backup(storage, place, Trigger.MANUAL)
    original = storage.settings.data_dir / "fetched" / "1" / "ab.en.vtt"
    assert (backup.folder / "files" / "fetched" / "1" / "ab.en.vtt").samefile(original)
    assert not left.exists()


async def test_a_backup_is_proven_by_restoring_it_beside(storage: Storage, tmp_path: Path) -> None:
    """The proof stays with it; no database stays; what does not resolve is told."""
    backup = await make_backup(storage, tmp_path / "backups", Trigger.MANUAL)
    proof = await prove(storage, backup, MOMENTS)
    assert (proof.why_not, proof.claims, proof.evidence) == (None, 2, 2)
    assert read_backup(backup.folder).proof == proof
    async with storage.database.transaction() as session:
        await session.execute(text("UPDATE evidence SET start_ms = start_ms + 1000"))
    wrong = await make_backup(storage, tmp_path / "others", Trigger.MANUAL)
    failed = await prove(storage, wrong, MOMENTS)
    assert failed.why_not is not None
    assert "its times are not those of its cues" in failed.why_not
    async with storage.database.transaction() as session:
        counted = text("SELECT count(*) FROM pg_database WHERE starts_with(datname, :prefix)")
        assert await session.scalar(counted, {"prefix": PREFIX}) == 0


async def test_the_daemon_makes_thins_tests_and_tells(storage: Storage, tmp_path: Path) -> None:
    """A failure is one alert, which the next backup that goes well ends."""
    async with storage.database.transaction() as session:
        created = await session.scalar(text("SELECT min(created_at) FROM media"))
    clock = FakeClock(created + timedelta(hours=23))
    place = tmp_path / "backups"
    settings = {"backup_dir": place, "backup_keep": 2}
    async with open_at(storage.url, storage.settings.data_dir, clock, **settings) as opened:
        backups = ScheduledBackups(opened, MOMENTS)
        await backups.look()
        assert list_backups(place) == []
        place.write_text("in the way")
        clock.advance(3_600)
        await backups.look()
        async with opened.database.transaction() as session:
            told = [(alert.code, alert.concerns) for alert in await open_alerts(session)]
        assert told == [("backup_failed", "backups")]
        place.unlink()
        for _ in range(3):
            await backups.look()
            await backups.look()
            clock.advance(86_400)
        async with opened.database.transaction() as session:
            assert await open_alerts(session) == []
    found = list_backups(place)
    assert [one.manifest.trigger for one in found] == [Trigger.SCHEDULED] * 2
    assert found[0].manifest.made_at - found[1].manifest.made_at == timedelta(days=1)


async def test_two_processes_do_not_change_the_backups_at_once(
    storage: Storage, tmp_path: Path
) -> None:
    """The second is told so, and may try again."""
    async with backup_lock(tmp_path / "backups"):
        with pytest.raises(LockHeldError):
            await make_backup(storage, tmp_path / "backups", Trigger.MANUAL)


async def test_a_backup_is_of_one_moment_while_others_write(
    storage: Storage, tmp_path: Path
) -> None:
    """Rows that are counted are those that are dumped, whatever is written meanwhile."""
    begun, done = asyncio.Event(), asyncio.Event()

    async def write() -> int:
        written = 0
        while not done.is_set():
            async with storage.database.transaction() as session:
                await session.execute(
                    text("""INSERT INTO events (item_kind, item_id, name)
                            SELECT 'video', 1, 'a.b' FROM generate_series(1, 50)""")
                )
            written += 50
            begun.set()
        return written

    writing = asyncio.create_task(write())
    await begun.wait()
    backup = await make_backup(storage, tmp_path / "backups", Trigger.MANUAL)
    done.set()
    assert await writing > backup.manifest.rows["events"] > 0
    assert (await prove(storage, backup, MOMENTS)).why_not is None


async def test_a_restore_that_failed_half_way_is_begun_again(
    storage: Storage, empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files that it had copied are no obstacle; the database is as empty as it was."""
    backup = await make_backup(storage, tmp_path / "backups", Trigger.MANUAL)

    async def fail(*_: object) -> None:
        message = "the server went away"
        raise BackupFailedError(message)

    async with open_at(empty_url, tmp_path / "two") as other:
        with monkeypatch.context() as patched:
            patched.setattr(restoring, "load_dump", fail)
            with pytest.raises(BackupFailedError):
                await restore(backup, target(other), verifies=False)
        assert await contents(other) == {}
        assert (tmp_path / "two" / "fetched" / "1" / "ab.en.vtt").exists()
        done = await restore(backup, target(other), verifies=True)
    assert (done.files, done.report is not None and done.report.holds) == (1, True)


async def test_a_backup_that_is_cut_short_leaves_nothing(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the daemon is told to end meanwhile: the program it had started ends with it."""
    place, numbers = tmp_path / "backups", tmp_path / "numbers"
    slow = tmp_path / "pg_dump"
    slow.write_text(f"#!/bin/sh\necho $$ > {numbers}\nexec sleep 600\n")
    slow.chmod(0o755)

    async def find(*_: object) -> str:
        return str(slow)

    monkeypatch.setattr(dump, "find_program", find)
    making = asyncio.create_task(make_backup(storage, place, Trigger.MANUAL))
    async with asyncio.timeout(30):
        while not (numbers.exists() and numbers.read_text().endswith("\n")):  # noqa: ASYNC110 - another process says it
            await asyncio.sleep(0.01)
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    assert [path.name for path in place.iterdir()] == [".lock"]
    with pytest.raises(ProcessLookupError):
        os.kill(int(numbers.read_text()), 0)


def _step_back(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(bundled_dir("migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.downgrade(config, "-1")


async def test_a_backup_of_an_older_release_is_migrated_and_one_of_a_newer_is_refused(
    storage: Storage, empty_url: str, tmp_path: Path
) -> None:
    """What was saved before an upgrade comes back after it."""
    async with storage.engine.begin() as session:
        await session.run_sync(_step_back)
    backup = await make_backup(storage, tmp_path / "backups", Trigger.MANUAL)
    assert backup.manifest.revision == known_revisions()[-2]
    assert (await prove(storage, backup, MOMENTS)).why_not is None
    newer = backup.manifest.model_copy(update={"revision": "9999"})
    async with open_at(empty_url, tmp_path / "two") as other:
        with pytest.raises(ConfigurationError, match="by a newer footnoted"):
            await restore(replace(backup, manifest=newer), target(other), verifies=True)
        done = await restore(backup, target(other), verifies=True)
        assert (await schema_state(other.engine)).is_current
    assert done.report is not None
    assert (done.report.holds, done.report.claims) == (True, 2)


async def test_a_backup_that_would_not_fit_is_not_begun(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dump, the files of another disk, and what the database itself needs left."""
    asked: list[int] = []

    def room(_: object) -> SimpleNamespace:
        asked.append(1)
        return SimpleNamespace(free=600 * 2**20)

    monkeypatch.setattr(making.shutil, "disk_usage", room)
    await make_backup(storage, tmp_path / "backups", Trigger.MANUAL)
    monkeypatch.setattr(making, "_bytes_to_copy", lambda *_: 200 * 2**20)
    with pytest.raises(BackupFailedError, match="has 600 MiB left"):
        await make_backup(storage, tmp_path / "backups", Trigger.MANUAL)
    assert (len(asked), len(list_backups(tmp_path / "backups"))) == (2, 1)
