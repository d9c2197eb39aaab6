"""URLs of databases, before anything is connected."""

from __future__ import annotations

import pytest

from footnoted.db.engine import make_engine, parse_url
from footnoted.db.programs import libpq_url
from footnoted.errors import ConfigurationError


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+asyncpg://me@/mine?host=/run/mine&port=5432",
        "postgresql://me:secret@db.example:5433/mine?sslmode=require",
        "postgres://me@[::1]/mine",
    ],
)
def test_each_spelling_of_a_postgresql_url_is_taken(url: str) -> None:
    """One driver serves them all, and what psql is given is the same database."""
    parsed = parse_url(url)
    assert (parsed.drivername, parsed.database) == ("postgresql+asyncpg", "mine")
    assert libpq_url(url).partition("://")[2] == url.partition("://")[2]
    assert "+" not in libpq_url(url).partition("://")[0]


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///file.db",
        "postgresql+psycopg://me:secret@db.example/mine",
        "postgresql://me:secret@db.example",
        "secret",
        "postgresql://me:secret@db.example:port/mine",
    ],
)
def test_another_url_is_refused_without_its_password(url: str) -> None:
    """One sentence naming the variable, safe to paste into a bug report."""
    with pytest.raises(ConfigurationError, match="FOOTNOTED_DATABASE_URL") as refusal:
        make_engine(url, application_name="test")
    assert "secret" not in refusal.value.message
