"""How PostgreSQL's programs are found, addressed, and what their complaints become."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnoted.archive.backups import dump
from footnoted.archive.backups.dump import (
    BackupFailedError,
    client_address,
    dump_database,
    find_program,
)
from footnoted.db.programs import MAJOR, pg_binary

if TYPE_CHECKING:
    from pathlib import Path

RECORDER = """#!/bin/sh
[ "$1" = --version ] && { echo "pg_dump (PostgreSQL) 17.2 (Debian 17.2-1)"; exit; }
echo "$@" > "$(dirname "$0")/arguments"
echo "$PGPASSWORD $PGHOST" > "$(dirname "$0")/environment"
echo "pg_dump: error: could not write to file: No space left on device" >&2
exit 3
"""


@pytest.fixture
def recorder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a `pg_dump` of PostgreSQL 17 that notes how it was run, and fails."""
    program = tmp_path / "pg_dump"
    program.write_text(RECORDER)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("PGHOST", "elsewhere")
    return tmp_path


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://ada:secret@db.example:5433/notes",
            ("postgresql://ada@db.example:5433/notes", "secret"),
        ),
        ("postgresql+asyncpg://db.example/notes", ("postgresql://notes@db.example/notes", None)),
        ("postgres://ada@/notes", ("postgresql://ada@localhost/notes", None)),
        (
            "postgresql://ada@/notes?host=/run/pg&port=5432",
            ("postgresql://ada@/notes?host=%2Frun%2Fpg&port=5432", None),
        ),
        (
            "postgresql://db.example/notes?user=ada&password=secret&ssl=require",
            ("postgresql://db.example/notes?sslmode=require&user=ada", "secret"),
        ),
    ],
)
def test_an_address_goes_where_the_engine_goes_and_has_no_password(
    url: str, expected: tuple[str, str | None]
) -> None:
    """Arguments are seen by every user of the machine."""
    assert client_address(url) == expected


async def test_a_program_that_fails_says_why_in_a_sentence(recorder: Path, tmp_path: Path) -> None:
    """It got its password by its environment, and nothing else that steers a client."""
    url = "postgresql://ada:secret@db.example/notes"
    with pytest.raises(BackupFailedError) as raised:
        await dump_database(url, 17, "1-1", tmp_path / "dump")
    assert raised.value.message == (
        "pg_dump ended with 3: pg_dump: error: could not write to file: No space left on device"
    )
    assert "secret" not in (recorder / "arguments").read_text()
    assert (recorder / "environment").read_text() == "secret \n"


async def test_a_server_gets_the_program_of_its_own_version(recorder: Path) -> None:
    """The one that came along for its own version and for older ones without a program here."""
    assert await find_program("pg_dump", 17) == str(recorder / "pg_dump")
    for major in (MAJOR, 15):
        assert await find_program("pg_dump", major) == str(pg_binary("pg_dump"))
    with pytest.raises(BackupFailedError, match=f"install the client programs of .* {MAJOR + 1}"):
        await find_program("pg_dump", MAJOR + 1)


async def test_a_program_that_is_killed_is_named_with_its_signal(
    recorder: Path, tmp_path: Path
) -> None:
    """As one is that may not write any more."""
    (recorder / "pg_dump").write_text(RECORDER.replace("exit 3", "kill -9 $$"))
    with pytest.raises(BackupFailedError, match="pg_dump was ended by signal 9"):
        await dump_database("postgresql://db.example/notes", 17, "1-1", tmp_path / "dump")
    assert dump.BackupFailedError.code == "backup_failed"
