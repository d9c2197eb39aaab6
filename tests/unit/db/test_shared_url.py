"""The address of the database as psql and others take it."""

from __future__ import annotations

import pytest

from footnoted.db.shared_url import shared_url

EMBEDDED = "postgresql+asyncpg://footnoted@/footnoted?host=/var/lib/footnoted/postgres&port=5432"
OWN = "postgresql+asyncpg://me:secret@db.example:5433/notes?ssl=require"


@pytest.mark.parametrize(
    ("url", "role", "expected"),
    [
        (
            EMBEDDED,
            None,
            "postgresql://footnoted@/footnoted?host=%2Fvar%2Flib%2Ffootnoted%2Fpostgres&port=5432",
        ),
        (OWN, None, "postgresql://me:secret@db.example:5433/notes?sslmode=require"),
        (OWN, "reader", "postgresql://reader@db.example:5433/notes?sslmode=require"),
    ],
)
def test_an_address_names_no_driver_and_no_foreign_password(
    url: str, role: str | None, expected: str
) -> None:
    """What our driver calls ssl is sslmode elsewhere; another role has another password."""
    assert shared_url(url, role=role) == expected
