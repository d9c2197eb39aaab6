"""The locks of a database, between processes and over their deaths."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from footnoted.db.engine import connect
from footnoted.db.locks import DaemonLock, migration_lock
from footnoted.errors import LockHeldError

from .conftest import SOURCES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_DAEMON = """
import asyncio
import sys
from footnoted.db.locks import DaemonLock
async def run():
    lock = DaemonLock(sys.argv[1])
    await lock.acquire()
    print("held", flush=True)
    await asyncio.sleep(60)
asyncio.run(run())
"""
_MIGRATION = """
import asyncio
import sys
from footnoted.db.locks import migration_lock
async def run():
    async with migration_lock(sys.argv[1]):
        print("held", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
asyncio.run(run())
"""


@pytest.fixture
def url(new_database: Callable[[str], str]) -> str:
    """Return the URL of an empty database."""
    return new_database("template1")


@pytest.fixture
def other_url(new_database: Callable[[str], str]) -> str:
    """Return the URL of another empty database of the same server."""
    return new_database("template1")


@pytest.fixture
def begin(url: str) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Return a function that runs a script on the database until it says that it holds."""
    processes: list[subprocess.Popen[str]] = []

    def run(script: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", script, url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(SOURCES)},
        )
        processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        return process

    yield run
    for process in processes:
        process.kill()
        process.communicate()


async def test_a_second_daemon_is_turned_away(
    url: str, begin: Callable[[str], subprocess.Popen[str]]
) -> None:
    """Another process holds the lock: this one is told at once, and the state says so."""
    begin(_DAEMON)
    lock = DaemonLock(url)
    with pytest.raises(LockHeldError, match="Another footnoted daemon"):
        await lock.acquire()
    assert (lock.held, await lock.check()) == (False, False)


async def test_a_killed_daemon_leaves_no_lock(
    url: str, begin: Callable[[str], subprocess.Popen[str]]
) -> None:
    """The server ends the session when its process is gone."""
    begin(_DAEMON).kill()
    lock = DaemonLock(url)
    await acquire_within(lock, 5.0)
    assert await lock.check()
    await lock.release()


async def test_a_lock_given_back_can_be_taken(url: str) -> None:
    """Releasing twice counts once; acquiring twice holds once."""
    first, second = DaemonLock(url), DaemonLock(url)
    await first.acquire()
    await first.acquire()
    await first.release()
    await first.release()
    await acquire_within(second, 5.0)
    assert (first.held, second.held) == (False, True)
    await second.release()


async def test_a_lost_lock_is_noticed_and_can_be_taken_anew(url: str) -> None:
    """The end of its connection is told to whoever waits for it."""
    lock = DaemonLock(url)
    await lock.acquire()
    waiting = asyncio.create_task(lock.wait_lost())
    await end_sessions(url, "footnoted daemon lock")
    await asyncio.wait_for(waiting, 5.0)
    assert (lock.held, await lock.check()) == (False, False)
    await acquire_within(lock, 5.0)
    assert (lock.held, await lock.check()) == (True, True)
    await lock.release()


async def test_a_lock_that_the_server_forgot_is_found_by_asking(url: str) -> None:
    """`check` believes the server, not the memory of having locked."""
    lock = DaemonLock(url)
    await lock.acquire()
    assert lock._connection is not None
    await lock._connection.execute("SELECT pg_advisory_unlock_all()")
    assert (await lock.check(), lock.held) == (False, False)
    await lock.release()


async def test_databases_do_not_lock_each_other(url: str, other_url: str) -> None:
    """Two daemons on two databases of one server."""
    locks = [DaemonLock(url), DaemonLock(other_url)]
    for lock in locks:
        await lock.acquire()
    assert [lock.held for lock in locks] == [True, True]
    for lock in locks:
        await lock.release()


async def test_a_migration_waits_for_another_and_then_goes_on(
    url: str, begin: Callable[[str], subprocess.Popen[str]]
) -> None:
    """It gives up after its time, and gets through when the other process is done."""
    other = begin(_MIGRATION)
    with pytest.raises(LockHeldError, match="Another migration"):
        async with migration_lock(url, timeout_s=0.3):
            pytest.fail("two migrations at once")
    waiting = asyncio.create_task(migrate(url))
    await asyncio.sleep(0.3)
    still_waiting = not waiting.done()
    assert other.stdin is not None
    other.stdin.write("\n")
    other.stdin.flush()
    assert (still_waiting, await asyncio.wait_for(waiting, 10.0)) == (True, "migrated")


async def test_a_daemon_and_a_migration_do_not_block_each_other(url: str) -> None:
    """They are two locks: a running daemon does not keep `migrate` from looking."""
    lock = DaemonLock(url)
    await lock.acquire()
    assert await migrate(url) == "migrated"
    await lock.release()


async def migrate(url: str) -> str:
    """Hold the migration lock for a moment."""
    async with migration_lock(url, timeout_s=10.0):
        return "migrated"


async def acquire_within(lock: DaemonLock, seconds: float) -> None:
    """Acquire, giving the server a moment to notice that the last holder is gone."""
    async with asyncio.timeout(seconds):
        while not lock.held:
            try:
                await lock.acquire()
            except LockHeldError:
                await asyncio.sleep(0.05)


async def end_sessions(url: str, name: str) -> None:
    """End the sessions of that name on the database."""
    connection = await connect(url, application_name="test killer")
    await connection.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE application_name = $1 AND datname = current_database()",
        name,
    )
    await connection.close()
