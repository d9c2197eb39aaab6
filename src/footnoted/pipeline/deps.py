"""What the machine needs, as one frozen object that only the composition root builds."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - dataclass fields are read at run time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from footnoted.stages.port import Asker

if TYPE_CHECKING:
    from collections import Counter
    from datetime import timedelta
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.model.claim import Claim
    from footnoted.model.status import Resource
    from footnoted.pipeline.flows import Flows
    from footnoted.pipeline.gate import Limits
    from footnoted.prompting import Prompt


class CountingAsker(Asker, Protocol):
    """An asker that counts the calls it bought and those it replayed, by these words."""

    tally: Counter[str]


class AskerSource(Protocol):
    """Where a stage's asker comes from; the gateway behind app.py satisfies it."""

    @property
    def is_spent(self) -> bool:
        """Return whether the money of this run is used up, so that it should end."""
        ...

    def model_of(self, profile: str, stage: str) -> str:
        """Return the models that a stage of a profile asks, for fingerprints."""
        ...

    def manner_of(self, profile: str, stage: str) -> Mapping[str, str]:
        """Return what else of the models' set-up changes their answers, for fingerprints."""
        ...

    def asker_for(self, claim: Claim, stage: str, generation: int, models: str) -> CountingAsker:
        """Return the asker of one claimed item and stage, by other `models` where some are set."""
        ...

    def close(self) -> None:
        """Send no paid call from now on."""
        ...

    async def settled(self) -> None:
        """Return when no answer is on its way any more."""
        ...


class IndexDrainer(Protocol):
    """What brings the search index up to date with the database."""

    async def drain_once(self) -> int:
        """Apply one batch of changes; return how many there were. Raises TransientError."""
        ...


class DatabaseKeeper(Protocol):
    """What knows whether the database is away, and may be able to bring it back."""

    def is_lost(self, error: BaseException) -> bool:
        """Return whether an error means that the database went away."""
        ...

    async def ensure_running(self) -> None:
        """Restart the database when it is ours to restart; otherwise do nothing."""
        ...


class Leftovers(Protocol):
    """What the work on items leaves beside the database."""

    async def remove(self, session: AsyncConnection, item_id: int) -> None:
        """Remove what only the work on an item needed; nobody works on it while this lasts."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How the loop breathes. Leases are renewed at a third of `lease`."""

    poll_interval_s: float
    lease: timedelta
    group_delay: timedelta
    drain_wait_s: float
    shutdown_grace_s: float
    capacity: Mapping[Resource, int]


@dataclass(frozen=True, slots=True)
class Deps:
    """Everything `process_one` and the loop use; `owner` names this process to its own leases.

    `program` is its version and commit, for the record.
    """

    owner: UUID
    database: Database
    keeper: DatabaseKeeper
    clock: Clock
    flows: Flows
    limits: Limits
    pace: Pace
    askers: AskerSource
    drainer: IndexDrainer
    prompts: Mapping[str, Mapping[str, Prompt]]
    program: str = ""
