"""Files in backups: shared where they can be, copied whole where not."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from footnoted.archive.backups import files
from footnoted.archive.backups.files import copy, share, write_text

if TYPE_CHECKING:
    from pathlib import Path


def refuse_links(*_: object, **__: object) -> None:
    """Be the disk that the other file is not on."""
    raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))


def test_a_file_is_shared_with_the_first_that_can_be_linked(tmp_path: Path) -> None:
    """The backup before comes first: on another disk it is the only one that can be."""
    before, original = tmp_path / "before", tmp_path / "original"
    for path in (before, original):
        path.write_text("words")
    share([before, original], tmp_path / "new" / "file")
    share([tmp_path / "gone", original], tmp_path / "new" / "other")
    assert (tmp_path / "new" / "file").samefile(before)
    assert (tmp_path / "new" / "other").samefile(original)


def test_on_another_disk_the_original_is_copied_with_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time is how the next backup knows that it is the same."""
    original = tmp_path / "original"
    original.write_text("words")
    os.utime(original, ns=(5, 1_700_000_000_123_456_789))
    monkeypatch.setattr(files.os, "link", refuse_links)
    share([tmp_path / "before", original], tmp_path / "new" / "file")
    made = tmp_path / "new" / "file"
    assert (made.read_text(), made.samefile(original)) == ("words", False)
    assert made.stat().st_mtime_ns == 1_700_000_000_123_456_789


def test_a_copy_that_does_not_fit_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the file nor half of it."""

    def fill(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / "original").write_text("words")
    monkeypatch.setattr(files.shutil, "copyfileobj", fill)
    with pytest.raises(OSError, match="No space left"):
        copy(tmp_path / "original", tmp_path / "new" / "file")
    assert list((tmp_path / "new").iterdir()) == []


def test_a_text_is_written_in_place_of_the_one_before(tmp_path: Path) -> None:
    """Whole, in UTF-8, with nothing beside it."""
    for text in ("one\n", "zwölf\n"):
        write_text(tmp_path / "file", text)
    assert (tmp_path / "file").read_bytes() == "zwölf\n".encode()
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
