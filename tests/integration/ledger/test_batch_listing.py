"""What `footnoted batches` lists: how far each got, and what became of its calls."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from footnoted.db.tables import call_batches, llm_calls
from footnoted.ledger.batches.batch import BatchState
from footnoted.ledger.listing.store import find_batch, newest_batches
from tests.fakes.clock import START

if TYPE_CHECKING:
    from footnoted.db.session import Database
    from footnoted.ledger.listing.batch import BatchLine

DAY = timedelta(days=1)
ANSWERED = {"state": "answered", "usable": True, "answer": "x", "cost_usd": Decimal("0.1")}


async def add_batch(database: Database, state: str, **columns: Any) -> int:
    """Write a batch down; return its number."""
    values = {"provider": "https://api.example", "state": state, "opened_at": START}
    if state != "gathering":
        values |= {"intent_at": START, "deadline_at": START + DAY}
    async with database.transaction() as session:
        made = await session.execute(
            insert(call_batches).values({**values, **columns}).returning(call_batches.c.id)
        )
        number: int = made.scalar_one()
        return number


async def add_call(database: Database, batch: int, number: int, **columns: Any) -> None:
    """Journal a call that was put into a batch."""
    values = {
        "request_sha256": f"{batch}-{number}",
        "item_kind": "video",
        "item_id": number // 2,
        "stage": "extract",
        "label": "topic",
        "model": "claude",
        "prompt_sha256": "p",
        "state": "sent",
        "reserved_usd": Decimal("0.5"),
        "reserved_at": START,
        "batch_id": batch,
    }
    async with database.transaction() as session:
        await session.execute(insert(llm_calls).values({**values, **columns}))


async def listed(database: Database, limit: int = 10) -> list[BatchLine]:
    """Return the newest batches."""
    async with database.transaction() as session:
        return await newest_batches(session, limit)


async def test_a_batch_is_told_with_what_became_of_its_calls(database: Database) -> None:
    """Three are out for two videos, one is answered, one is lost; one came back for nothing."""
    sent = {"provider_id": "msgbatch_1", "requests": 6, "sent_at": START}
    batch = await add_batch(database, "sent", **sent)
    for number in (0, 1, 2):
        await add_call(database, batch, number)
    await add_call(database, batch, 10, **ANSWERED)
    await add_call(database, batch, 12, state="unknown")
    (line,) = await listed(database)
    assert (line.state, line.provider_id) == (BatchState.SENT, "msgbatch_1")
    assert (line.calls, line.unanswered, line.answered, line.lost, line.items) == (6, 3, 1, 1, 2)
    assert (line.held_usd, line.cost_usd) == (Decimal(2), Decimal("0.1"))
    assert (line.sent_at, line.deadline_at, line.is_over) == (START, START + DAY, False)


async def test_what_is_out_stands_before_what_is_over(database: Database) -> None:
    """The newest first, however old it is beside those that ended."""
    out = await add_batch(database, "intent")
    over = [await add_batch(database, state) for state in ("ended", "released")]
    gathered = await add_batch(database, "gathering")
    await add_call(database, gathered, 0, state="reserved")
    lines = await listed(database)
    assert [line.id for line in lines] == [gathered, out, *reversed(over)]
    assert [line.is_over for line in lines] == [False, False, True, True]
    assert lines[0].calls == 1
    assert [line.id for line in await listed(database, limit=2)] == [gathered, out]


async def test_a_batch_is_found_by_its_number(database: Database) -> None:
    """One that never was is none."""
    batch = await add_batch(database, "released", fault_code="batch_not_made")
    async with database.transaction() as session:
        found, none = await find_batch(session, batch), await find_batch(session, batch + 1)
    assert found is not None
    assert (found.id, found.fault_code, none) == (batch, "batch_not_made", None)
