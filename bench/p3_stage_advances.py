"""Figure P3: stage advances per second, ours ÷ a hand-written asyncpg loop of the same statements.

Both advance the same number of items through no-op stages, ten at once, on one embedded PostgreSQL
with fsync on, turn about, five times. The hand-written loop claims ten at once and runs the same
SQL text in the same transactions; what differs is everything around the statements.
"""

from __future__ import annotations

import asyncio
import logging
import re
import statistics
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import asyncpg
import structlog
from sqlalchemy.dialects.postgresql import dialect
from stand import finish, open_stand, report

from footnoted.db.engine import connect
from footnoted.model.status import ItemKind, Resource
from footnoted.pipeline import store
from footnoted.pipeline.flows import Flows
from footnoted.pipeline.loop import Loop
from footnoted.pipeline.plan import Mode, RunPlan
from tests.fakes.machine import PROFILE, add_videos, machine, rows_of, video_flow
from tests.fakes.stages import FakeStage

if TYPE_CHECKING:
    from footnoted.db.session import Database

TIME_LIMIT_S = 600
VIDEOS = 150
MILESTONES = ("cut", "glued", "sanded", "oiled", "indexed")
CONCURRENCY = 10
ROUNDS = 5
GOAL = 0.5


def flow_of_nothing() -> list[FakeStage]:
    """Return stages that do nothing but advance."""
    return [FakeStage(name, name, resource=Resource.CPU) for name in MILESTONES]


async def ours(database: Database) -> float:
    """Return advances per second of the loop."""
    deps = machine(database, [video_flow(*flow_of_nothing())], capacity={Resource.CPU: CONCURRENCY})
    started = time.perf_counter()
    result = await Loop(deps, RunPlan(Mode.DRAIN)).run()
    seconds = time.perf_counter() - started
    assert result.outcomes == {"advanced": VIDEOS * len(MILESTONES)}, result
    return VIDEOS * len(MILESTONES) / seconds


def positional(statement: object) -> tuple[str, list[str]]:
    """Return the SQL of a statement of ours as asyncpg takes it, and its parameters in order."""
    compiled = statement.compile(dialect=dialect(paramstyle="named"))  # type: ignore[attr-defined]
    names: list[str] = []

    def number(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return re.sub(r"(?<!:):(\w+)", number, str(compiled)), names


async def by_hand(pool: asyncpg.Pool) -> float:
    """Return advances per second of the hand-written loop."""
    lanes = Flows([video_flow(*flow_of_nothing())]).lanes()
    claim_sql, claim_names = positional(
        store.claim_statement(ItemKind.VIDEO, len(lanes), interrupted=False)
    )
    settle_sql, settle_names = positional(store.settle_statement(ItemKind.VIDEO))
    settle_sql = typed(settle_sql, settle_names)
    following = dict(zip(("discovered", *MILESTONES), MILESTONES, strict=False))
    owner = uuid.uuid4()
    advanced = 0
    started = time.perf_counter()

    async def advance(row: asyncpg.Record) -> None:
        async with pool.acquire() as connection, connection.transaction():
            pass
        to = following[row["status"]]
        values = settle_values(row, to)
        async with pool.acquire() as connection, connection.transaction():
            moved = await connection.fetchval(settle_sql, *[values[name] for name in settle_names])
            assert moved == 1
            if to == "indexed":
                await connection.execute(
                    """UPDATE runs SET status = 'done', error_stage = NULL, finished_at = now()
                       WHERE item_kind = 'video' AND item_id = $1 AND status = 'running'""",
                    row["id"],
                )

    while True:
        now = datetime.now(UTC)
        given = {"limit": CONCURRENCY, "owner": owner, "expires": now + timedelta(seconds=60)}
        given |= {"before": None, "only": None}
        for n, lane in enumerate(lanes):
            given |= {f"status_{n}": lane.status, f"rank_{n}": lane.rank, f"profile_{n}": PROFILE}
        async with pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(claim_sql, *[given[name] for name in claim_names])
        if not rows:
            break
        await asyncio.gather(*(advance(row) for row in rows))
        advanced += len(rows)
    assert advanced == VIDEOS * len(MILESTONES), advanced
    return advanced / (time.perf_counter() - started)


def typed(sql: str, names: list[str]) -> str:
    """Return the settle statement with the types that SQLAlchemy's driver would have named."""
    types = {"fields": "jsonb", "now": "timestamptz", "not_before": "timestamptz"}
    types |= {"deadline": "timestamptz", "is_news": "boolean", "id": "bigint", "fence": "bigint"}
    types |= {"attempts": "integer"}
    for number, name in sorted(enumerate(names, start=1), reverse=True):
        sql = re.sub(rf"\${number}\b", f"CAST(${number} AS {types.get(name, 'text')})", sql)
    return sql


def settle_values(row: asyncpg.Record, to: str) -> dict[str, object]:
    """Return what an advance writes."""
    empty = ("wait_reason", "wait_detail", "not_before", "deadline", "failure_code")
    return {
        **dict.fromkeys((*empty, "failure_detail")),
        "id": row["id"],
        "fence": row["fence"],
        "from": row["status"],
        "kind": "video",
        "status": to,
        "attempts": 0,
        "event": "stage.advanced",
        "is_news": True,
        "stage": to,
        "fields": f'{{"to": "{to}"}}',
        "now": datetime.now(UTC),
    }


async def main() -> bool:
    """Measure both, turn about, and print the ratio of the medians."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    ratios, rates = [], []
    async with open_stand() as stand:
        pool = await asyncpg.create_pool(
            min_size=CONCURRENCY,
            max_size=CONCURRENCY,
            connect=lambda *_args, **_options: connect(stand.url, application_name="by hand"),
        )
        for _ in range(ROUNDS + 1):
            await add_videos(stand.database, VIDEOS)
            hand = await by_hand(pool)
            await rows_of(stand.database, "DELETE FROM media RETURNING 1")
            await add_videos(stand.database, VIDEOS)
            rate = await ours(stand.database)
            await rows_of(stand.database, "DELETE FROM media RETURNING 1")
            ratios.append(rate / hand)
            rates.append(rate)
        await pool.close()
    ratio = statistics.median(ratios[1:])
    note = f"{statistics.median(rates[1:]):.0f} advances/s, {VIDEOS} videos, 5 stages"
    return report("P3", f"{ratio:.2f}", "x_asyncpg", ">=0.5", holds=ratio >= GOAL, note=note)


finish(asyncio.run(main()))
