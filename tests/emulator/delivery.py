"""Sends an accepted call's answer, as JSON or as a stream, with whatever goes wrong on the way."""

from __future__ import annotations

import asyncio
import json
import math
from typing import TYPE_CHECKING

from starlette.responses import Response

from tests.emulator import connections
from tests.emulator.messages import sse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import Receive, Scope, Send

    from tests.emulator.engine import Engine, Running
    from tests.emulator.messages import Event

HANG_POLL_S = 0.05
HANG_LIMIT_S = 600.0
HTML_502 = b"<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"


async def hang(scope: Scope) -> None:
    """Return when the client has gone, or after ten real minutes."""
    waited_s = 0.0
    while connections.is_open(scope) and waited_s < HANG_LIMIT_S:
        await asyncio.sleep(HANG_POLL_S)
        waited_s += HANG_POLL_S


class Silence(Response):
    """No answer at all: the connection is reset, or stays open until the client gives up."""

    def __init__(self, *, hangs: bool) -> None:
        """Choose how to be silent."""
        super().__init__()
        self._hangs = hangs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        """Say nothing."""
        if self._hangs:
            await hang(scope)
        await connections.reset(scope)


class Delivery(Response):
    """An accepted call: waits its time, bills it, then sends it."""

    def __init__(self, engine: Engine, running: Running, headers: dict[str, str]) -> None:
        """Take the call and the headers known at its start."""
        super().__init__(headers=headers)
        self._engine, self._running = engine, running
        self._kind = running.fault.kind if running.fault else None

    @property
    def _share(self) -> float:
        return self._running.fault.after_fraction if self._running.fault else 1.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        """Deliver as a fault would have it."""
        try:
            await self._engine.clock.sleep(self._running.pace.first_token_s)
            self._engine.begin_output(self._running)
            await self._deliver(scope, send)
        finally:
            self._engine.settle(self._running)

    async def _deliver(self, scope: Scope, send: Send) -> None:
        await self._generate()
        self._engine.settle(self._running)
        if self._kind in {"reset_after", "timeout_after"}:
            self._running.row.delivered = False
            if self._kind == "timeout_after":
                await hang(scope)
            await connections.reset(scope)
            return
        if self._kind == "status_after":
            self._running.row.delivered = False
            await self._send_refusal(send)
            return
        self._running.row.delivered = connections.is_open(scope) and self._kind is None
        await self._send_body(scope, send)

    async def _generate(self) -> None:
        """Make the output at its pace, draining the limit as it goes."""
        total = self._running.reply.tokens.output
        step = self._engine.configuration.stream_chunk_tokens * 8
        made = 0
        while self._running.pace.per_token_s and made < total:
            fresh = min(step, total - made)
            await self._engine.clock.sleep(fresh * self._running.pace.per_token_s)
            made += fresh
            self._engine.emit(self._running, made)

    async def _send_refusal(self, send: Send) -> None:
        rule = self._running.fault
        if rule is None:
            return
        refusal = rule.refusal()
        body = json.dumps(refusal.body(self.headers["request-id"])).encode()
        self.headers.update(refusal.headers())
        await self._start(send, "application/json", len(body), refusal.status)
        await send({"type": "http.response.body", "body": body})

    async def _send_body(self, scope: Scope, send: Send) -> None:
        body = json.dumps(self._running.reply.message(), ensure_ascii=False).encode()
        if self._kind == "malformed_json":
            body = body[: math.floor(len(body) * self._share)]
        await self._start(send, "application/json", len(body))
        if self._kind == "slow_drip":
            await self._drip(send, body)
            return
        if self._kind == "body_cut":
            part = body[: math.floor(len(body) * self._share)]
            await send({"type": "http.response.body", "body": part, "more_body": True})
            await connections.cut(scope)
            return
        await send({"type": "http.response.body", "body": body})
        if self._kind != "malformed_json":
            self._running.row.delivered = connections.is_open(scope)

    async def _drip(self, send: Send, body: bytes) -> None:
        size = max(1, math.ceil(len(body) / 8))
        for start in range(0, len(body), size):
            part = body[start : start + size]
            await self._engine.clock.sleep(self._running.fault.drip_s if self._running.fault else 0)
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
        self._running.row.delivered = True

    async def _start(self, send: Send, kind: str, length: int | None, status: int = 200) -> None:
        self.headers.update({"content-type": kind})
        if length is None and "content-length" in self.headers:
            del self.headers["content-length"]
        if length is not None:
            self.headers["content-length"] = str(length)
        await send(
            {"type": "http.response.start", "status": status, "headers": list(self.raw_headers)}
        )


class StreamDelivery(Delivery):
    """The same, as server-sent events."""

    async def _deliver(self, scope: Scope, send: Send) -> None:
        if self._kind in {"reset_after", "timeout_after", "status_after"}:
            await super()._deliver(scope, send)
            return
        await self._start(send, "text/event-stream; charset=utf-8", None)
        made = 0
        for made, event in self._events():
            if not await self._send_event(scope, send, made, event):
                self._engine.settle(self._running, made)
                return
        complete = self._kind not in {"stream_error", "stream_cut", "stream_early_end"}
        self._engine.settle(self._running, None if complete else made)
        self._running.row.delivered = complete and connections.is_open(scope)
        await self._end(scope, send)

    def _events(self) -> Iterator[tuple[int, Event]]:
        """Yield the events that get through."""
        events = list(self._running.reply.events(self._engine.configuration.stream_chunk_tokens))
        if self._kind not in {"stream_error", "stream_cut", "stream_early_end"}:
            yield from events
            return
        # Never the final usage: a stream that breaks ends before its message_delta.
        yield from events[: max(1, math.floor((len(events) - 2) * self._share))]

    async def _send_event(self, scope: Scope, send: Send, made: int, event: Event) -> bool:
        """Send one event at its time; returns False once the client has gone."""
        fresh = max(0, made - self._running.drained)
        await self._wait(send, fresh * self._running.pace.per_token_s)
        if self._kind == "slow_drip" and self._running.fault:
            await self._wait(send, self._running.fault.drip_s)
        self._engine.emit(self._running, made)
        if not connections.is_open(scope):
            self._running.row.delivered = False
            return False
        await send({"type": "http.response.body", "body": sse(event), "more_body": True})
        return True

    async def _wait(self, send: Send, seconds: float) -> None:
        """Sleep, with a ping whenever the stream would be quiet for long."""
        ping_every_s = self._engine.configuration.ping_every_s
        while seconds > ping_every_s:
            await self._engine.clock.sleep(ping_every_s)
            ping = sse({"type": "ping"})
            await send({"type": "http.response.body", "body": ping, "more_body": True})
            seconds -= ping_every_s
        await self._engine.clock.sleep(seconds)

    async def _end(self, scope: Scope, send: Send) -> None:
        if self._kind == "stream_cut":
            await connections.cut(scope)
            return
        last = b""
        if self._kind == "stream_error":
            error = {"type": "overloaded_error", "message": "Overloaded"}
            last = sse({"type": "error", "error": error})
        await send({"type": "http.response.body", "body": last})
