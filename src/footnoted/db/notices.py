"""Hearing of changes from outside: LISTEN on a connection of its own, which comes back by itself.

A notice is only a hint to look sooner. While the connection is away, polling goes on.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from footnoted.db.engine import connect
from footnoted.db.outage import is_connection_lost
from footnoted.db.session import WORK_CHANNEL
from footnoted.telemetry import LISTENER_LOST, get_logger

if TYPE_CHECKING:
    from collections.abc import Callable


_RETRY_S = 2.0


async def listen(url: str, on_notice: Callable[[], None]) -> None:
    """Call `on_notice` for every notice of outside work, until this task is cancelled.

    An absence is told once, when a connection that was there has gone.
    """
    heard = asyncio.Event()
    while True:
        try:
            await _listen_once(url, on_notice, heard)
        except Exception as error:
            if not is_connection_lost(error):
                raise
        if heard.is_set():
            get_logger().warning(LISTENER_LOST)
            heard.clear()
        on_notice()
        await asyncio.sleep(_RETRY_S)


async def _listen_once(url: str, on_notice: Callable[[], None], began: asyncio.Event) -> None:
    """Listen until the connection ends; set `began` when notices are heard."""
    connection = await connect(url, application_name="footnoted listener")
    ended = asyncio.Event()
    connection.add_termination_listener(lambda _connection: ended.set())

    def heard(_connection: object, _pid: int, _channel: str, _payload: object) -> None:
        on_notice()

    try:
        await connection.add_listener(WORK_CHANNEL, heard)
        began.set()
        await ended.wait()
    finally:
        connection.terminate()
