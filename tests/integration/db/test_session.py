"""How stores reach PostgreSQL, on one pooled connection so that what one use leaves is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from footnoted.db.engine import make_engine
from footnoted.db.outage import DatabaseDownError, is_number_too_large
from footnoted.db.session import Database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncConnection


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Return a database behind a pool of one connection."""
    engine = make_engine(database_url, application_name="test", pool_size=1, max_overflow=0)
    yield Database(engine)
    await engine.dispose()


async def numbers(session: AsyncConnection) -> list[int]:
    """Return the number of the transaction that each of two statements runs in."""
    return [await session.scalar(text("SELECT pg_current_xact_id()::text::bigint")) for _ in "12"]


async def test_statements_are_transactions_of_their_own(database: Database) -> None:
    """So a read that an idle daemon repeats is one message, not three."""
    async with database.statements() as session:
        first, second = await numbers(session)
    assert first != second


async def test_a_transaction_after_statements_is_one_again(database: Database) -> None:
    """The pool gives the same connection back as if nothing had been asked of it."""
    async with database.statements() as session:
        await session.execute(text("SELECT 1"))
    async with database.transaction() as session:
        first, second = await numbers(session)
    assert first == second


async def test_a_connection_is_tried_with_one_message(database: Database) -> None:
    """An idle daemon asks one question at a time: with no more than that about it.

    What is logged are the messages around the questions, which are prepared.
    """
    sent: list[str] = []
    async with database.statements() as session:
        raw = (await session.get_raw_connection()).driver_connection
        assert raw is not None
        raw.add_query_logger(lambda query: sent.append(query.query))
    async with database.statements() as session:
        await session.execute(text("SELECT 1"))
    assert sent == [";"]
    sent.clear()
    async with database.transaction() as session:
        await session.execute(text("SELECT 2"))
    assert [query.split()[0] for query in sent] == [";", "BEGIN", "COMMIT;"]


INSERT = text("INSERT INTO creators (slug, name) VALUES (:slug, 'n')")


async def insert_and_fail(database: Database) -> None:
    """Raise in the middle of a transaction."""
    async with database.transaction() as session:
        await session.execute(INSERT, {"slug": "lost"})
        raise ZeroDivisionError


async def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    """Commit on exit, roll back on an error."""
    with pytest.raises(ZeroDivisionError):
        await insert_and_fail(database)
    async with database.transaction() as session:
        await session.execute(INSERT, {"slug": "kept"})
    async with database.statements() as session:
        slugs = (await session.scalars(text("SELECT slug FROM creators"))).all()
    assert slugs == ["kept"]


async def test_a_pool_in_use_is_a_database_that_is_away(database_url: str) -> None:
    """Waiting helps, an answer in hand is kept, and no item pays an attempt for it."""
    engine = make_engine(
        database_url, application_name="test", pool_size=1, max_overflow=0, pool_timeout_s=0.05
    )
    database = Database(engine)
    async with database.transaction():
        with pytest.raises(DatabaseDownError, match="QueuePool limit of size 1"):
            async with database.transaction():
                pass
    await engine.dispose()


@pytest.mark.parametrize(("query", "is_too_large"), [("= :id", True), ("= :id / 0", False)])
async def test_a_number_that_no_column_holds_is_known(
    database: Database, query: str, *, is_too_large: bool
) -> None:
    """A command ends in a sentence for it; every other refusal is a fault of the program."""
    number = 10**20 if is_too_large else 1
    async with database.statements() as session:
        with pytest.raises(DBAPIError) as refused:
            await session.execute(
                text(f"SELECT 1 FROM creators WHERE id {query} OR 1 {query}"),  # noqa: S608 - constants
                {"id": number},
            )
    assert is_number_too_large(refused.value) is is_too_large
