"""Batches from creation to results, and what they cost."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import anthropic
import pytest

from tests.emulator_conformance.asking import asked, marked, says

if TYPE_CHECKING:
    from anthropic.types.messages import MessageBatch

    from tests.emulator.running import Emulator


async def _created(client: anthropic.AsyncAnthropic, *ids: str, **changes: Any) -> MessageBatch:
    requests = [{"custom_id": name, "params": asked("y" * 32, **changes)} for name in ids]
    return await client.messages.batches.create(requests=requests)


async def _results(client: anthropic.AsyncAnthropic, batch_id: str) -> dict[str, str]:
    results = await client.messages.batches.results(batch_id)
    return {entry.custom_id: entry.result.type async for entry in results}


async def test_a_batch_runs_ends_and_costs_half(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """Counts stay zero until the end; each item is in the books at half price."""
    emulator.configure(batches={"duration_s": 600}, answers=says("w" * 32))
    ids = [f"call-{number}" for number in range(12)]
    batch = await _created(client, *ids)
    assert (batch.processing_status, batch.results_url) == ("in_progress", None)
    emulator.advance(599)
    half = await client.messages.batches.retrieve(batch.id)
    assert (half.request_counts.processing, half.request_counts.succeeded) == (12, 0)
    emulator.advance(1)
    ended = await client.messages.batches.retrieve(batch.id)
    assert (ended.processing_status, ended.request_counts.succeeded) == ("ended", 12)
    results = await _results(client, batch.id)
    assert results == dict.fromkeys(ids, "succeeded")
    assert list(results) != ids
    rows = emulator.rows()
    assert {row["custom_id"] for row in rows} == set(ids)
    # (14 x 0.10 + 10 x 0.50) / 2 millionths
    assert {Decimal(row["billed_usd"]) for row in rows} == {Decimal("0.0000032")}


async def test_a_batch_result_is_a_whole_message(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """With its usage, at the batch tier."""
    emulator.configure(batches={"duration_s": 1}, answers=says("w" * 32))
    batch = await _created(client, "one")
    emulator.advance(1)
    results = [entry async for entry in await client.messages.batches.results(batch.id)]
    assert results[0].result.type == "succeeded"
    message = results[0].result.message
    assert (message.content[0].text, message.usage.service_tier) == ("w" * 32, "batch")


async def test_items_fail_expire_and_are_validated_one_by_one(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """Only what succeeded is billed; wrong parameters show in the results, not at creation."""
    rules = [
        {"custom_id_contains": "bad", "outcome": "errored"},
        {"custom_id_contains": "late", "outcome": "expired"},
    ]
    emulator.configure(batches={"duration_s": 60, "outcomes": rules})
    requests = [{"custom_id": name, "params": asked()} for name in ("good", "bad-1", "late-1")]
    for name, wrong in (("streams", {"stream": True}), ("zero", {"max_tokens": 0})):
        requests.append({"custom_id": name, "params": asked(**wrong)})
    batch = await client.messages.batches.create(requests=requests)
    emulator.advance(60)
    assert await _results(client, batch.id) == {
        "good": "succeeded",
        "bad-1": "errored",
        "late-1": "expired",
        "streams": "errored",
        "zero": "errored",
    }
    assert [row["custom_id"] for row in emulator.rows()] == ["good"]


async def test_a_cancelled_batch_keeps_what_was_done(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """It is canceling for a while, then ended: part succeeded and billed, the rest free."""
    emulator.configure(batches={"duration_s": 1_000, "cancel_s": 60})
    batch = await _created(client, *(f"c{number}" for number in range(40)))
    emulator.advance(500)
    canceled = await client.messages.batches.cancel(batch.id)
    assert canceled.processing_status == "canceling"
    assert canceled.cancel_initiated_at is not None
    emulator.advance(60)
    ended = await client.messages.batches.retrieve(batch.id)
    counts = ended.request_counts
    assert ended.processing_status == "ended"
    assert counts.succeeded + counts.canceled == 40
    assert 5 < counts.succeeded < 35
    assert len(emulator.rows()) == counts.succeeded


async def test_a_batch_that_takes_a_day_expires_in_part(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """At 24 h it ends; what was not reached is expired and free."""
    emulator.configure(batches={"duration_s": 2 * 86_400})
    batch = await _created(client, *(f"c{number}" for number in range(40)))
    emulator.advance(86_400)
    counts = (await client.messages.batches.retrieve(batch.id)).request_counts
    assert counts.succeeded + counts.expired == 40
    assert counts.expired > 5
    assert len(emulator.rows()) == counts.succeeded


async def test_creation_may_fail_after_it_was_accepted(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """500, and yet the batch is in the list: an orphan to adopt."""
    emulator.break_with({"kind": "batch_accepted_500", "nth": [1]})
    with pytest.raises(anthropic.InternalServerError):
        await _created(client, "one", "two")
    listed = [batch async for batch in client.messages.batches.list()]
    assert [batch.request_counts.processing for batch in listed] == [2]


async def test_a_fresh_batch_may_not_be_found_at_first(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """404 for a minute after creation."""
    emulator.configure(batches={"visible_after_s": 60})
    batch = await _created(client, "one")
    with pytest.raises(anthropic.NotFoundError):
        await client.messages.batches.retrieve(batch.id)
    emulator.advance(60)
    assert (await client.messages.batches.retrieve(batch.id)).id == batch.id


async def test_batches_are_listed_newest_first_in_pages(
    client: anthropic.AsyncAnthropic,
) -> None:
    """The SDK walks all pages by after_id."""
    made = [(await _created(client, "one")).id for _ in range(5)]
    listed = [batch.id async for batch in client.messages.batches.list(limit=2)]
    assert listed == list(reversed(made))
    page = await client.messages.batches.list(limit=2, before_id=made[0])
    assert [batch.id for batch in page.data] == [made[2], made[1]]


async def test_only_an_ended_batch_can_be_deleted(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """Before that 400; afterwards it is gone."""
    emulator.configure(batches={"duration_s": 10})
    batch = await _created(client, "one")
    with pytest.raises(anthropic.BadRequestError):
        await client.messages.batches.delete(batch.id)
    emulator.advance(10)
    deleted = await client.messages.batches.delete(batch.id)
    assert (deleted.id, deleted.type) == (batch.id, "message_batch_deleted")
    with pytest.raises(anthropic.NotFoundError):
        await client.messages.batches.retrieve(batch.id)


@pytest.mark.parametrize("ids", [["same", "same"], ["white space"], [], ["x" * 65]])
async def test_custom_ids_are_checked_at_creation(
    client: anthropic.AsyncAnthropic, ids: list[str]
) -> None:
    """Unique, 1 to 64 of [a-zA-Z0-9_-], at least one."""
    with pytest.raises(anthropic.BadRequestError):
        await _created(client, *ids)


async def test_the_queue_and_the_rate_of_batches_are_limited(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """Neither touches the limits of messages."""
    emulator.configure(batches={"queue_limit": 3})
    await _created(client, "one", "two")
    with pytest.raises(anthropic.RateLimitError, match="queue 3"):
        await _created(client, "one", "two")
    emulator.configure(batches={"rpm": 1})
    await _created(client, "one")
    with pytest.raises(anthropic.RateLimitError, match="batches requests"):
        await _created(client, "one")
    await client.messages.create(**asked())


@pytest.mark.parametrize(("probability", "reads"), [(0.0, 0), (1.0, 9)])
async def test_cache_hits_in_a_batch_are_best_effort(
    emulator: Emulator, client: anthropic.AsyncAnthropic, probability: float, reads: int
) -> None:
    """With certainty all but the first read; without, none does."""
    emulator.configure(batches={"duration_s": 60, "cache_hit_probability": probability})
    system = [marked(600, "1h")]
    batch = await _created(client, *(f"c{number}" for number in range(10)), system=system)
    emulator.advance(60)
    await client.messages.batches.retrieve(batch.id)
    assert sum(1 for row in emulator.rows() if row["tokens"]["read"]) == reads
