"""Data directories for the program: none yet, the one that the demo made, and copies of it."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from footnoted.db import embedded
from tests.acceptance.program import Demonstrated, copy_library, open_home

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.acceptance.program import Home


@pytest.fixture(scope="session", autouse=True)
def _interruptible() -> Iterator[None]:
    """Let the programs that tests start be interrupted, as in a terminal.

    A worker of pytest-xdist ignores SIGINT, and what it starts would inherit that.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def new_home(project_root: Path) -> Iterator[Home]:
    """Return a data directory that does not exist yet."""
    with open_home(project_root) as home:
        yield home


@pytest.fixture(scope="session")
def demonstrated(project_root: Path) -> Iterator[Demonstrated]:
    """Return the one demo of the whole test run; what it made lies still, to be copied."""
    with open_home(project_root) as home:
        ended = home.run("demo", "--keep", "--data-dir", str(home.data_dir))
        yield Demonstrated(ended, home)


@pytest.fixture(scope="session")
def library(demonstrated: Demonstrated, project_root: Path) -> Iterator[Home]:
    """Return a copy of it to read, with its database up, which spares each command a start."""
    with open_home(project_root) as home:
        copy_library(demonstrated.home, home)
        server = embedded.start(home.data_dir)
        yield home
        embedded.stop(server)


@pytest.fixture
def own_library(demonstrated: Demonstrated, project_root: Path) -> Iterator[Home]:
    """Return a copy of what the demo made, to change and to break."""
    with open_home(project_root) as home:
        copy_library(demonstrated.home, home)
        yield home
