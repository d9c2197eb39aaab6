"""Notices of outside changes over a connection that comes back."""

from __future__ import annotations

import asyncio

import structlog

from footnoted.db.engine import connect
from footnoted.db.notices import listen
from footnoted.telemetry import LISTENER_LOST

_KILL = """
  SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
  WHERE application_name = 'footnoted listener' AND datname = current_database()
    AND state = 'idle' AND query LIKE 'LISTEN%'
"""


async def test_a_lost_connection_is_told_once_and_polling_is_nudged(database_url: str) -> None:
    """Whatever was not heard meanwhile is looked for."""
    heard = asyncio.Event()
    other = await connect(database_url, application_name="test")
    with structlog.testing.capture_logs() as logged:
        listening = asyncio.create_task(listen(database_url, heard.set))
        async with asyncio.timeout(50):
            while not logged:  # one that is killed before it knows that it listens lost nothing
                await other.fetchval(_KILL)
                await asyncio.sleep(0.05)
            await heard.wait()
        listening.cancel()
        await asyncio.wait([listening])
    await other.close()
    assert [entry["event"] for entry in logged] == [LISTENER_LOST]
