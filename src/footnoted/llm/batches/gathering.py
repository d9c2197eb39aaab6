"""Gathers calls of several items into one batch and sends it: the way out.

    place -> (the call is reserved and bound to the batch) -> take -> ... quiet, full or old enough
    -> newest batch looked up -> intent committed -> created -> its name committed

Between the intent and the name a batch may exist that nobody knows by name: `adoption` finds it.
Nothing of a request is kept but in memory: what was gathered by a process that dies was never sent,
is released, and is asked again by its stage.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from footnoted.db.outage import DatabaseDownError
from footnoted.errors import TransientError
from footnoted.ledger.batches import store
from footnoted.ledger.batches.batch import NOT_MADE, Intent, Made
from footnoted.ledger.faults import CallFailedError, FaultKind
from footnoted.llm.batches.port import Post
from footnoted.llm.identity import prompt_bytes
from footnoted.llm.limits.limiter import Demand
from footnoted.llm.paying import BATCH_LANE
from footnoted.llm.port import Usage
from footnoted.telemetry import BATCH_ERRED, BATCH_SENT, BATCH_UNSENT, get_logger

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.ledger.faults import Fault
    from footnoted.llm.batches.choice import Choice
    from footnoted.llm.batches.port import BatchProvider, Standing
    from footnoted.llm.call import Call
    from footnoted.llm.limits.limiter import Ticket
    from footnoted.llm.paying import Till

_TICK_S = 0.1
_NAME_KEPT_S = 600.0
_NAME_PAUSE_S = 0.25


@dataclass(frozen=True, slots=True)
class Bounds:
    """When a batch has gathered enough.

    Nothing came for `quiet_s`, the first came `longest_s` ago, or it is as large as it may be.
    Videos that are ready ask within milliseconds of each other, and a batch takes up to an hour, so
    these seconds bring most together and cost nothing. The sizes are far below the API's (100,000
    requests, 256 MB): they bound the memory, and what one loss takes along.
    """

    quiet_s: float = 2.0
    longest_s: float = 30.0
    most_requests: int = 2_000
    most_bytes: int = 16 << 20


@dataclass(eq=False)
class Gathering:
    """A batch while calls are put into it."""

    id: int
    opened_s: float
    moved_s: float
    params: dict[int, Mapping[str, Any]] = field(default_factory=dict[int, "Mapping[str, Any]"])
    size_bytes: int = 0
    joining: int = 0

    def take(self, call_id: int, call: Call, *, caches_system: bool) -> None:
        """Put a reserved call into the batch."""
        params = call.model.batch_params(call.request, caches_system=caches_system)
        if params is None:
            message = f"{call.model.name} is in no batch"
            raise RuntimeError(message)
        self.params[call_id] = params
        self.size_bytes += prompt_bytes(call.request)


class Batcher:
    """Gathers one batch at a time; several can be on their way out."""

    def __init__(
        self,
        database: Database,
        till: Till,
        provider: BatchProvider,
        choice: Choice,
        bounds: Bounds | None = None,
    ) -> None:
        """Send to `provider` what `choice` puts into batches, within what `till` allows."""
        self._database, self._till, self._provider = database, till, provider
        self._choice = choice
        self._clock: Clock = till.clock
        self._bounds = bounds or Bounds()
        self._gathering: Gathering | None = None
        self._opening = asyncio.Lock()
        self._is_hurried = False
        self._tasks: dict[asyncio.Task[None], int] = {}

    async def takes(self, call: Call) -> bool:
        """Return whether a call is to be put into a batch."""
        return await self._choice.is_for_batch(call)

    def is_at_work_on(self, batch_id: int) -> bool:
        """Return whether this process gathers or sends a batch now."""
        return batch_id in self._tasks.values()

    @asynccontextmanager
    async def place(self) -> AsyncGenerator[Gathering]:
        """Yield the batch that a call can be bound to; it is not sent before the context ends."""
        async with self._opening:
            gathering = await self._open()
            gathering.joining += 1
        try:
            yield gathering
        finally:
            gathering.joining -= 1
            gathering.moved_s = self._clock.monotonic_s()

    async def _open(self) -> Gathering:
        if self._gathering is not None and not self._is_full(self._gathering):
            return self._gathering
        async with self._database.transaction() as session:
            batch_id = await store.open_gathering(session, self._provider.name, self._clock.now())
        now_s = self._clock.monotonic_s()
        self._gathering = gathering = Gathering(batch_id, now_s, now_s)
        task = asyncio.create_task(self._gather_and_send(gathering))
        self._tasks[task] = batch_id
        task.add_done_callback(self._tasks.pop)
        return gathering

    def _is_full(self, gathering: Gathering) -> bool:
        return (
            len(gathering.params) + gathering.joining >= self._bounds.most_requests
            or gathering.size_bytes >= self._bounds.most_bytes
        )

    def close(self) -> None:
        """Gather no longer than it takes: what was promised to be sent goes out now."""
        self._is_hurried = True

    async def settled(self) -> None:
        """Return when nothing is gathered or on its way out, after `close`."""
        self.close()
        while self._tasks:
            await asyncio.wait(list(self._tasks))

    async def _gather_and_send(self, gathering: Gathering) -> None:
        while not self._is_time(gathering):
            await self._clock.sleep(_TICK_S)
        if self._gathering is gathering:
            self._gathering = None
        while gathering.joining:
            await self._clock.sleep(_TICK_S)
        try:
            await self._send(gathering)
        except DatabaseDownError:
            pass  # nothing went out without its intent; the rest is looked after when it is back
        except Exception:  # noqa: BLE001 - a task nobody waits for; its calls are looked after
            get_logger().exception(BATCH_ERRED, batch=gathering.id)

    def _is_time(self, gathering: Gathering) -> bool:
        if self._is_hurried or self._is_full(gathering):
            return True
        now_s = self._clock.monotonic_s()
        is_quiet = not gathering.joining and now_s - gathering.moved_s >= self._bounds.quiet_s
        return is_quiet or now_s - gathering.opened_s >= self._bounds.longest_s

    async def _send(self, gathering: Gathering) -> None:
        ticket = await self._admitted(gathering) if gathering.params else None
        if ticket is None:
            await self._give_up(gathering)
            return
        try:
            if posts := await self._intend(gathering):
                await self._create(gathering, posts, ticket)
        except CallFailedError as error:  # before the intent: nothing was made
            await self._failed(ticket, error.fault)
            await self._give_up(gathering)
        finally:
            await self._till.limiter.withdraw(ticket)

    async def _admitted(self, gathering: Gathering) -> Ticket | None:
        try:
            return await self._till.limiter.admit(Demand(BATCH_LANE, 0, 0))
        except TransientError as error:
            get_logger().info(BATCH_UNSENT, batch=gathering.id, why=error.message)
            return None

    async def _intend(self, gathering: Gathering) -> Sequence[Post]:
        """Return what is to be sent, once it is written that it may be sent.

        Raises CallFailedError when the provider doesn't tell what is there already.
        """
        newest = await self._newest()
        intent = Intent(gathering.id, tuple(gathering.params), newest)
        async with self._database.transaction() as session:
            going = await store.intend(session, intent, self._clock.now())
        if not going:
            await self._give_up(gathering)
        return [Post(call.custom_id, gathering.params[call.id]) for call in going]

    async def _newest(self) -> str | None:
        async with aclosing(self._provider.newest_first()) as listed:
            async for standing in listed:
                return standing.id
        return None

    async def _create(self, gathering: Gathering, posts: Sequence[Post], ticket: Ticket) -> None:
        try:
            made = await self._provider.create(posts)
        except CallFailedError as error:
            await self._failed(ticket, error.fault)
            get_logger().warning(BATCH_UNSENT, batch=gathering.id, why=error.fault.message)
            if not error.fault.may_be_billed:
                await self._give_up(gathering, _code_of(error.fault))
            return
        await self._note_sent(gathering, made)
        await self._succeeded(ticket)
        get_logger().info(BATCH_SENT, batch=gathering.id, calls=len(posts), id=made.id)

    async def _note_sent(self, gathering: Gathering, standing: Standing) -> None:
        """Write the name of a batch down; while the database is away, not for ever."""
        give_up_at_s = self._clock.monotonic_s() + _NAME_KEPT_S
        made = Made(standing.id, standing.expires_at)
        while True:
            try:
                async with self._database.transaction() as session:
                    await store.note_sent(session, gathering.id, made, self._clock.now())
            except DatabaseDownError:
                if self._clock.monotonic_s() > give_up_at_s:
                    raise  # it is found again by what the provider lists
                await self._clock.sleep(_NAME_PAUSE_S)
            else:
                return

    async def _give_up(self, gathering: Gathering, fault_code: str = NOT_MADE) -> None:
        """Release the calls of a batch that was certainly not made."""
        async with self._database.transaction() as session:
            await store.release(session, gathering.id, fault_code, self._clock.now())

    async def _succeeded(self, ticket: Ticket) -> None:
        limiter = self._till.limiter
        was_stopped = limiter.stop is not None
        await limiter.answered(ticket, Usage(), None)
        if was_stopped and limiter.stop is None:
            await self._till.witness.went_on()

    async def _failed(self, ticket: Ticket, fault: Fault) -> None:
        await self._till.limiter.failed(ticket, fault)
        if fault.kind is FaultKind.STOPPED:
            await self._till.witness.stopped(fault.code, fault.message)


def _code_of(fault: Fault) -> str:
    """Return what the calls of a refused batch are marked with.

    A batch that is refused for what is in it is not made again of the same calls: those go live,
    where each shows by itself what is wrong.
    """
    is_theirs = fault.kind in (FaultKind.REJECTED, FaultKind.TOO_LARGE)
    return fault.code if is_theirs else NOT_MADE
