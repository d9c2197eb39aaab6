"""`pg_dump` and `pg_restore`: found, run as children, their complaints turned into a sentence.

No password stands in an argument, where any user of the machine could read it.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy.engine import URL

from footnoted.db.engine import parse_url
from footnoted.db.programs import MAJOR, clean_environment, pg_binary
from footnoted.errors import FootnotedError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_LONGEST_S = 6 * 3_600.0
_WORDS = 600
_NOT_PASSED_ON = ("password", "ssl", "sslmode")


class BackupFailedError(FootnotedError):
    """A backup could not be made, restored or proven, and nothing of it is left behind."""

    code: ClassVar[str] = "backup_failed"


async def dump_database(url: str, server_major: int, snapshot: str, into: Path) -> None:
    """Write the database as `snapshot` sees it to the file `into`. Raises BackupFailedError."""
    program = await find_program("pg_dump", server_major)
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
    await _run(url, [program, *options, f"--file={into}"])


async def load_dump(url: str, server_major: int, dump: Path) -> None:
    """Load a dump into an empty database, all of it or nothing. Raises BackupFailedError."""
    program = await find_program("pg_restore", server_major)
    options = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    await _run(url, [program, *options], str(dump))


async def find_program(name: str, server_major: int) -> str:
    """Return the program that suits a server: the one that came with us, else the system's.

    A client dumps servers as old as itself or older, and restores best into its own version. Raises
    BackupFailedError when there is none for a newer server.
    """
    if server_major == MAJOR:
        return str(pg_binary(name))
    system = await asyncio.to_thread(shutil.which, name)
    if system is not None and await _major_of(system) == server_major:
        return system
    if server_major < MAJOR:
        return str(pg_binary(name))
    message = (
        f"the server is PostgreSQL {server_major} and the {name} that came with footnoted is"
        f" {MAJOR}: install the client programs of PostgreSQL {server_major}"
    )
    raise BackupFailedError(message)


async def _major_of(program: str) -> int | None:
    """Return the major version in `pg_dump (PostgreSQL) 17.2 (Debian 17.2-1)`."""
    asked = await asyncio.create_subprocess_exec(
        program,
        "--version",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    words, _ = await asked.communicate()
    found = re.search(rb"\(PostgreSQL\) (\d+)", words)
    return None if found is None else int(found[1])


def client_address(url: str) -> tuple[str, str | None]:
    """Return the address that a client program is given, without its password, and that.

    What an address leaves open is as the engine takes it: localhost, and a user like the database.
    """
    parsed = parse_url(url)
    password = parsed.password or parsed.query.get("password")
    encryption = parsed.query.get("ssl", parsed.query.get("sslmode"))
    query = {key: value for key, value in parsed.query.items() if key not in _NOT_PASSED_ON}
    bare = URL.create(
        "postgresql",
        username=parsed.username or (None if "user" in query else parsed.database),
        host=parsed.host or (None if "host" in query else "localhost"),
        port=parsed.port,
        database=parsed.database,
        query=query | ({"sslmode": encryption} if encryption else {}),
    )
    address = bare.render_as_string(hide_password=False)
    return address, None if password is None else str(password)


async def _run(url: str, command: Sequence[str], *files: str) -> None:
    address, password = client_address(url)
    environment = clean_environment() | ({"PGPASSWORD": password} if password else {})
    process = await asyncio.create_subprocess_exec(
        command[0],
        *command[1:],
        "--no-password",
        f"--dbname={address}",
        *files,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(_LONGEST_S):
            _, said = await process.communicate()
    except BaseException:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        raise BackupFailedError(_complaint(command[0], process.returncode, said))


def _complaint(program: str, code: int | None, said: bytes) -> str:
    name = program.rpartition("/")[2]
    how = f"was ended by signal {-code}" if code is not None and code < 0 else f"ended with {code}"
    words = " ".join(said.decode(errors="replace").split())[:_WORDS]
    return f"{name} {how}{f': {words}' if words else ''}"
