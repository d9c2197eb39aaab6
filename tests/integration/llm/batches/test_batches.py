"""Through batches too, an answered call is never bought again and no answer is lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from footnoted.errors import TransientError
from footnoted.llm.batches.gathering import Bounds
from footnoted.llm.call import CallScope
from footnoted.prompting import RenderedPrompt
from tests.integration.llm.batches.process import SCOPE, request

if TYPE_CHECKING:
    from collections.abc import Callable

    from footnoted.llm.port import ModelRequest
    from footnoted.llm.tasks import SegmentAnswer
    from tests.emulator.running import Emulator
    from tests.integration.llm.batches.process import Process

DONE_S = 601.0
OTHER = CallScope("video", 2, "segment")


async def waits(process: Process, *labels: str, scope: CallScope | None = None) -> TransientError:
    """Return the wait that a wave ends in, once its batch is out."""
    with pytest.raises(TransientError) as caught:
        await (process.ask(*labels, scope=scope) if scope else process.ask(*labels))
    await process.sent()
    return caught.value


async def test_a_wave_waits_for_its_batch_and_replays_when_it_landed(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """At half price, with books equal to the provider's to the last digit."""
    process = start()
    wait = await waits(process, "a", "b")
    assert (wait.wait_reason, wait.retry_after_s) == ("batch", 3_600.0)
    assert await process.calls() == [("a", "sent", None), ("b", "sent", None)]
    spent, held = await process.money()
    assert (spent, held > 0) == (0, True)
    await process.look(after_s=DONE_S)
    assert len(await process.ask("a", "b")) == 2
    totals = emulator.totals()
    assert await process.money() == (Decimal(totals["billed_usd"]), 0)
    assert (totals["calls"], totals["bought_more_than_once"]) == (2, 0)
    assert await process.batches() == [("ended", 2)]


async def test_what_is_out_costs_and_holds_half(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """The same call, live and in a batch."""
    live, batched = start("live"), start()
    await live.ask("a")
    await waits(batched, "b")
    held = await batched.rows("SELECT reserved_usd FROM llm_calls ORDER BY id")
    assert held[1][0] * 2 == held[0][0]
    await batched.look(after_s=DONE_S)
    costs = await batched.rows("SELECT cost_usd FROM llm_calls ORDER BY id")
    assert costs[1][0] * 2 == costs[0][0]
    assert sum(row[0] for row in costs) == Decimal(emulator.totals()["billed_usd"])


async def test_calls_of_several_videos_gather_into_one_batch(
    start: Callable[..., Process],
) -> None:
    """Whoever asks while it is gathered is in it."""
    process = start(bounds=Bounds(quiet_s=0.3))
    asked = [process.ask("a", "b"), process.ask("c", scope=OTHER)]
    await asyncio.gather(*asked, return_exceptions=True)
    await process.sent()
    assert await process.batches() == [("sent", 3)]


async def test_a_batch_is_as_large_as_it_may_be(start: Callable[..., Process]) -> None:
    """What does not fit goes into the next."""
    process = start(bounds=Bounds(quiet_s=0.3, most_requests=2))
    await waits(process, *"abcde")
    assert sum(requests for _, requests in await process.batches()) == 5
    assert max(requests for _, requests in await process.batches()) == 2


async def test_two_waves_of_one_video_are_two_batches(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """The second wave is asked when the first is answered, and only it is bought."""
    process = start()
    await waits(process, "a")
    await process.look(after_s=DONE_S)
    wait = await waits(process, "a", "b")
    assert wait.wait_reason == "batch"
    await process.look(after_s=DONE_S)
    assert len(await process.ask("a", "b")) == 2
    assert (await process.batches(), emulator.totals()["calls"]) == ([("ended", 1)] * 2, 2)


async def test_an_equal_call_of_another_item_waits_for_the_same_batch(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """In the same process and in another, however it makes its own calls."""
    process = start()
    await waits(process, "a")
    again = await waits(process, "a", scope=OTHER)
    elsewhere = await waits(start("live"), "a", scope=OTHER)
    assert (again.wait_reason, elsewhere.wait_reason) == ("batch", "batch")
    await process.look(after_s=DONE_S)
    assert emulator.totals()["calls"] == 1


async def test_a_restart_while_a_batch_is_out_loses_nothing(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """Whoever runs next brings its answers home."""
    await waits(start(), "a", "b")
    process = start()
    assert (await waits(process, "a", "b")).wait_reason == "batch"
    await process.look(after_s=DONE_S)
    assert len(await process.ask("a", "b")) == 2
    assert emulator.totals()["calls"] == 2


async def test_a_daemon_that_was_away_for_days_still_fetches_what_was_answered(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """A deadline that passed is no reason to give an answer up that can be had."""
    process = start()
    await waits(process, "a")
    await process.change("UPDATE llm_calls SET deadline_at = deadline_at - interval '3 days'")
    await process.change("UPDATE call_batches SET deadline_at = deadline_at - interval '3 days'")
    assert (
        await waits(start("live"), "a", "b")
    ).wait_reason == "batch"  # b gives up what is overdue
    await process.look(after_s=DONE_S)
    assert await process.calls() == [("a", "answered", None), ("b", "answered", None)]
    assert emulator.totals()["bought_more_than_once"] == 0


async def test_what_was_gathered_is_sent_at_the_end(start: Callable[..., Process]) -> None:
    """A run that ends does not take back what its videos wait for."""
    process = start(bounds=Bounds(quiet_s=60, longest_s=60))
    with pytest.raises(TransientError):
        await process.ask("a")
    async with asyncio.timeout(5):
        await process.gateway.settled()
    assert await process.batches() == [("sent", 1)]


async def test_what_does_not_fit_under_the_cap_is_not_in_the_batch(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """Each call holds its own money; what is out counts as held."""
    process = start(daily_cost_cap_usd=Decimal("0.0005"))
    assert (await waits(process, *"abcdef")).wait_reason == "batch"
    states = [state for _, state, _ in await process.calls()]
    assert set(states) == {"sent"}
    assert len(states) < 6
    spent, held = await process.money()
    assert (spent, 0 < held <= Decimal("0.0005")) == (0, True)
    await process.look(after_s=DONE_S)
    billed = Decimal(emulator.totals()["billed_usd"])
    assert (await process.money())[0] == billed <= Decimal("0.0005")


async def test_force_asks_again_in_a_batch(start: Callable[..., Process]) -> None:
    """A raised generation is another call with another name."""
    process = start()
    await waits(process, "a")
    await process.look(after_s=DONE_S)
    wait = await waits(process, "a", scope=CallScope("video", 1, "segment", generation=1))
    assert wait.wait_reason == "batch"
    await process.look(after_s=DONE_S)
    assert await process.rows("SELECT generation, state FROM llm_calls ORDER BY id") == [
        (0, "answered"),
        (1, "answered"),
    ]


NANO_USD = Decimal("1e-9")
"""What the books count in: what each call cost is rounded up to it."""
RULES = "A rule that every call of the wave is given. " * 200


def sharing(rules: str, labels: str) -> list[ModelRequest[SegmentAnswer]]:
    """Return a wave of calls with the same rules."""
    return [
        replace(request(label), prompt=RenderedPrompt(rules, f"[[{label}]]", "0"))
        for label in labels
    ]


async def test_in_a_batch_every_call_marks_the_rules_it_shares(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """Nobody says who goes first; what is held covers a write by each."""
    emulator.configure(batches={"duration_s": 600, "cache_hit_probability": 0.6})
    process = start()
    with pytest.raises(TransientError):
        await process.gateway.ask_all(SCOPE, sharing(RULES, "abcdefgh"))
    await process.sent()
    held = (await process.money())[1]
    await process.look(after_s=DONE_S)
    tokens = [row["tokens"] for row in emulator.rows()]
    assert all((one["creation_5m"] > 0) != (one["read"] > 0) for one in tokens)
    assert {one["read"] > 0 for one in tokens} == {True, False}
    (spent, left), billed = await process.money(), Decimal(emulator.totals()["billed_usd"])
    assert (0 <= spent - billed < 8 * NANO_USD, left) == (True, 0)
    assert billed <= held


async def test_in_a_batch_rules_that_nobody_shares_are_not_marked(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """Writing them would cost more, for nobody."""
    process = start()
    with pytest.raises(TransientError):
        await process.gateway.ask_all(SCOPE, sharing(RULES, "a"))
    await process.sent()
    await process.look(after_s=DONE_S)
    assert [row["tokens"]["creation_5m"] for row in emulator.rows()] == [0]


async def test_live_one_call_of_a_wave_writes_the_shared_rules_and_the_rest_read_them(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """The first goes out alone, and the others when its answer has begun."""
    process = start("live")
    await process.gateway.ask_all(SCOPE, sharing(RULES, "abcdef"))
    tokens = [row["tokens"] for row in emulator.rows()]
    wrote = [one["creation_5m"] > 0 for one in tokens]
    read = [one["read"] > 0 for one in tokens]
    assert (wrote, read) == ([True] + [False] * 5, [False] + [True] * 5)
