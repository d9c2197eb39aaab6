"""The databases tests are given."""

from __future__ import annotations

from sqlalchemy import text

from footnoted.db.engine import make_engine


async def test_a_test_gets_a_database_with_the_newest_schema(database_url: str) -> None:
    """The clone has the template's tables, and alembic's mark."""
    engine = make_engine(database_url, application_name="test")
    async with engine.connect() as connection:
        marks = (await connection.execute(text("SELECT version_num FROM alembic_version"))).all()
    await engine.dispose()
    assert len(marks) == 1
