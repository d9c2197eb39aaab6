"""A real PostgreSQL for every test that asks: one server, one migrated template, clones of it."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.engine import make_url

from footnoted.db import embedded
from footnoted.db.engine import connect, make_engine
from footnoted.db.migrate import upgrade
from tests.quick_folder import quick_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from footnoted.db.embedded import EmbeddedServer

# A test's database need not survive a power cut.
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
TEMPLATE = "footnoted_template"


@contextmanager
def open_temporary_directory() -> Generator[Path]:
    """Give a short path that the server's account may pass through when we are root.

    pytest's own `tmp_path` is neither: it is deep, and closed to everybody else.
    """
    folder = Path(tempfile.mkdtemp(prefix="fn-", dir=quick_folder()))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def short_path() -> Iterator[Path]:
    """Return an empty folder in which a data directory may be made."""
    with open_temporary_directory() as folder:
        yield folder


@pytest.fixture(scope="session")
def embedded_server() -> Iterator[EmbeddedServer]:
    """Return the one server of the whole test run; tests use databases in it, never it."""
    with open_temporary_directory() as folder:
        server = embedded.start(folder / "data", options=QUICK)
        yield server
        embedded.stop(server)


@pytest.fixture(scope="session")
def template_database(embedded_server: EmbeddedServer) -> str:
    """Return the name of a database with the newest schema and no rows."""
    _execute(embedded_server.url, f"CREATE DATABASE {TEMPLATE}")
    asyncio.run(_migrate(named(embedded_server.url, TEMPLATE)))
    return TEMPLATE


@pytest.fixture
def new_database(embedded_server: EmbeddedServer) -> Iterator[Callable[[str], str]]:
    """Return a function from a template's name to the URL of a new database like it."""
    server_url = embedded_server.url
    made: list[str] = []

    def make(template: str) -> str:
        name = f"test_{next(_numbers)}"
        # As files, not block by block through the log: twice as fast for a schema without rows.
        _execute(server_url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        made.append(name)
        return named(server_url, name)

    yield make
    for name in made:
        _execute(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(template_database: str, new_database: Callable[[str], str]) -> str:
    """Return the URL of a database of one's own, with the schema and no rows."""
    return new_database(template_database)


def named(url: str, database: str) -> str:
    """Return `url` with another database of the same server."""
    return make_url(url).set(database=database).render_as_string(hide_password=False)


_numbers = itertools.count(1)


async def _migrate(url: str) -> None:
    engine = make_engine(url, application_name="test template")
    await upgrade(engine)
    await engine.dispose()


def _execute(url: str, statement: str) -> None:
    async def run() -> None:
        connection = await connect(url, application_name="test fixtures")
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())
