"""Engines on a real server: what a session is like, and that an outage is told and passes."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import JSON, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from footnoted.db import embedded
from footnoted.db.engine import DatabaseDownError, connect, is_connection_lost, make_engine
from footnoted.errors import ConfigurationError

from .conftest import number_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncEngine

    from footnoted.db.embedded import EmbeddedServer

    Start = Callable[[], EmbeddedServer]


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """Return an engine of one connection that is pinged before use."""
    made = make_engine(database_url, application_name="test engine", pool_size=1, max_overflow=0)
    yield made
    await made.dispose()


async def value(engine: AsyncEngine, question: str) -> Any:
    """Return the one value that `question` selects."""
    async with engine.connect() as connection:
        return (await connection.execute(text(question))).scalar_one()


async def test_sessions_speak_utc_and_have_a_name(engine: AsyncEngine) -> None:
    """Whatever the server's or the person's settings are."""
    question = "SELECT current_setting('TimeZone') || ' ' || current_setting('application_name')"
    assert await value(engine, question) == "UTC test engine"


@pytest.mark.parametrize("kind", [JSON(), JSONB()])
async def test_json_comes_back_as_it_went(engine: AsyncEngine, kind: JSON) -> None:
    """Text beyond ASCII, nesting, numbers and null."""
    sent = {"ä": [1, 2.5, None, True, {"deep": "\N{SNOWMAN}"}], "big": 2**60}
    statement = text("SELECT :sent AS sent").bindparams(bindparam("sent", sent, type_=kind))
    async with engine.connect() as connection:
        received = (await connection.execute(statement.columns(sent=kind))).scalar_one()
    assert received == sent


async def test_a_killed_backend_is_replaced_before_it_is_used(engine: AsyncEngine) -> None:
    """The ping finds the dead connection, so nobody sees an error."""
    number = await value(engine, "SELECT pg_backend_pid()")
    await end_backend(engine, number)
    assert await value(engine, "SELECT pg_backend_pid()") != number


async def test_without_a_ping_the_error_says_lost_and_the_next_use_works(
    database_url: str,
) -> None:
    """What the daemon sees when a connection dies under it."""
    engine = make_engine(
        database_url, application_name="test", pool_size=1, max_overflow=0, pre_ping=False
    )
    number = await value(engine, "SELECT pg_backend_pid()")
    await end_backend(engine, number)
    with pytest.raises(Exception) as seen:  # noqa: PT011 - which one is the point
        await value(engine, "SELECT 1")
    assert is_connection_lost(seen.value)
    assert await value(engine, "SELECT 1") == 1
    await engine.dispose()


async def test_a_statement_whose_backend_is_ended_says_lost(engine: AsyncEngine) -> None:
    """The connection dies in the middle of a statement."""
    async with engine.connect() as connection:
        number = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        sleeping = asyncio.create_task(connection.execute(text("SELECT pg_sleep(30)")))
        await asyncio.sleep(0.1)
        await end_backend(engine, number)
        with pytest.raises(Exception) as seen:  # noqa: PT011 - which one is the point
            await sleeping
    assert is_connection_lost(seen.value)


async def test_a_mistake_in_sql_is_not_an_outage(engine: AsyncEngine) -> None:
    """Waiting would not help."""
    with pytest.raises(Exception) as seen:  # noqa: PT011 - which one is the point
        await value(engine, "SELECT nothing FROM nowhere")
    assert not is_connection_lost(seen.value)


@pytest.mark.parametrize("how", [signal.SIGQUIT, signal.SIGINT, signal.SIGKILL])
async def test_an_outage_is_told_as_such_until_the_server_is_back(
    data_dir: Path, start: Start, how: signal.Signals
) -> None:
    """Stopped immediately (as R4 does), fast, or killed: every use says lost, then all is well."""
    server = start()
    engine = make_engine(server.url, application_name="test")
    async with engine.connect() as held:
        await held.execute(text("SELECT 1"))
        number = number_of(data_dir)
        assert number is not None
        os.kill(number, how)
        with pytest.raises(Exception) as in_use:  # noqa: PT011 - which one is the point
            await use_until_it_fails(held)
    with pytest.raises(Exception) as anew:  # noqa: PT011 - which one is the point
        await value(engine, "SELECT 1")
    await asyncio.to_thread(embedded.ensure_running, server)
    back = await value(engine, "SELECT 1")
    await engine.dispose()
    assert (is_connection_lost(in_use.value), is_connection_lost(anew.value), back) == (
        True,
        True,
        1,
    )


async def use_until_it_fails(connection: Any) -> None:
    """Ask again and again, for at most ten seconds."""
    for _ in range(1000):
        await connection.execute(text("SELECT 1"))
        await asyncio.sleep(0.01)


async def test_no_server_is_an_outage(short_path: Path) -> None:
    """A socket file that is not there and a port that refuses are the database being down."""
    urls = [
        f"postgresql://footnoted@/footnoted?host={short_path}",
        "postgresql://footnoted:secret@127.0.0.1:1/footnoted",
    ]
    for url in urls:
        with pytest.raises(DatabaseDownError) as seen:
            await connect(url, application_name="test")
        assert is_connection_lost(seen.value)
        assert "secret" not in str(seen.value)


@pytest.mark.parametrize(
    "change", [("footnoted@/", "stranger@/"), ("/test_", "/absent_")], ids=["user", "database"]
)
async def test_what_the_server_refuses_is_a_setting_to_correct(
    database_url: str, change: tuple[str, str]
) -> None:
    """Waiting for a database that does not exist would wait for ever."""
    with pytest.raises(ConfigurationError, match="does not exist"):
        await connect(database_url.replace(*change), application_name="test")


async def end_backend(engine: AsyncEngine, number: int) -> None:
    """End another session of the engine's server, and return when it is gone."""
    url = engine.url.render_as_string(hide_password=False)
    connection = await connect(url, application_name="test killer")
    await connection.execute("SELECT pg_terminate_backend($1, 5000)", number)
    await connection.close()
