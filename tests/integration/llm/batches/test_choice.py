"""Which calls go into batches, and what is woken when they land."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from footnoted.errors import TransientError
from footnoted.ledger.batches import store as ledger
from footnoted.ledger.batches.backlog import Load
from footnoted.ledger.batches.batch import custom_id_of
from footnoted.ledger.faults import Allowance, Allowances
from footnoted.llm.batches.gathering import Bounds
from footnoted.llm.call import CallScope
from footnoted.llm.limits.limiter import Demand
from footnoted.llm.port import Usage
from footnoted.pipeline.batches.store import wake
from tests.fakes.machine import add_videos
from tests.integration.llm.batches.process import MODEL
from tests.integration.llm.batches.test_batches import DONE_S, waits

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.llm.batches.process import Process


async def learn_limits(process: Process, output_tokens: int) -> None:
    """Let the limiter hear of a small limit, as from an answer's headers."""
    ticket = await process.till.limiter.admit(Demand(MODEL, 1, 1))
    told = Allowances(output_tokens=Allowance(output_tokens, output_tokens))
    await process.till.limiter.answered(ticket, Usage(), told)


async def library(process: Process, videos: int, published: datetime | None = None) -> list[int]:
    """Return the ids of videos that wait for their first stage."""
    ids = await add_videos(process.database, videos)
    await process.change("UPDATE media SET published_at = :at", at=published)
    return ids


def scope(video_id: int, kind: str = "video") -> CallScope:
    """Return the scope of an item."""
    return CallScope(kind, video_id, "segment")


async def test_live_is_as_ever(start: Callable[..., Process]) -> None:
    """Answered at once, in no batch."""
    process = start("live")
    assert len(await process.ask("a")) == 1
    assert await process.batches() == []


async def test_a_small_backlog_is_served_live(start: Callable[..., Process]) -> None:
    """Nobody waits an hour for what takes minutes."""
    process = start("auto")
    ids = await library(process, 3)
    assert len(await process.ask("a", scope=scope(ids[0]))) == 1


async def test_a_backlog_of_more_than_an_hour_goes_in_batches(
    start: Callable[..., Process],
) -> None:
    """Three videos of 9,000 tokens of output each, at 400 tokens a minute: 67.5 minutes."""
    process = start("auto")
    ids = await library(process, 3)
    await learn_limits(process, 400)
    assert await process.choice.backlog_min(MODEL) == 67.5
    assert (await waits(process, "a", scope=scope(ids[0]))).wait_reason == "batch"
    assert (await waits(process, "b", scope=scope(7, "page_group"))).wait_reason == "batch"


async def test_a_backlog_of_less_than_an_hour_stays_live(start: Callable[..., Process]) -> None:
    """The same three at 500 tokens a minute: 54 minutes."""
    process = start("auto")
    ids = await library(process, 3)
    await learn_limits(process, 500)
    assert len(await process.ask("a", scope=scope(ids[0]))) == 1


@pytest.mark.parametrize("is_preferred", [True, False])
async def test_fresh_videos_stay_live_beside_it(
    start: Callable[..., Process], *, is_preferred: bool
) -> None:
    """What was published yesterday, or what somebody prefers."""
    process = start("auto")
    ids = await library(process, 4, datetime(2020, 1, 1, tzinfo=UTC))
    await learn_limits(process, 400)
    if is_preferred:
        await process.change("UPDATE videos SET priority = 1 WHERE id = :id", id=ids[0])
    else:
        await process.change(
            """UPDATE media m SET published_at = :at FROM videos v
               WHERE m.id = v.media_id AND v.id = :id""",
            id=ids[0],
            at=datetime.now(UTC) - timedelta(days=1),
        )
    assert len(await process.ask("a", scope=scope(ids[0]))) == 1
    assert (await waits(process, "b", scope=scope(ids[1]))).wait_reason == "batch"


async def test_what_videos_took_is_learned_from_the_journal(
    start: Callable[..., Process],
) -> None:
    """Calls and tokens per video, by model."""
    process = start("live")
    await process.ask("a", "b", scope=scope(1))
    await process.ask("c", "d", scope=scope(2))
    async with process.database.transaction() as session:
        loads = await ledger.recent_loads(session)
    sums = "SELECT sum((usage ->> 'input_tokens')::int), sum((usage ->> 'output_tokens')::int)"
    told = (await process.rows(f"{sums} FROM llm_calls"))[0]
    assert loads == {MODEL: Load(2.0, told[0] / 2, told[1] / 2)}


async def test_what_waits_for_a_batch_is_woken_when_all_its_calls_landed(
    start: Callable[..., Process],
) -> None:
    """Not before, and nothing else is."""
    process = start()
    ids = await library(process, 3)
    await waits(process, "a", scope=scope(ids[0]))
    await process.change(
        "UPDATE videos SET wait_reason = 'batch', not_before = now() + interval '1 hour'"
    )
    await process.change("UPDATE videos SET wait_reason = 'budget' WHERE id = :id", id=ids[2])
    asleep = "SELECT id FROM videos WHERE not_before > now() ORDER BY id"
    await process.look()
    assert await process.rows(asleep) == [(ids[0],), (ids[2],)]  # the second waits for nothing
    await process.look(after_s=DONE_S)
    assert await process.rows(asleep) == [(ids[2],)]


async def test_what_a_dead_process_gathered_is_asked_again(start: Callable[..., Process]) -> None:
    """It was never sent: it is released, and whoever waits for it is woken."""
    dead, process = start(bounds=Bounds(quiet_s=60, longest_s=60)), start()
    with pytest.raises(TransientError):
        await dead.ask("a")
    dead.die()
    await process.keeper.look(is_sole=False)
    assert await process.calls() == [("a", "reserved", None)]  # another daemon may be gathering it
    await process.keeper.start(is_sole=True)
    assert await process.calls() == [("a", "released", "batch_not_made")]
    assert (await process.money())[1] == 0


async def test_equal_calls_have_equal_names(start: Callable[..., Process]) -> None:
    """From the hash of the request and its generation, and nothing else."""
    process = start()
    await waits(process, "a")
    row = (await process.rows("SELECT request_sha256, generation, batch_id FROM llm_calls"))[0]
    async with process.database.transaction() as session:
        calls = await ledger.open_calls(session, row[2])
    assert [call.custom_id for call in calls] == [custom_id_of(row[0], row[1])]


async def test_nothing_is_woken_without_a_reason(start: Callable[..., Process]) -> None:
    """An empty library, and a call that is out for somebody else."""
    process = start()
    with pytest.raises(TransientError):
        await process.ask("a")
    async with process.database.transaction() as session:
        assert await wake(session, datetime.now(UTC)) == 0
