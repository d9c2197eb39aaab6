"""A backup is told from what only looks like one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from footnoted.archive.backups.manifest import (
    MANIFEST,
    PROOF,
    Manifest,
    Trigger,
    list_backups,
    name_of,
    read_backup,
)
from footnoted.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)


def write(place: Path, made_at: datetime = AT) -> Path:
    """Return the folder of a backup without files."""
    manifest = Manifest(
        schema="footnoted.backup/1",
        made_at=made_at,
        trigger=Trigger.MANUAL,
        made_by="0",
        revision="0001",
        postgresql="18",
        data_dir="/data",
        rows={"media": 3},
        files=(),
        missing=(),
        outside=0,
    )
    folder = place / name_of(made_at)
    folder.mkdir(parents=True)
    (folder / MANIFEST).write_text(manifest.model_dump_json(by_alias=True))
    return folder


def test_a_backup_reads_as_it_was_written(tmp_path: Path) -> None:
    """Its name tells when it was made."""
    folder = write(tmp_path)
    backup = read_backup(folder)
    assert folder.name == "footnoted-20260301T120005Z"
    assert (backup.manifest.rows, backup.proof) == ({"media": 3}, None)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read (no such file or directory)"),
        ("{", "is not the manifest of a footnoted.backup/1"),
        ('{"schema": "footnoted.backup/2"}', "see schema"),
    ],
)
def test_what_is_no_backup_is_refused_in_a_sentence(
    tmp_path: Path, content: str | None, words: str
) -> None:
    """Also one of a later shape, of which we cannot know what we would lose."""
    if content is not None:
        (tmp_path / MANIFEST).write_text(content)
    with pytest.raises(UsageError, match=r".") as raised:
        read_backup(tmp_path)
    assert words in raised.value.message


def test_a_list_has_the_whole_ones_newest_first(tmp_path: Path) -> None:
    """What was left half made, or lies there besides, is passed over."""
    old, new = write(tmp_path), write(tmp_path, AT.replace(year=2027))
    (tmp_path / ".footnoted-20280101T000000Z.part").mkdir()
    (tmp_path / "footnoted-20290101T000000Z").mkdir()
    (tmp_path / "notes").mkdir()
    assert [one.folder for one in list_backups(tmp_path)] == [new, old]
    assert list_backups(tmp_path / "nowhere") == []


def test_a_proof_that_cannot_be_read_proves_nothing(tmp_path: Path) -> None:
    """The backup is one all the same."""
    folder = write(tmp_path)
    (folder / PROOF).write_text("{")
    assert read_backup(folder).proof is None
