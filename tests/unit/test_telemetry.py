"""Log lines must never change what becomes of the work."""

from __future__ import annotations

import errno
import io
from typing import TYPE_CHECKING

import pytest
import structlog

from footnoted.settings import load_settings
from footnoted.telemetry import configure_logging, get_logger

if TYPE_CHECKING:
    from collections.abc import Iterator


class BrokenStream(io.StringIO):
    """A stream whose other end is gone, or whose disk is full."""

    def __init__(self, number: int) -> None:
        """Fail with this errno."""
        super().__init__()
        self._number = number

    def write(self, text: str) -> int:
        """Fail."""
        raise OSError(self._number, text)


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize("number", [errno.EPIPE, errno.ENOSPC])
def test_a_log_that_cannot_be_written_stops_nothing(number: int) -> None:
    """A closed pipe or a full disk behind the log is not our caller's trouble."""
    configure_logging(load_settings({}).settings, BrokenStream(number))
    get_logger().error("x.happened")
    get_logger().info("x.happened")


def test_lines_reach_the_stream() -> None:
    """What can be written is."""
    stream = io.StringIO()
    configure_logging(load_settings({"FOOTNOTED_LOG_FORMAT": "json"}).settings, stream)
    get_logger().warning("x.happened", why="so")
    assert '"event": "x.happened"' in stream.getvalue()
