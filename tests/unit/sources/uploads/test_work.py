"""Folders for work under way."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from footnoted.sources.uploads.work import sweep, work_folder

if TYPE_CHECKING:
    from pathlib import Path


def names(folder: Path) -> list[str]:
    """Return what is in a folder."""
    return sorted(path.name for path in folder.iterdir())


async def test_a_work_folder_is_gone_at_the_end_whatever_that_is(tmp_path: Path) -> None:
    """With all that is in it; after a success and after a failure."""
    root = tmp_path / "work"
    async with work_folder(root) as folder:
        (folder / "deep").mkdir()
        (folder / "deep" / "file").write_bytes(b"x")
        assert os.stat(folder).st_mode & 0o777 == 0o700  # noqa: PTH116 - a test
    assert names(root) == []
    with pytest.raises(ValueError, match="broken"):
        await fail_in(root)
    assert names(root) == []


async def fail_in(root: Path) -> None:
    """Fail at work."""
    async with work_folder(root) as folder:
        (folder / "file").write_bytes(b"x")
        message = "broken"
        raise ValueError(message)


async def test_a_sweep_leaves_what_is_held(tmp_path: Path) -> None:
    """By us, and takes the rest: folders, files and links, but not what links lead to."""
    root, elsewhere = tmp_path / "work", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").write_bytes(b"x")
    async with work_folder(root) as folder:
        (root / "left").mkdir()
        (root / "left" / "file").write_bytes(b"x")
        (root / "stray").write_bytes(b"x")
        (root / "link").symlink_to(elsewhere)
        assert await sweep(root) == 3
        assert names(root) == [folder.name]
    assert names(elsewhere) == ["precious"]
    assert await sweep(tmp_path / "nowhere") == 0
