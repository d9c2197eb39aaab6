"""Figure P4: what a claim costs with 1,000,000 videos of which 95 % are finished.

The rows that all scans of the claim statement touch are counted by EXPLAIN ANALYZE and must stay
within ten times the batch; the p99 of the claim is compared with the same claim at 1,000 videos.
Claims are rolled back, so that each one finds the same work.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
import uuid
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import make_url, text
from stand import finish, open_stand, report

from footnoted.db import migrate
from footnoted.db.engine import make_engine
from footnoted.db.session import Database
from footnoted.model.status import ItemKind
from footnoted.pipeline import store
from footnoted.pipeline.flows import Flows
from tests.fakes.machine import PROFILE, video_flow
from tests.fakes.stages import FakeStage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
    from stand import Stand

TIME_LIMIT_S = 1_200
BATCH = 10
CLAIMS = 300
SERIES = 7
FEW, MANY = 1_000, 1_000_000
LANES = Flows([video_flow(FakeStage("cut", "cut"), FakeStage("bake", "indexed"))]).lanes()


async def fill(database: Database, count: int) -> None:
    """Insert `count` videos, 95 % finished, the rest ready at two statuses or waiting."""
    async with database.transaction() as session:
        await session.execute(text("TRUNCATE creators, media, videos, runs, events CASCADE"))
        await session.execute(text("INSERT INTO creators (slug, name) VALUES ('c', 'C')"))
        await session.execute(
            text("""INSERT INTO media (identity, creator_id, title)
                    SELECT n::text, (SELECT max(id) FROM creators), 't'
                    FROM generate_series(1, :count) n"""),
            {"count": count},
        )
        await session.execute(
            text("""INSERT INTO videos (media_id, profile, creator_id, status, turn,
                      not_before, wait_reason)
                    SELECT id, :profile, creator_id,
                      CASE WHEN id % 20 > 0 THEN 'indexed'
                           WHEN id % 40 = 0 THEN 'cut' ELSE 'discovered' END,
                      id, CASE WHEN id % 60 = 0 THEN now() + interval '1 day' END,
                      CASE WHEN id % 60 = 0 THEN 'captions' END
                    FROM media"""),
            {"profile": PROFILE},
        )
    async with database.transaction() as session:
        await session.execute(text("ANALYZE media, videos"))


def values() -> dict[str, Any]:
    """Return the parameters of the claim."""
    now = datetime.now(UTC)
    given: dict[str, Any] = {"limit": BATCH, "owner": uuid.uuid4(), "before": None, "only": None}
    given["expires"] = now + timedelta(seconds=60)
    for n, lane in enumerate(LANES):
        given |= {f"status_{n}": lane.status, f"rank_{n}": lane.rank, f"profile_{n}": PROFILE}
    return given


async def p99_ms(session: AsyncConnection) -> float:
    """Return the 99th percentile of the time a claim takes."""
    lease = store.Lease(uuid.uuid4(), datetime.now(UTC), timedelta(seconds=60), timedelta(0))
    times = []
    for _ in range(CLAIMS):
        savepoint = await session.begin_nested()
        started = time.perf_counter()
        claims = await store.claim(session, LANES, lease, store.Wanted(BATCH))
        times.append((time.perf_counter() - started) * 1000)
        assert len(claims) == BATCH, len(claims)
        await savepoint.rollback()
    return statistics.quantiles(times, n=100)[98]


def scanned(plan: dict[str, Any]) -> int:
    """Return the rows that every scan below `plan` read, those it filtered away included."""
    own = 0
    if "Scan" in plan["Node Type"] and plan["Node Type"] not in {"CTE Scan", "Subquery Scan"}:
        per_loop = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
        own = round(per_loop * plan["Actual Loops"])
    return own + sum(scanned(below) for below in plan.get("Plans", []))


async def rows_scanned(session: AsyncConnection) -> int:
    """Return how many rows one claim reads."""
    statement = store.claim_statement(ItemKind.VIDEO, len(LANES), interrupted=False)
    explained = text(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.text}")
    savepoint = await session.begin_nested()
    plan = (await session.execute(explained, values())).scalar_one()
    await savepoint.rollback()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return scanned(plan[0]["Plan"])


async def settle(engine: AsyncEngine) -> None:
    """Let what filling started come to an end before anything is measured."""
    async with engine.connect() as connection:
        quiet = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await quiet.execute(text("VACUUM (ANALYZE) media, videos"))
        await quiet.execute(text("CHECKPOINT"))


@asynccontextmanager
async def second_database(stand: Stand) -> AsyncIterator[AsyncEngine]:
    """Yield an engine on another migrated database of the same server."""
    async with stand.engine.connect() as connection:
        quiet = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await quiet.execute(text("CREATE DATABASE many"))
    url = make_url(stand.url).set(database="many").render_as_string(hide_password=False)
    engine = make_engine(url, application_name="bench")
    try:
        await migrate.upgrade(engine)
        yield engine
    finally:
        await engine.dispose()


async def one_series(database: Database) -> float:
    """Return the p99 of one series of claims, rolled back as a whole."""
    async with database.transaction() as session:
        found = await p99_ms(session)
        await session.rollback()
    return found


async def main() -> tuple[bool, bool]:
    """Measure both sizes turn about in one run and print both figures."""
    async with open_stand() as stand, second_database(stand) as engine:
        few, many = stand.database, Database(engine)
        await fill(few, FEW)
        await fill(many, MANY)
        await settle(stand.engine)
        await settle(engine)
        pairs = [(await one_series(few), await one_series(many)) for _ in range(SERIES)]
        async with many.transaction() as session:
            rows = await rows_scanned(session)
            await session.rollback()
    few_ms = statistics.median(few_p99 for few_p99, _ in pairs)
    many_ms = statistics.median(many_p99 for _, many_p99 in pairs)
    ratio = statistics.median(many_p99 / few_p99 for few_p99, many_p99 in pairs)
    note = f"p99 {many_ms:.1f} ms at {MANY:,} videos, {few_ms:.1f} ms at {FEW:,}"
    return (
        report("P4.rows", str(rows), "rows", f"<={10 * BATCH}", holds=rows <= 10 * BATCH),
        report("P4.p99", f"{ratio:.2f}", "x_at_1000", "<=1.5", holds=ratio <= 1.5, note=note),
    )


finish(*asyncio.run(main()))
