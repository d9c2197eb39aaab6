"""The embedded server over its life: made, shared, adopted, restarted, stopped."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from footnoted.db import embedded
from footnoted.db.engine import connect
from footnoted.db.programs import clean_environment, libpq_url, pg_binary
from footnoted.errors import DependencyDownError, UsageError

from .conftest import await_user, begin_user, kill_server, number_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from footnoted.db.embedded import EmbeddedServer

    Start = Callable[[], EmbeddedServer]


async def ask(url: str, question: str) -> object:
    """Return the one value that `question` selects."""
    connection = await connect(url, application_name="test")
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def psql(url: str, statement: str) -> subprocess.CompletedProcess[str]:
    """Return what the wheel's psql prints for `statement`."""
    return subprocess.run(
        [pg_binary("psql"), "-Atc", statement, libpq_url(url)],
        capture_output=True,
        text=True,
        env=clean_environment(),
        check=True,
    )


async def test_a_new_server_is_durable_and_deaf_to_the_network(data_dir: Path) -> None:
    """Without options nothing is traded for speed, and TCP is closed."""
    server = embedded.start(data_dir)
    settings = [
        await ask(server.url, f"SHOW {name}")
        for name in ("fsync", "full_page_writes", "synchronous_commit", "listen_addresses")
    ]
    embedded.stop(server)
    assert settings == ["on", "on", "on", ""]


async def test_options_reach_the_server(data_dir: Path) -> None:
    """What the caller asks for wins over what we would have chosen."""
    server = embedded.start(data_dir, options={"max_connections": "61", "fsync": "off"})
    settings = [await ask(server.url, f"SHOW {name}") for name in ("max_connections", "fsync")]
    embedded.stop(server)
    assert settings == ["61", "off"]


async def test_text_folds_beyond_ascii(start: Start) -> None:
    """The built-in locale knows Unicode on every system."""
    assert await ask(start().url, "SELECT lower('ÄÉŽ')") == "äéž"


async def test_rows_survive_a_stop(start: Start) -> None:
    """What was committed is there after the server stopped and started."""
    first = start()
    connection = await connect(first.url, application_name="test")
    await connection.execute("CREATE TABLE kept AS SELECT 7 AS value")
    await connection.close()
    embedded.stop(first)
    assert await ask(start().url, "SELECT value FROM kept") == 7


def test_only_the_last_use_stops_the_server(data_dir: Path, start: Start) -> None:
    """A use that ends leaves the server to the others; stopping twice counts once."""
    first, second = start(), start()
    embedded.stop(first)
    embedded.stop(first)
    assert number_of(data_dir) is not None
    embedded.stop(second)
    assert number_of(data_dir) is None


def test_processes_share_one_server(data_dir: Path, start: Start) -> None:
    """A second process adopts the server at once, and leaving it leaves it running."""
    start()
    number = number_of(data_dir)
    other = await_user(begin_user(data_dir))
    assert number_of(data_dir) == number
    other.leave()
    assert number_of(data_dir) == number


def test_the_server_outlives_whoever_started_it_while_another_uses_it(
    data_dir: Path, start: Start
) -> None:
    """The use of the first does not matter to the second."""
    first = await_user(begin_user(data_dir))
    start()
    first.leave()
    assert number_of(data_dir) is not None


def test_many_that_start_at_once_get_one_server(data_dir: Path) -> None:
    """Four processes find no cluster: one makes it, all use it, the last one stops it."""
    users = [await_user(process) for process in [begin_user(data_dir) for _ in range(4)]]
    assert len({user.url for user in users}) == 1
    assert number_of(data_dir) is not None
    for user in users:
        user.leave()
    assert number_of(data_dir) is None


def test_the_use_of_a_killed_process_ends_with_it(data_dir: Path, start: Start) -> None:
    """The server outlives the killed user, is adopted, and stops with the next clean exit."""
    user = await_user(begin_user(data_dir))
    number = number_of(data_dir)
    user.kill()
    assert number_of(data_dir) == number
    server = start()
    assert number_of(data_dir) == number
    embedded.stop(server)
    assert number_of(data_dir) is None


async def test_a_dead_server_is_restarted_under_the_same_url(data_dir: Path, start: Start) -> None:
    """`ensure_running` brings it back, for every user at once."""
    server, other = start(), start()
    number = number_of(data_dir)
    kill_server(data_dir)
    embedded.ensure_running(server)
    restarted = number_of(data_dir)
    embedded.ensure_running(other)
    assert number_of(data_dir) == restarted != number
    assert await ask(server.url, "SELECT 1") == 1


def test_a_recorded_process_number_that_was_given_to_another_is_not_believed(
    data_dir: Path, start: Start
) -> None:
    """After a restart of a container any process may have the dead server's number."""
    server = start()
    account = server.use.place.account
    kill_server(data_dir)
    bystander = subprocess.Popen(
        ["/bin/sleep", "60"],
        user=account.uid if account.changes else None,
        group=account.gid if account.changes else None,
    )
    for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
        record = data_dir / "postgres" / name
        _, rest = record.read_text().split("\n", 1)
        record.write_text(f"{bystander.pid}\n{rest}")
    embedded.ensure_running(server)
    assert number_of(data_dir) not in (None, bystander.pid)
    bystander.kill()
    bystander.wait()


@pytest.mark.parametrize("name", ["d" * 120, "with space, 50% & ü:é"])
async def test_any_path_will_do(short_path: Path, name: str) -> None:
    """Neither the kernel's limit on socket paths nor what needs quoting matters."""
    server = embedded.start(short_path / name, options={"fsync": "off"})
    try:
        answer = await ask(server.url, "SELECT 1")
        said = psql(server.url, "SELECT 2")
    finally:
        embedded.stop(server)
    assert (answer, said.stdout, said.stderr) == (1, "2\n", "")


async def test_no_variable_of_postgresql_leaks_in(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the server nor a connection follows what `PG*` says, nor does psql."""
    for name, value in {
        "PGHOST": "nowhere.invalid",
        "PGPORT": "1",
        "PGUSER": "nobody",
        "PGDATABASE": "nothing",
        "PGPASSWORD": "wrong",
        "PGSSLMODE": "bogus",
        "PGSSLNEGOTIATION": "bogus",
        "PGTARGETSESSIONATTRS": "standby",
        "PGGSSLIB": "bogus",
        "PGOPTIONS": "-c search_path=elsewhere",
        "PGDATA": "/nonexistent",
        "PGTZ": "Asia/Tokyo",
        "PGSERVICE": "elsewhere",
    }.items():
        monkeypatch.setenv(name, value)
    server = embedded.start(data_dir, options={"fsync": "off"})
    try:
        zone = await ask(server.url, "SELECT current_setting('TimeZone')")
        who = "SELECT current_user || ' ' || current_database() || ' ' || current_schema()"
        said = psql(server.url, who)
    finally:
        embedded.stop(server)
    assert (zone, said.stdout) == ("UTC", "footnoted footnoted public\n")


def test_a_half_made_cluster_is_made_anew(data_dir: Path, start: Start) -> None:
    """Whoever was killed while making it left a folder that is not taken for a cluster."""
    embedded.stop(start())
    (data_dir / "postgres").rename(data_dir / "postgres.new")
    (data_dir / "postgres.new" / "global" / "pg_control").unlink()
    start()
    assert not (data_dir / "postgres.new").exists()


def test_a_server_that_will_not_start_says_why(data_dir: Path, start: Start) -> None:
    """The words of PostgreSQL are in the sentence, and nothing waits for the time limit."""
    embedded.stop(start())
    (data_dir / "postgres" / "global" / "pg_control").unlink()
    with pytest.raises(DependencyDownError, match="pg_control"):
        start()


def test_a_server_that_starts_and_gives_up_says_why(data_dir: Path, start: Start) -> None:
    """Its last words are then in its own log, after those of its earlier lives."""
    embedded.stop(start())
    (data_dir / "postgres" / "log" / "postgres-old.log").write_text("FATAL:  of old\n")
    os.utime(data_dir / "postgres" / "log" / "postgres-old.log", (0, 0))
    for segment in (data_dir / "postgres" / "pg_wal").glob("0*"):
        segment.unlink()
    with pytest.raises(DependencyDownError, match="could not locate a valid checkpoint record"):
        start()


def test_a_stopped_use_cannot_restart_the_server(start: Start) -> None:
    """After `stop` the handle is of no more use, rather than leaking a server."""
    server = start()
    embedded.stop(server)
    with pytest.raises(UsageError, match="was stopped"):
        embedded.ensure_running(server)


def test_nobody_else_can_enter_the_cluster(data_dir: Path, start: Start) -> None:
    """The folder of the socket is the whole access control, so it is closed."""
    start()
    modes = [oct(path.stat().st_mode & 0o777) for path in (data_dir, data_dir / "postgres")]
    assert modes == ["0o710" if os.geteuid() == 0 else "0o700", "0o700"]
