"""The export of a real database."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from footnoted.archive.backups.making import make_backup
from footnoted.archive.backups.manifest import Trigger
from footnoted.archive.export.exporting import LEFT_OUT, export
from footnoted.archive.export.manifest import MANIFEST
from footnoted.errors import UsageError
from footnoted.fetch.receivers import make_receivers
from footnoted.pipeline.alerts.alert import provider_stopped
from footnoted.pipeline.alerts.delivery.desk import AlertDesk
from footnoted.pipeline.alerts.store import raise_alert
from footnoted.settings import Settings, secret_fields
from tests.integration.archive.conftest import open_at

if TYPE_CHECKING:
    from pathlib import Path

    from footnoted.db.storage import Storage


async def test_everything_is_there_and_counted(storage: Storage, tmp_path: Path) -> None:
    """A line for each row of each table, a note for each page, and a manifest that says so."""
    root = tmp_path / "vault"
    await export(storage, root, lambda _: None)
    manifest = json.loads((root / MANIFEST).read_text())
    async with storage.database.transaction() as session:
        tables = await session.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        )
        assert set(manifest["rows"]) == set(tables.all()) - LEFT_OUT
    for table, count in manifest["rows"].items():
        lines = (root / "data" / f"{table}.jsonl").read_text().splitlines()
        assert len(list(map(json.loads, lines))) == count
    assert {
        path: hashlib.sha256((root / path).read_bytes()).hexdigest() for path in manifest["files"]
    } == manifest["files"]
    notes = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.md"))
    assert len(notes) == manifest["pages"] + 1
    said = "".join((root / note).read_text() for note in notes)
    assert "[^1]: “" in said
    assert "<https://video.example/watch?v=bread&t=" in said


async def test_equal_content_is_an_equal_export(storage: Storage, tmp_path: Path) -> None:
    """Wherever it goes and however often."""
    one, two = tmp_path / "a", tmp_path / "b"
    for root in (one, two):
        await export(storage, root, lambda _: None)
    assert (one / MANIFEST).read_bytes() == (two / MANIFEST).read_bytes()
    again = await export(storage, one, lambda _: None)
    assert (again.files.written, again.files.removed) == ([], [])


async def test_no_secret_of_the_settings_is_in_it(storage: Storage, tmp_path: Path) -> None:
    """Nor in the database, where a daemon wrote who is told of alerts."""
    secret = "hunter2"  # noqa: S105 - what is looked for
    values = dict.fromkeys(secret_fields(), secret)
    values["alert_url"] = f"http://127.0.0.1:9/{secret}"
    settings = Settings.model_validate({"data_dir": storage.settings.data_dir, **values})
    receivers = make_receivers(settings)
    desk = AlertDesk(storage.database, storage.clock, receivers)
    async with storage.database.transaction() as session:
        stopped = provider_stopped("authentication", "the key is refused")
        await raise_alert(session, stopped, storage.clock.now())
    await desk.finish()
    async with open_at(storage.url, storage.settings.data_dir, **values) as opened:
        await export(opened, tmp_path / "vault", lambda _: None)
        backup = await make_backup(opened, tmp_path / "backups", Trigger.MANUAL)
    rows = json.loads((tmp_path / "vault" / MANIFEST).read_text())["rows"]
    assert rows["alert_receivers"] == len(receivers) == 2
    told = [path.read_text() for path in (tmp_path / "vault").rglob("*") if path.is_file()]
    listed = (backup.folder / "manifest.json").read_text()
    assert [text for text in (*told, listed) if secret in text] == []


async def test_the_data_directory_is_no_place_for_an_export(storage: Storage) -> None:
    """Nor is what it lies in."""
    for root in (storage.settings.data_dir, storage.settings.data_dir.parent):
        with pytest.raises(UsageError, match="holds the data directory"):
            await export(storage, root, lambda _: None)
