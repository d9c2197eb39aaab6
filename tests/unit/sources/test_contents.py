"""Reading files that are not what they were a moment ago."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from footnoted.sources.contents import ChangingError, read_small, sha256_of
from footnoted.sources.walk import Entry

if TYPE_CHECKING:
    from pathlib import Path


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    """Nobody may ever write to it."""
    pipe = tmp_path / "talk.vtt"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="is not a regular file"):
        read_small(str(pipe), 10)
    with pytest.raises(ChangingError):
        sha256_of(Entry("talk.vtt", str(pipe), 10, 1), lambda: False)


def test_a_device_without_end_is_not_read() -> None:
    """A link may point anywhere by now."""
    with pytest.raises(OSError, match="is not a regular file"):
        read_small("/dev/zero", 10)


def test_a_file_over_its_limit_is_refused(tmp_path: Path) -> None:
    """One byte more is too much; the limit itself is not."""
    path = tmp_path / "talk.vtt"
    path.write_bytes(b"0123456789")
    assert read_small(str(path), 10) == b"0123456789"
    with pytest.raises(OSError, match="more than 0 MiB"):
        read_small(str(path), 9)
