"""The machine over fake stages and a real database."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import text

from footnoted.clock import SystemClock
from footnoted.db.outage import is_database_down
from footnoted.model.status import ItemKind, Resource
from footnoted.pipeline.deps import Deps, Pace
from footnoted.pipeline.flow import Flow
from footnoted.pipeline.flows import Flows
from footnoted.pipeline.gate import Limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.model.claim import Claim
    from tests.fakes.stages import FakeStage

PROFILE = "fake"
QUICK = Pace(
    poll_interval_s=0.05,
    lease=timedelta(seconds=60),
    group_delay=timedelta(seconds=900),
    drain_wait_s=300,
    shutdown_grace_s=10,
    capacity=dict.fromkeys(Resource, 10),
)


@dataclass
class FakeKeeper:
    """Judges errors as the real one does and restarts nothing."""

    restarts: int = 0

    def is_lost(self, error: BaseException) -> bool:
        """Return whether the database went away."""
        return is_database_down(error)

    async def ensure_running(self) -> None:
        """Count the request."""
        self.restarts += 1


class FakeAsker:
    """Answers nothing, and has bought nothing."""

    def __init__(self) -> None:
        """Count nothing."""
        self.tally: Counter[str] = Counter()
        self.answered_by: set[str] = set()

    async def ask_all(self, requests: Sequence[Any]) -> list[Any]:
        """Refuse: no fake stage asks."""
        raise AssertionError(requests)


@dataclass
class FakeAskers:
    """Hands out no asker and remembers the scopes it was asked for."""

    is_spent: bool = False
    scopes: list[tuple[str, int, str, int]] = field(default_factory=list)

    def asker_for(self, claim: Claim, stage: str, generation: int, models: str) -> Any:
        """Remember the scope."""
        del models
        self.scopes.append((claim.kind, claim.id, stage, generation))
        return FakeAsker()

    def model_of(self, profile: str, stage: str) -> str:
        """Return one name for all."""
        del profile, stage
        return "fake"

    def manner_of(self, profile: str, stage: str) -> dict[str, str]:
        """Return that all is as usual."""
        del profile, stage
        return {}

    def close(self) -> None:
        """Do nothing: nothing is ever sent."""

    async def settled(self) -> None:
        """Return at once: nothing is ever on its way."""


@dataclass
class FakeDrainer:
    """An index that is always up to date."""

    async def drain_once(self) -> int:
        """Return that nothing was left."""
        return 0


def video_flow(*stages: FakeStage, profile: str = PROFILE) -> Flow:
    """Return the flow of a video from `discovered` through `stages`."""
    return Flow(ItemKind.VIDEO, profile, "discovered", stages)


def machine(
    database: Database, flows: Sequence[Flow], *, clock: Clock | None = None, **changes: Any
) -> Deps:
    """Return the machine's dependencies around `flows`; `changes` replace fields of Pace."""
    return Deps(
        owner=uuid4(),
        database=database,
        keeper=FakeKeeper(),
        clock=clock or SystemClock(),
        flows=Flows(flows),
        limits=Limits(),
        pace=replace(QUICK, **changes),
        askers=FakeAskers(),
        drainer=FakeDrainer(),
        prompts={},
    )


async def add_videos(
    database: Database, count: int, *, status: str = "discovered", source: str | None = None
) -> list[int]:
    """Insert videos of the fake profile and return their ids, oldest first."""
    async with database.transaction() as session:
        creator = await session.scalar(
            text("""INSERT INTO creators (slug, name) VALUES ('fake', 'Fake')
                    ON CONFLICT (slug) DO UPDATE SET name = 'Fake' RETURNING id""")
        )
        source_id = None
        if source is not None:
            source_id = await session.scalar(
                text("""INSERT INTO sources (kind, locator, title, status, poll_interval_s,
                          next_poll_at) VALUES ('folder', :l, :l, 'followed', 300, 'infinity')
                        RETURNING id"""),
                {"l": source},
            )
        rows = await session.execute(
            text("""
              WITH made AS (
                INSERT INTO media (identity, creator_id, source_id, title)
                SELECT gen_random_uuid()::text, :creator, :source, 'item ' || n
                FROM generate_series(1, :count) n RETURNING id
              ), added AS (
                INSERT INTO videos (media_id, profile, creator_id, source_id, status, turn)
                SELECT id, :profile, :creator, :source, :status, row_number() OVER (ORDER BY id)
                FROM made RETURNING id
              ), begun AS (
                INSERT INTO runs (item_kind, item_id, run_number, trigger, status)
                SELECT 'video', id, 1, 'manual', 'running' FROM added
              )
              SELECT id FROM added ORDER BY id"""),
            {
                "creator": creator,
                "source": source_id,
                "count": count,
                "profile": PROFILE,
                "status": status,
            },
        )
        return [row.id for row in rows]


async def rows_of(database: Database, query: str, **values: Any) -> list[Any]:
    """Return the rows of a query a test asks."""
    async with database.transaction() as session:
        return list((await session.execute(text(query), values)).all())
