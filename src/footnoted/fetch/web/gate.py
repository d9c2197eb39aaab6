"""The gate before every host: who wants something from one takes a turn here.

    turn -> offline? (OfflineError) -> place free? -> does the host rest? (HostRestsError)
    -> wait for the gap -> ask
    refused -> the host rests, a little longer each time, and a person hears of it once
    went_well -> forgiven when it did well for as long as it rested

What a host did is remembered in the database. How many connections are out is this process's own
affair: a second process keeps the gaps and the rests, and has its own places.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from footnoted import telemetry
from footnoted.fetch.port import HostRestsError, OfflineError
from footnoted.fetch.web.addresses import is_this_machine
from footnoted.fetch.web.hosts import HostPaces, host_name
from footnoted.fetch.web.lane import Lane
from footnoted.fetch.web.rests import (
    Refusal,
    after_refusal,
    after_success,
    booked,
    departs_at,
    is_alert,
    rests_until,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from datetime import datetime

    from footnoted.clock import Clock
    from footnoted.fetch.web.book import HostBook
    from footnoted.fetch.web.hosts import HostPace, Standing

PATIENCE_S = 15.0
"""How long a place or a gap is waited for before the item is parked instead."""

_BUSY_S = 60.0
_GAP_JITTER = 0.5
_FORGET_AFTER = timedelta(days=7)
_FORGET_EVERY_S = 86_400.0
_BUSY = "other requests to it are on their way"


class HostWitness(Protocol):
    """Hears of hosts that are left alone, to tell a person. Must not raise."""

    async def rested(self, host: str, code: str, detail: str, until: datetime) -> None:
        """Hear that a host refuses us and rests until then; again when that is prolonged."""
        ...

    async def recovered(self, host: str) -> None:
        """Hear that it has done well for long enough since; also if nothing was told of it."""
        ...


class HostGate:
    """Lets requests pass to each host one after another, and keeps away from those that refuse."""

    def __init__(
        self,
        book: HostBook,
        clock: Clock,
        *,
        paces: HostPaces | None = None,
        witness: HostWitness | None = None,
        patience_s: float = PATIENCE_S,
        is_offline: bool = False,
    ) -> None:
        """Remember hosts in `book`; wait at most `patience_s` for a turn.

        With `is_offline` only this machine has any.
        """
        self._is_offline = is_offline
        self._book, self._clock, self._witness = book, clock, witness
        self._paces = paces or HostPaces()
        self._patience_s = patience_s
        self._lanes: dict[str, Lane] = {}
        self._forget_at_s = clock.monotonic_s()

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncGenerator[None]:
        """Hold a place at `host` while the body runs; one connection at a time is the rule.

        Tell `refused` or `went_well` what became of it, inside. Raises OfflineError where the net
        is not to be asked, HostRestsError when the host rests, or when others keep it busy for
        longer than is worth waiting.
        """
        if self._is_offline and not is_this_machine(host):
            raise OfflineError(host)
        name = host_name(host)
        pace = self._paces.of(name)
        lane = self._lanes.setdefault(name, Lane(pace.connections))
        try:
            await lane.enter(self._patience_s, self._clock.monotonic_s())
        except TimeoutError:
            until = self._clock.now() + timedelta(seconds=_BUSY_S)
            raise HostRestsError(name, until, _BUSY) from None
        try:
            await self._depart(name, lane, pace)
            yield
        finally:
            lane.leave(self._clock.monotonic_s())
            if lane.is_idle and not lane.on_trial:
                self._lanes.pop(name, None)

    async def refused(
        self, host: str, code: str, detail: str, rest_s: float | None = None
    ) -> datetime | None:
        """Note that a host refused, and return until when it rests; None: not for this alone.

        `code` is one of `rests`' or the caller's own; `rest_s` is the pause the host asked for.
        """
        name, now, jitter = host_name(host), self._clock.now(), self._clock.jitter()
        refusal = Refusal(code, detail, rest_s)
        before, after = await self._book.revise(
            name, lambda standing: after_refusal(standing, refusal, now, jitter)
        )
        if lane := self._lanes.get(name):
            lane.on_trial = True
        until = rests_until(after, now)
        if until is not None and after.rests_until != before.rests_until:
            await self._tell_rest(name, after, is_first=before.rests_until is None)
        return until

    async def went_well(self, host: str) -> None:
        """Note that a host answered as it should."""
        name = host_name(host)
        lane = self._lanes.get(name)
        if lane is not None and not lane.on_trial:
            return  # nothing is held against it: the usual case costs no statement
        now = self._clock.now()
        before, after = await self._book.revise(name, lambda old: after_success(old, now))
        if lane is not None:
            lane.on_trial = after.failures > 0
        if before.rests_until is not None and after.rests_until is None:
            telemetry.get_logger().info(telemetry.HOST_RECOVERED, host=name)
            if self._witness is not None:
                await self._witness.recovered(name)

    async def _depart(self, name: str, lane: Lane, pace: HostPace) -> None:
        """Return when the request may leave. Raises HostRestsError."""
        await self._forget_now_and_then()
        now = self._clock.now()
        gap = timedelta(seconds=pace.gap_s * (1 + _GAP_JITTER * self._clock.jitter()))
        patience = timedelta(seconds=self._patience_s)
        before, standing = await self._book.revise(
            name, lambda old: booked(old, now, gap, patience)
        )
        lane.on_trial = standing.failures > 0
        if (until := rests_until(standing, now)) is not None:
            raise HostRestsError(name, until, standing.detail or standing.code or "it refused us")
        goes_at = departs_at(before, now, gap)
        if goes_at > now + patience:
            raise HostRestsError(name, goes_at, _BUSY)
        wait_s = (goes_at - self._clock.now()).total_seconds()  # the database took its time
        if wait_s > 0:
            await self._clock.sleep(wait_s)

    async def _tell_rest(self, name: str, standing: Standing, *, is_first: bool) -> None:
        code, detail, until = standing.code or "", standing.detail or "", standing.rests_until
        if until is None:
            return
        is_news = is_alert(standing)
        log = telemetry.get_logger()
        tell = log.warning if is_news and is_first else log.info
        tell(telemetry.HOST_RESTED, host=name, code=code, why=detail, until=until.isoformat())
        if is_news and self._witness is not None:
            await self._witness.rested(name, code, detail, until)

    async def _forget_now_and_then(self) -> None:
        """Keep the table small: hosts of redirects come and go for years."""
        if self._clock.monotonic_s() >= self._forget_at_s:
            self._forget_at_s = self._clock.monotonic_s() + _FORGET_EVERY_S
            await self._book.forget(self._clock.now() - _FORGET_AFTER)
