"""Locks that end with their process."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from footnoted.db.file_locks import exclusive, open_lock_file, try_lock, unlock_and_close
from footnoted.errors import ConfigurationError, DependencyDownError

if TYPE_CHECKING:
    from pathlib import Path


def test_shared_holders_keep_a_lone_one_out(tmp_path: Path) -> None:
    """Two may share; nobody is alone until both are gone."""
    path = tmp_path / "lock"
    first, second, lone = (open_lock_file(path) for _ in range(3))
    shared = [try_lock(first, shared=True), try_lock(second, shared=True)]
    unlock_and_close(first)
    while_one_is_left = try_lock(lone)
    unlock_and_close(second)
    assert (shared, while_one_is_left, try_lock(lone)) == ([True, True], False, True)
    os.close(lone)


def test_waiting_ends_in_a_sentence(tmp_path: Path) -> None:
    """Somebody who hangs with the lock does not hang everybody."""
    path = tmp_path / "lock"
    with (
        exclusive(path, timeout_s=1),
        pytest.raises(DependencyDownError, match="has been holding"),
        exclusive(path, timeout_s=0.05),
    ):
        pytest.fail("two at once")


def test_a_copy_of_the_descriptor_keeps_the_lock(tmp_path: Path) -> None:
    """What a server inherits: closing ours is not giving the lock back."""
    path = tmp_path / "lock"
    ours = open_lock_file(path)
    try_lock(ours)
    inherited = os.dup(ours)
    os.close(ours)
    other = open_lock_file(path)
    while_inherited = try_lock(other)
    os.close(inherited)
    assert (while_inherited, try_lock(other)) == (False, True)
    os.close(other)


def test_a_directory_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    """The directory is named, no traceback is shown."""
    with pytest.raises(ConfigurationError, match="gone cannot be used"):
        open_lock_file(tmp_path / "gone" / "lock")
