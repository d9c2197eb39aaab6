"""The limiter: a call asks here before it is sent, and tells here what became of it.

    admit -> is the provider stopped? -> the lane of the model's class (lane.py) -> ticket
    answered | failed | withdraw -> lane learns, rests or works again -> what changed is remembered

Work is parked, never failed: what is too far away is raised as TransientError with its time.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from footnoted import telemetry
from footnoted.errors import TransientError
from footnoted.ledger.faults import Fault, FaultKind
from footnoted.llm.limits import refusals, stops
from footnoted.llm.limits.classes import Limits, model_class, starting_limits
from footnoted.llm.limits.lane import Lane
from footnoted.llm.limits.memory import Memory, knowledge_of, recall
from footnoted.llm.limits.rests import RESTING_KINDS
from footnoted.llm.limits.tickets import Bounds, Demand, Ticket

if TYPE_CHECKING:
    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.ledger.faults import Allowances
    from footnoted.llm.limits.lane import Outcome
    from footnoted.llm.limits.stops import Stop
    from footnoted.llm.port import Usage

__all__ = ["Bounds", "Demand", "Limiter", "Ticket"]

_PROBE_WAIT_S = 30.0


class Limiter:
    """The limits of one provider under one key; all calls of the process pass it."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        provider: str,
        key_sha256: str | None,
        bounds: Bounds | None = None,
    ) -> None:
        """Know nothing yet; `load` brings back what was known."""
        self._clock = clock
        self._provider = provider
        self._key_sha256 = key_sha256
        self._bounds = bounds or Bounds()
        self._lanes: dict[str, Lane] = {}
        self._stop: Stop | None = None
        self._is_stop_probed = False
        self._memory = Memory(database, clock, provider, key_sha256)

    @property
    def stop(self) -> Stop | None:
        """Return why the provider refuses every call, since when, until when; None: it doesn't."""
        return self._stop

    async def load(self) -> None:
        """Bring back what was learned, the rests and the stop; another key ends the stop.

        Called once, before the first call. Raises DatabaseDownError.
        """
        rows, stored = await self._memory.rows()
        for row in rows:
            limits = knowledge_of(row).limits or starting_limits(row.model_class)
            self._lanes[row.model_class] = lane = self._new_lane(row.model_class, limits)
            recall(lane, row, self._clock)
        if stored is None:
            return
        self._stop, key_sha256 = stored
        if key_sha256 != self._key_sha256:
            self._end_stop("another key")
            await self._memory.keep(self)

    async def admit(self, demand: Demand) -> Ticket:
        """Return when the call may be sent.

        Raises TransientError (`rate_limited`, `provider_resting`, `provider_stopped`) when that is
        too far away, or nobody can tell when it will be.
        """
        try:
            probes_stop = self._pass_stop()
            return await self._wait_in_lane(demand, probes_stop=probes_stop)
        except TransientError:
            await self._memory.keep(self)  # an outage may have left something to write
            raise

    async def answered(self, ticket: Ticket, usage: Usage, allowances: Allowances | None) -> None:
        """Take note of an answer: what it used, and what its headers told."""
        if not _close(ticket):
            return
        outcome = self.lane(ticket.model_class).answered(ticket, usage, allowances)
        if outcome.moved_rest:
            telemetry.get_logger().info(telemetry.MODELS_RESUMED, models=ticket.model_class)
        if ticket.probes_stop:
            self._end_stop("a call was answered")
        await self._remember(ticket, outcome)

    async def failed(self, ticket: Ticket, fault: Fault) -> None:
        """Take note of a fault: its class rests, or all of the provider stops, as it says."""
        if not _close(ticket):
            return
        if fault.kind is FaultKind.STOPPED:
            self._begin_stop(ticket, fault)
        elif ticket.probes_stop:
            self._leave_stop(fault)
        lane = self.lane(ticket.model_class)
        outcome = lane.failed(ticket, fault)
        if outcome.moved_rest:
            self._tell_rest(lane)
        await self._remember(ticket, outcome)

    async def withdraw(self, ticket: Ticket) -> None:
        """Take back a ticket whose call was never sent."""
        if not _close(ticket):
            return
        if ticket.probes_stop:
            self._is_stop_probed = False
        self.lane(ticket.model_class).withdraw(ticket)

    def expected_input(self, model: str, prompt_bytes: int) -> int:
        """Return the tokens to expect of a prompt of that many bytes of UTF-8."""
        return self._lane_of(model).estimates.input_tokens(model, prompt_bytes)

    def density(self, model: str) -> float | None:
        """Return the tokens that a byte of a prompt had so far; None before the first prompt."""
        return self._lane_of(model).estimates.density(model)

    def expected_output(self, model: str, stage: str, max_tokens_out: int) -> int:
        """Return the tokens to expect of an answer; `max_tokens_out` before one is known."""
        return self._lane_of(model).estimates.output_tokens(model, stage, max_tokens_out)

    def limits_of(self, model: str) -> Limits:
        """Return what may pass of a model's class in a minute, as known today."""
        pool = self._lane_of(model).pool
        return Limits(pool.requests.limit, pool.input_tokens.limit, pool.output_tokens.limit)

    def lane(self, name: str) -> Lane:
        """Return the lane of a class of models."""
        if name not in self._lanes:
            self._lanes[name] = self._new_lane(name, starting_limits(name))
        return self._lanes[name]

    def _lane_of(self, model: str) -> Lane:
        return self.lane(model_class(model))

    def _new_lane(self, name: str, limits: Limits) -> Lane:
        return Lane(name, limits, self._clock, self._bounds)

    def _pass_stop(self) -> bool:
        """Return whether this call probes a stop. Raises TransientError when none may pass."""
        if self._stop is None:
            return False
        if self._is_stop_probed or self._clock.now() < self._stop.probe_at:
            raise self._refusal(self._stop)
        self._is_stop_probed = True
        return True

    async def _wait_in_lane(self, demand: Demand, *, probes_stop: bool) -> Ticket:
        try:
            return await self._lane_of(demand.model).admit(demand, probes_stop=probes_stop)
        except (TransientError, asyncio.CancelledError):
            if probes_stop:
                self._is_stop_probed = False
            raise

    def _refusal(self, stop: Stop) -> TransientError:
        wait_s = (stop.probe_at - self._clock.now()).total_seconds()
        if wait_s <= 0:
            wait_s = _PROBE_WAIT_S
        return refusals.stopped(self._provider, stop, wait_s, self._clock.jitter())

    def _begin_stop(self, ticket: Ticket, fault: Fault) -> None:
        """Stop all calls, or go on with the stop that this call probed.

        Calls that were out together meet the same stop: only the first of them begins it.
        """
        if self._stop is not None and not ticket.probes_stop:
            return
        self._is_stop_probed = False
        self._stop = stop = stops.stopped(fault, self._stop, self._clock.now())
        self._memory.note_stop()
        if not ticket.probes_stop:
            telemetry.get_logger().error(
                telemetry.PROVIDER_STOPPED,
                provider=self._provider,
                code=stop.code,
                detail=stop.detail,
                probe_at=stop.probe_at.isoformat(),
            )
        for lane in self._lanes.values():
            lane.turn_away(lambda: self._refusal(stop))

    def _leave_stop(self, fault: Fault) -> None:
        """Let another call probe: at once after a bad request, later after trouble elsewhere."""
        self._is_stop_probed = False
        if self._stop is not None and fault.kind in RESTING_KINDS:
            self._stop = stops.postponed(self._stop, self._clock.now())
            self._memory.note_stop()

    def _end_stop(self, why: str) -> None:
        self._stop = None
        self._is_stop_probed = False
        self._memory.note_stop()
        telemetry.get_logger().info(telemetry.PROVIDER_RESUMED, provider=self._provider, why=why)

    def _tell_rest(self, lane: Lane) -> None:
        left_s = lane.rest.left_s(self._clock.monotonic_s())
        until = self._clock.now() + timedelta(seconds=left_s)
        logger = telemetry.get_logger()
        tell = logger.warning if lane.rest.warns(self._clock.monotonic_s()) else logger.info
        tell(
            telemetry.MODELS_RESTED,
            models=lane.name,
            code=lane.rest.reason.code if lane.rest.reason else None,
            until=until.isoformat(timespec="seconds"),
        )

    async def _remember(self, ticket: Ticket, outcome: Outcome) -> None:
        if outcome.moved_rest or outcome.taught:
            self._memory.note_class(ticket.model_class)
        await self._memory.keep(self)


def _close(ticket: Ticket) -> bool:
    """Return whether the ticket was still open; it is not any more."""
    was_open, ticket.is_open = ticket.is_open, False
    return was_open
