"""What the limiter keeps in the database, and that an outage there never costs what it knows.

The limiter notes what changed and asks to keep it. What could not be written stays noted and is
written with the next change, or the next call that comes back after a short pause.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from pydantic import TypeAdapter
from sqlalchemy.exc import SQLAlchemyError

from footnoted import telemetry
from footnoted.errors import DependencyDownError
from footnoted.llm.limits import store
from footnoted.llm.limits.classes import Limits
from footnoted.llm.limits.estimates import Learned
from footnoted.llm.limits.rests import Reason
from footnoted.llm.limits.store import ClassRow

if TYPE_CHECKING:
    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.llm.limits.lane import Lane
    from footnoted.llm.limits.stops import Stop

_AGAIN_AFTER_S = 5.0


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is worth knowing of a class after a restart."""

    limits: Limits | None = None
    estimates: Learned = field(default_factory=Learned)


_KNOWLEDGE = TypeAdapter(Knowledge)


class Subject(Protocol):
    """Whose memory this is; it is asked for what holds at the moment of writing."""

    @property
    def stop(self) -> Stop | None:
        """Return the stop as it stands."""
        ...

    def lane(self, name: str) -> Lane:
        """Return the lane of a class."""
        ...


class Memory:
    """The rows of one provider, and which of them are out of date."""

    def __init__(
        self, database: Database, clock: Clock, provider: str, key_sha256: str | None
    ) -> None:
        """Keep in `database`."""
        self._database = database
        self._clock = clock
        self._provider = provider
        self._key_sha256 = key_sha256
        self._stale_classes: set[str] = set()
        self._is_stop_stale = False
        self._again_at_s = float("-inf")
        self._was_told = False
        self._writing = asyncio.Lock()

    def note_class(self, name: str) -> None:
        """Note that a class has changed."""
        self._stale_classes.add(name)
        self._again_at_s = float("-inf")

    def note_stop(self) -> None:
        """Note that the stop began, changed or ended."""
        self._is_stop_stale = True
        self._again_at_s = float("-inf")

    async def rows(self) -> tuple[list[ClassRow], tuple[Stop, str | None] | None]:
        """Return what is stored. Raises DatabaseDownError."""
        async with self._database.transaction() as session:
            return await store.classes(session), await store.stop_of(session, self._provider)

    async def keep(self, subject: Subject) -> None:
        """Write what changed, if anything did; an outage is told once and never raised."""
        if self._writing.locked():  # whoever writes looks again for more
            return
        async with self._writing:
            while self._is_due():
                names, with_stop = self._stale_classes, self._is_stop_stale
                self._stale_classes, self._is_stop_stale = set(), False
                is_kept = False
                try:
                    is_kept = await self._write(subject, sorted(names), with_stop=with_stop)
                finally:
                    if not is_kept:
                        self._stale_classes |= names
                        self._is_stop_stale |= with_stop

    def _is_due(self) -> bool:
        is_stale = bool(self._stale_classes) or self._is_stop_stale
        return is_stale and self._clock.monotonic_s() >= self._again_at_s

    async def _write(self, subject: Subject, names: list[str], *, with_stop: bool) -> bool:
        try:
            async with self._database.transaction() as session:
                for name in names:
                    row = row_of(subject.lane(name), self._clock)
                    await store.keep_class(session, row, self._clock.now())
                if with_stop and subject.stop is not None:
                    await store.keep_stop(session, self._provider, self._key_sha256, subject.stop)
                elif with_stop:
                    await store.end_stop(session, self._provider)
        except (DependencyDownError, SQLAlchemyError) as error:
            self._again_at_s = self._clock.monotonic_s() + _AGAIN_AFTER_S
            if not self._was_told:
                telemetry.get_logger().warning(telemetry.LIMITS_UNSAVED, why=str(error)[:200])
            self._was_told = True
            return False
        self._was_told = False
        return True


def row_of(lane: Lane, clock: Clock) -> ClassRow:
    """Return what is to be stored of a class as it stands."""
    pool, rest = lane.pool, lane.rest
    limits = Limits(pool.requests.limit, pool.input_tokens.limit, pool.output_tokens.limit)
    knowledge = Knowledge(limits, lane.estimates.learned())
    until = None
    if rest.until_s is not None:
        until = clock.now() + timedelta(seconds=rest.until_s - clock.monotonic_s())
    return ClassRow(
        lane.name,
        _KNOWLEDGE.dump_python(knowledge, mode="json"),
        until,
        rest.reason.code if rest.reason else None,
        rest.reason.detail if rest.reason else None,
    )


def knowledge_of(row: ClassRow) -> Knowledge:
    """Return what a stored row says."""
    return _KNOWLEDGE.validate_python(row.learned)


def recall(lane: Lane, row: ClassRow, clock: Clock) -> None:
    """Give a lane its stored averages and rest."""
    lane.estimates.restore(knowledge_of(row).estimates)
    if row.paused_until is not None:
        left_s = (row.paused_until - clock.now()).total_seconds()
        reason = Reason(row.pause_code or "", row.pause_detail or "")
        lane.rest.restore(clock.monotonic_s() + left_s, reason)
