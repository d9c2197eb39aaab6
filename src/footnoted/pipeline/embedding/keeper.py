"""Keeps every spec going: vectors made, indexes filled beside, compared, switched to, dropped late.

    wanted? -> begin -> make vectors -> fill its index -> compare -> ready -> switch
                        (again from where it was: every step's end stands in PostgreSQL)

One worker at a time per spec, by a lease. What cannot go on is a wait with its reason, in the row;
searches are answered by the index that serves all the while.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from footnoted.db.outage import is_database_down
from footnoted.errors import BudgetExceededError, FootnotedError, TransientError
from footnoted.pipeline.embedding.making import Maker
from footnoted.pipeline.embedding.parity import parity_of
from footnoted.pipeline.embedding.unused import forget_unused
from footnoted.search.audit import fill
from footnoted.search.drain import OutboxDrainer
from footnoted.search.embedding import store
from footnoted.search.embedding.recipes import RECIPES
from footnoted.search.embedding.rows import SpecState
from footnoted.search.embedding.spec import words_spec
from footnoted.telemetry import (
    EMBEDDING_ERRED,
    EMBEDDING_RESUMED,
    EMBEDDING_WAITED,
    SPEC_BUILT,
    SPEC_DROPPED,
    SPEC_REFUSED,
    SPEC_SWITCHED,
    get_logger,
)

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.pipeline.embedding.access import EmbeddingAccess
    from footnoted.search.embedding.recipes import Recipes
    from footnoted.search.embedding.rows import SpecRow
    from footnoted.search.embedding.spec import Spec
    from footnoted.search.embedding.spec_indexes import SpecIndexes

KEPT_FOR = timedelta(days=7)
"""How long a spec that was switched away from can be gone back to."""
NOT_SET_UP = "embedder_missing"
"""The wait for an embedder that the settings do not name any more."""
UNEQUAL = "embedding_unequal"
"""The wait of an index that was built and is not what it should be; it is filled again."""
BUDGET = "budget"
_PAUSE_S = 3.0
_LOOK_EVERY_S = 60.0
"""The longest pause between two looks for documents without vectors: others may write some too."""
_SWEEP_EVERY_S = 86_400.0
_ERROR_PAUSE_S = 60.0
_SHORTEST_WAIT_S = 1.0
_UNEQUAL_WAIT_S = 60.0


@dataclass(frozen=True, slots=True)
class _Idle:
    """What there was when nothing was left to do: looking again finds nothing while it is so."""

    rows: list[SpecRow]
    writes: int
    until_s: float

    def holds(self, rows: list[SpecRow], writes: int, now_s: float) -> bool:
        return (self.rows, self.writes) == (rows, writes) and now_s < self.until_s


@dataclass(slots=True)
class EmbeddingKeeper:
    """Looks after all specs of a database. Without an access nothing is embedded or begun."""

    database: Database
    clock: Clock
    indexes: SpecIndexes
    access: EmbeddingAccess | None
    recipes: Recipes = field(default_factory=lambda: RECIPES)
    owner: UUID = field(default_factory=uuid4)
    _idle: _Idle | None = None
    _sweeps_at_s: float = float("-inf")
    _alone: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def start(self, *, is_sole: bool) -> None:
        """Take up what the dead worked on, where there can be nobody else; miss lost indexes."""
        if is_sole:
            async with self.database.transaction() as session:
                await store.end_leases(session)
        with suppress(TransientError):
            await self.indexes.miss_lost()

    async def run(self, pause_s: float = _PAUSE_S) -> None:
        """Look after the specs until cancelled; without any, and without an embedder, return."""
        if self.access is None and not await self._rows():
            return
        while True:
            wait_s = pause_s
            try:
                if await self.step():
                    continue
            except Exception as error:  # noqa: BLE001 - vectors are derived: a bug stops no video
                if not is_database_down(error):
                    get_logger().error(EMBEDDING_ERRED, exc_info=error)
                wait_s = _ERROR_PAUSE_S
            await self.clock.sleep(wait_s)

    async def finish(self) -> None:
        """Return when nothing can be done now: all is done and in the index, or waits."""
        self._idle = None
        while await self.step():
            pass
        with suppress(TransientError):
            await OutboxDrainer(self.database, self.indexes).drain_all()

    async def step(self) -> bool:
        """Do one thing that is due; return whether there may be more."""
        async with self._alone:
            return await self._step()

    async def _step(self) -> bool:
        rows, writes = await self._rows(), self.indexes.writes
        if self._idle is not None and self._idle.holds(rows, writes, self.clock.monotonic_s()):
            return False
        self._idle = None
        if await self._begin_wanted(rows):
            return True
        for row in rows:
            if await self._advance(row):
                return True
        await self.indexes.remove_dropped()
        await self._sweep(rows)
        left = await self._rows()
        self._idle = _Idle(left, writes, self.clock.monotonic_s() + self._rest_s(left))
        return False

    async def _sweep(self, rows: list[SpecRow]) -> None:
        """Forget vectors that nothing needs any more, once a day."""
        now_s = self.clock.monotonic_s()
        if rows and now_s >= self._sweeps_at_s:
            self._sweeps_at_s = now_s + _SWEEP_EVERY_S
            await forget_unused(self.database, rows, self.recipes, self.clock.now())

    async def begin(self, spec: Spec, *, switches: bool) -> None:
        """Begin to build a spec, or let one that is being built serve as soon as it may.

        One that was left is taken up with the vectors and the index it has.
        """
        now = self.clock.now()
        async with self.database.transaction() as session:
            if not any(row.state is SpecState.SERVING for row in await store.specs(session)):
                earlier = now - timedelta(microseconds=1)  # specs are told in their order
                await store.begin(session, words_spec(), SpecState.SERVING, earlier)
                await store.note_filled(session, words_spec().sha256, now)
            await store.begin(session, spec, SpecState.BUILDING, now)
            await store.let_switch(session, spec.sha256, switches=switches)

    async def release(self) -> None:
        """Let others work on what this one worked on."""
        async with self.database.transaction() as session:
            await store.end_leases(session, self.owner)

    def _rest_s(self, rows: list[SpecRow]) -> float:
        """Return for how long nothing is looked for where nothing changes."""
        now = self.clock.now()
        waits = [(row.not_before - now).total_seconds() for row in rows if row.not_before]
        return max(0.0, min([_LOOK_EVERY_S, *(wait_s for wait_s in waits if wait_s > 0)]))

    async def _rows(self) -> list[SpecRow]:
        async with self.database.statements() as session:
            return await store.specs(session)

    async def _begin_wanted(self, rows: list[SpecRow]) -> bool:
        """Begin the spec of the settings, once: one that was ever begun is for a person to say."""
        if self.access is None or any(row.sha256 == self.access.wanted.sha256 for row in rows):
            return False
        await self.begin(self.access.wanted, switches=True)
        return True

    async def _advance(self, row: SpecRow) -> bool:
        """Do what is due for one spec; return whether anything was done."""
        now = self.clock.now()
        if row.state is SpecState.DROPPED or (row.not_before and row.not_before > now):
            return False
        if row.state is SpecState.RETIRED and row.retired_at and row.retired_at < now - KEPT_FOR:
            return await self._drop(row)
        if not self._has_work(row):
            return False
        async with self.database.transaction() as session:
            if not await store.take_lease(session, row.sha256, self.owner, now):
                return False
        try:
            done = await self._work(row)
        except (TransientError, BudgetExceededError) as error:
            await self._wait(row, error)
            return False
        if row.wait_reason:
            await self._go_on(row)
        return done

    def _has_work(self, row: SpecRow) -> bool:
        """Return whether a spec can need something: words alone never do."""
        return bool(row.spec.dense) or not row.is_whole or row.switches

    async def _work(self, row: SpecRow) -> bool:
        """Do the next thing for a spec. Raises what it waits for."""
        if row.state is not SpecState.RETIRED and await self._make(row):
            return True
        if not row.is_whole and row.state is not SpecState.SERVING:
            await self._fill(row)
            return True
        if row.state is SpecState.BUILDING:
            return await self._compare(row)
        if row.state is SpecState.READY and row.switches:
            return await self._switch(row)
        return False

    async def _make(self, row: SpecRow) -> bool:
        if not row.spec.dense:
            return False
        maker = None if self.access is None else Maker(self.access, self.recipes)
        if maker is None or not maker.can_make(row):
            async with self.database.transaction() as session:
                lacking = await store.count_unembedded(session, row.sha256)
            if lacking:
                message = (
                    f"{lacking} document(s) have no vectors, and the settings do not name"
                    f" {row.spec.dense[0].model} of {row.spec.dense[0].maker}"
                )
                raise TransientError(message, wait_reason=NOT_SET_UP, retry_after_s=600.0)
            return False
        return await maker.make_some(row) > 0

    async def _fill(self, row: SpecRow) -> None:
        """Fill the index of a spec from PostgreSQL; from then on it gets every change."""

        async def note(session: AsyncConnection) -> None:
            await store.note_filled(session, row.sha256, self.clock.now())

        renewing = asyncio.create_task(self._keep_lease(row))
        try:
            await fill(self.database, self.indexes.of(row.spec), note)
        finally:
            renewing.cancel()

    async def _keep_lease(self, row: SpecRow) -> None:
        while True:
            await self.clock.sleep(30.0)
            async with self.database.transaction() as session:
                await store.take_lease(session, row.sha256, self.owner, self.clock.now())

    async def _compare(self, row: SpecRow) -> bool:
        """Compare a filled index with PostgreSQL, and let it serve or fill it again later."""
        await OutboxDrainer(self.database, self.indexes).drain_all()
        parity = await parity_of(self.database, self.indexes.of(row.spec), row.spec, self.recipes)
        if parity.problems:
            why = "; ".join(parity.problems)
            get_logger().error(SPEC_REFUSED, spec=row.spec.key, why=why)
            async with self.database.transaction() as session:
                await store.note_filled(session, row.sha256, None)
            message = f"its index may not serve: {why}"
            raise TransientError(message, wait_reason=UNEQUAL, retry_after_s=_UNEQUAL_WAIT_S)
        async with self.database.transaction() as session:
            await store.note_ready(session, row.sha256, parity)
        took_s = (self.clock.now() - row.created_at).total_seconds()
        get_logger().info(
            SPEC_BUILT, spec=row.spec.key, documents=parity.documents, seconds=round(took_s, 1)
        )
        return True

    async def _switch(self, row: SpecRow) -> bool:
        before = next((r for r in await self._rows() if r.state is SpecState.SERVING), None)
        async with self.database.transaction() as session:
            is_switched = await store.switch(session, row.sha256, self.clock.now())
        if is_switched:
            old = None if before is None else before.spec.key
            get_logger().info(SPEC_SWITCHED, spec=row.spec.key, before=old)
        return is_switched

    async def _drop(self, row: SpecRow) -> bool:
        async with self.database.transaction() as session:
            is_dropped = await store.drop(session, row.sha256, self.clock.now())
        if is_dropped:
            get_logger().info(SPEC_DROPPED, spec=row.spec.key)
        return is_dropped

    async def _wait(self, row: SpecRow, error: FootnotedError) -> None:
        now = self.clock.now()
        if isinstance(error, BudgetExceededError):
            reason, until = BUDGET, error.until
        elif isinstance(error, TransientError):
            wait_s = max(error.retry_after_s or _ERROR_PAUSE_S, _SHORTEST_WAIT_S)
            reason, until = error.wait_reason, error.until or now + timedelta(seconds=wait_s)
        else:
            raise error
        async with self.database.transaction() as session:
            await store.note_wait(session, row.sha256, reason, error.message, until)
        if reason != row.wait_reason:
            get_logger().warning(
                EMBEDDING_WAITED,
                spec=row.spec.key,
                reason=reason,
                why=error.message,
                until=until.isoformat(timespec="seconds"),
            )

    async def _go_on(self, row: SpecRow) -> None:
        async with self.database.transaction() as session:
            await store.end_wait(session, row.sha256)
        get_logger().info(EMBEDDING_RESUMED, spec=row.spec.key)
