"""The queue before one class of models: first come, first served, woken when it is their turn.

    admit -> wait in line -> (rest over? place free? buckets hold it?) -> ticket
    answered | failed | withdraw -> give back, learn -> look at the head of the line again

Everything happens on one event loop, and nothing between two awaits is interrupted.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from footnoted.ledger.faults import FaultKind
from footnoted.llm.limits.buckets import Charge, Pool
from footnoted.llm.limits.concurrency import Window
from footnoted.llm.limits.estimates import Estimates
from footnoted.llm.limits.refusals import rate_limited, resting
from footnoted.llm.limits.rests import RESTING_KINDS, SLOWING_KINDS, Phase, Rest
from footnoted.llm.limits.tickets import Ticket

if TYPE_CHECKING:
    from collections.abc import Callable

    from footnoted.clock import Clock
    from footnoted.errors import TransientError
    from footnoted.ledger.faults import Allowances, Fault
    from footnoted.llm.limits.classes import Limits
    from footnoted.llm.limits.tickets import Bounds, Demand
    from footnoted.llm.port import Usage

_NEVER_PROCESSED = frozenset({FaultKind.REJECTED, FaultKind.TOO_LARGE})
_WORSE = 2.0  # a wait that was promised may grow this much before it is broken off
_SHORTEST_SLEEP_S = 0.001


@dataclass(slots=True, eq=False)
class _Waiter:
    demand: Demand
    charge: Charge
    since_s: float
    probes_stop: bool
    turn: asyncio.Future[Ticket]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call that came back changed: the rest of its class, what is known of it."""

    moved_rest: bool = False
    taught: bool = False


class Lane:
    """One class of models: its buckets, its window, its rest, and who waits."""

    def __init__(self, name: str, limits: Limits, clock: Clock, bounds: Bounds) -> None:
        """Begin with `limits`, cautiously."""
        self.name = name
        self.pool = Pool(limits, bounds.burst_s, clock.monotonic_s())
        self.rest = Rest()
        self.estimates = Estimates()
        self._window = Window(bounds.start_concurrent, bounds.max_concurrent)
        self._clock = clock
        self._bounds = bounds
        self._line: deque[_Waiter] = deque()
        self._out = 0
        self._in_flight = Charge()
        self._alarm: asyncio.Task[None] | None = None

    async def admit(self, demand: Demand, *, probes_stop: bool) -> Ticket:
        """Return when the call may go out. Raises TransientError when that is too far away."""
        charge = Charge(1, demand.input_tokens, demand.output_tokens)
        now_s = self._clock.monotonic_s()
        if refusal := self._refusal(self._ahead(), self._bounds.max_wait_s, now_s):
            raise refusal
        turn: asyncio.Future[Ticket] = asyncio.get_running_loop().create_future()
        waiter = _Waiter(demand, charge, now_s, probes_stop, turn)
        self._line.append(waiter)
        self._advance()
        try:
            return await turn
        except asyncio.CancelledError:
            self._leave(waiter)
            raise

    def answered(self, ticket: Ticket, usage: Usage, allowances: Allowances | None) -> Outcome:
        """Take back a call that was answered, and learn from it."""
        now_s = self._clock.monotonic_s()
        self._window.answered(in_use=self._out >= self._window.size)
        self._close(ticket, _used(usage) or ticket.charge, now_s)
        is_limit_new = self._learn(ticket, allowances, now_s)
        is_estimate_new = self._estimate(ticket.demand, usage)
        ended = self.rest.answered(ticket.epoch, now_s, is_probe=ticket.is_probe)
        self._park_the_hopeless(now_s)
        self._advance()
        return Outcome(moved_rest=ended, taught=is_limit_new or is_estimate_new)

    def failed(self, ticket: Ticket, fault: Fault) -> Outcome:
        """Take back a call that failed, and rest where its fault says so."""
        now_s = self._clock.monotonic_s()
        is_refunded = fault.kind in _NEVER_PROCESSED or not fault.may_be_billed
        self._close(ticket, Charge() if is_refunded else ticket.charge, now_s)
        taught = self._learn(ticket, fault.allowances, now_s)
        moved = self._react(ticket, fault, now_s)
        self._park_the_hopeless(now_s)
        self._advance()
        return Outcome(moved_rest=moved, taught=taught)

    def withdraw(self, ticket: Ticket) -> None:
        """Take back a call that was never sent."""
        self._close(ticket, Charge(), self._clock.monotonic_s())
        if ticket.is_probe:
            self.rest.probe_ended(ticket.epoch)
        self._advance()

    def turn_away(self, refusal: Callable[[], TransientError]) -> None:
        """Park everybody who waits."""
        for waiter in self._line:
            if not waiter.turn.done():
                waiter.turn.set_exception(refusal())
        self._line.clear()
        self._advance()

    def _close(self, ticket: Ticket, used: Charge, now_s: float) -> None:
        self._out -= 1
        self._in_flight -= ticket.charge
        self.pool.correct(ticket.charge, used, now_s)

    def _learn(self, ticket: Ticket, told: Allowances | None, now_s: float) -> bool:
        if told is None:
            return False
        return self.pool.learn(told, self.pool.taken - ticket.seen, now_s)

    def _estimate(self, demand: Demand, usage: Usage) -> bool:
        by_input = self.estimates.add_input(demand.model, demand.prompt_bytes, usage.prompt_tokens)
        by_output = self.estimates.add_output(demand.model, demand.stage, usage.output_tokens)
        self._charge_anew(demand.model, demand.stage)
        return by_input or by_output

    def _charge_anew(self, model: str, stage: str) -> None:
        """Charge those who wait for what calls like theirs take, not for the most they may take.

        Before the first answer nothing better was known, and a line of such charges looks so long
        that half of a backlog would be parked, and the limits idle until it comes back.
        """
        for waiter in self._line:
            demand = waiter.demand
            if (demand.model, demand.stage) == (model, stage):
                tokens = self.estimates.output_tokens(model, stage, demand.output_tokens)
                waiter.charge = replace(waiter.charge, output_tokens=tokens)

    def _react(self, ticket: Ticket, fault: Fault, now_s: float) -> bool:
        if fault.kind not in RESTING_KINDS:
            if ticket.is_probe:
                self.rest.probe_ended(ticket.epoch)
            return False
        if fault.kind in SLOWING_KINDS and ticket.epoch == self.rest.epoch:
            self._window.refused()
            self.pool.shrink(now_s)
        return self.rest.failed(fault, ticket.epoch, now_s, self._clock.jitter())

    def _ahead(self) -> Charge:
        return sum((w.charge for w in self._line if not w.turn.done()), start=Charge())

    def _advance(self) -> None:
        """Let out whoever may go, and wake again when it is time for the next."""
        now_s = self._clock.monotonic_s()
        while self._line:
            head = self._line[0]
            wait_s = 0.0 if head.turn.done() else self._wait_s(head, now_s)
            if wait_s is None and now_s - head.since_s >= self._bounds.patience_s:
                head.turn.set_exception(self._out_of_patience(now_s))
            elif wait_s is None or wait_s > 0:
                break
            elif not head.turn.done():
                head.turn.set_result(self._let_out(head, now_s))
            self._line.popleft()
        self._set_alarm(now_s)

    def _wait_s(self, head: _Waiter, now_s: float) -> float | None:
        """Return how long the head of the line waits; None: until another call comes back."""
        phase = self.rest.phase(now_s)
        if phase is Phase.RESTING:
            return self.rest.left_s(now_s)
        if phase is Phase.PROBING or self._out >= self._window.size:
            return None
        return self.pool.wait_s(head.charge, now_s)

    def _let_out(self, waiter: _Waiter, now_s: float) -> Ticket:
        is_probe = self.rest.phase(now_s) is Phase.HALF_OPEN
        if is_probe:
            self.rest.probe()
        seen = self.pool.taken - self._in_flight
        self.pool.take(waiter.charge, now_s)
        self._out += 1
        self._in_flight += waiter.charge
        return Ticket(
            waiter.demand,
            self.name,
            waiter.charge,
            seen,
            self.rest.epoch,
            is_probe,
            waiter.probes_stop,
        )

    def _leave(self, waiter: _Waiter) -> None:
        """Give back what a cancelled waiter took: its ticket; its place is skipped."""
        turn = waiter.turn
        if turn.done() and not turn.cancelled() and turn.exception() is None:
            self.withdraw(turn.result())
        else:
            self._advance()

    def _park_the_hopeless(self, now_s: float) -> None:
        ahead, kept = Charge(), deque[_Waiter]()
        for waiter in self._line:
            if waiter.turn.done():
                continue
            if refusal := self._refusal(ahead, _WORSE * self._bounds.max_wait_s, now_s):
                waiter.turn.set_exception(refusal)
                continue
            kept.append(waiter)
            ahead += waiter.charge
        self._line = kept

    def _refusal(self, ahead: Charge, most_s: float, now_s: float) -> TransientError | None:
        """Return why a call behind `ahead` is parked, or None.

        What a call takes to gather for itself is not held against it: large ones would never pass.
        """
        rest_s = self.rest.left_s(now_s)
        jitter = self._clock.jitter()
        if rest_s > self._bounds.max_wait_s:
            return resting(self.name, self._why(), rest_s, jitter)
        queue_s = self.pool.drain_s(ahead, now_s + rest_s) + rest_s
        return rate_limited(self.name, queue_s, jitter) if queue_s > most_s else None

    def _out_of_patience(self, now_s: float) -> TransientError:
        wait_s, jitter = self._bounds.max_wait_s, self._clock.jitter()
        if self.rest.phase(now_s) is Phase.PROBING:
            return resting(self.name, self._why(), wait_s, jitter)
        return rate_limited(self.name, wait_s, jitter)

    def _why(self) -> str:
        return self.rest.reason.detail if self.rest.reason else ""

    def _set_alarm(self, now_s: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if not self._line:
            return
        head = self._line[0]
        wait_s = self._wait_s(head, now_s)
        if wait_s is None:
            wait_s = head.since_s + self._bounds.patience_s - now_s
        self._alarm = asyncio.create_task(self._wake(max(_SHORTEST_SLEEP_S, wait_s)))

    async def _wake(self, after_s: float) -> None:
        await self._clock.sleep(after_s)
        self._alarm = None
        self._advance()


def _used(usage: Usage) -> Charge | None:
    """Return what counts against the limits: cache reads don't; None where nothing is told."""
    if not usage.prompt_tokens and not usage.output_tokens:
        return None
    return Charge(1, usage.prompt_tokens - usage.cache_read_tokens, usage.output_tokens)
