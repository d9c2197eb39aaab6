"""Whatever goes wrong with a batch: nothing is bought twice, and nothing waits for ever."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from footnoted.errors import ContractViolationError, PermanentError, TransientError
from footnoted.ledger.faults import CallFailedError, Fault, FaultKind
from footnoted.llm.batches.anthropic_batches import AnthropicBatches
from tests.integration.llm.batches.process import SCOPE, request
from tests.integration.llm.batches.test_batches import DONE_S, waits

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from footnoted.llm.batches.port import Post, Result, Standing
    from tests.emulator.running import Emulator
    from tests.integration.llm.batches.process import Process

ON_CREATE = {"endpoint": "batches"}


class DyingBatches(AnthropicBatches):
    """Makes a batch, and its process dies before it hears of it."""

    async def create(self, posts: Sequence[Post]) -> Standing:
        """Make it, and end as a bug would: nothing is written after it."""
        await super().create(posts)
        message = "the process is gone"
        raise RuntimeError(message)


class CutBatches(AnthropicBatches):
    """Loses the connection after the first result, once."""

    cuts = 1

    async def results(self, batch_id: str) -> AsyncGenerator[Result]:
        """Yield one result, then break off."""
        async for result in super().results(batch_id):
            yield result
            if self.cuts:
                self.cuts -= 1
                message = "cut"
                raise CallFailedError(
                    Fault(FaultKind.BROKEN, "answer_cut", message, may_be_billed=True)
                )


async def test_a_batch_whose_name_was_never_heard_is_found_again(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """The process died between making it and writing its name down: it is adopted, not remade."""
    await waits(start(provider=DyingBatches), "a", "b")
    process = start(unseen_s=0)
    await process.look()
    assert await process.batches() == [("intent", 2)]
    assert (await waits(process, "a", "b")).wait_reason == "batch"
    await process.look(after_s=DONE_S)
    assert len(await process.ask("a", "b")) == 2
    assert await process.batches() == [("ended", 2)]
    totals = emulator.totals()
    assert (totals["calls"], totals["bought_more_than_once"]) == (2, 0)
    assert await process.money() == (Decimal(totals["billed_usd"]), 0)


async def test_a_batch_that_was_made_although_the_provider_failed_is_found(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """A 500 after it was accepted: it may exist, so none is made in its place."""
    emulator.break_with({"kind": "batch_accepted_500", "match": ON_CREATE, "times": 1})
    process = start(unseen_s=0)
    await waits(process, "a")
    await process.look(after_s=10)
    assert await process.batches() == [("intent", 1)]
    await process.look(after_s=DONE_S)
    assert len(await process.ask("a")) == 1
    assert emulator.totals()["calls"] == 1


async def test_a_batch_that_was_provably_never_made_is_made_anew(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """The connection broke; the provider lists nothing long after."""
    emulator.break_with({"kind": "reset_before", "match": ON_CREATE, "times": 1})
    early, late = start(), start(unseen_s=0)
    await waits(early, "a")
    await early.look()
    assert await early.batches() == [("intent", 1)]
    await late.look()
    assert await late.calls() == [("a", "released", "batch_not_made")]
    assert (await late.money())[1] == 0
    await waits(late, "a")
    await late.look(after_s=DONE_S)
    assert len(await late.ask("a")) == 1
    assert (await late.batches(), emulator.totals()["calls"]) == (
        [("released", 1), ("ended", 1)],
        1,
    )


async def test_a_batch_of_somebody_else_is_not_taken_for_ours(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """As many requests, under the same key, made after our intent: only its results tell."""
    emulator.break_with({"kind": "reset_before", "match": ON_CREATE, "times": 1})
    process = start(unseen_s=0)
    await waits(process, "a")
    params = process.gateway.chain(SCOPE)[0].batch_params(request("theirs"))
    await process.client.sdk.messages.batches.create(
        requests=[{"custom_id": "theirs", "params": params}]  # type: ignore[typeddict-item] # ours
    )
    await process.look()
    assert await process.batches() == [("intent", 1)]  # it may be ours, as far as can be seen
    await process.look(after_s=DONE_S)
    assert await process.calls() == [("a", "released", "batch_not_made")]


async def test_a_refused_batch_is_given_up_and_rests(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """A 429 is certain: nothing was made, nothing is held, and the next one waits its time."""
    rule = {"kind": "status", "status": 429, "retry_after_s": 300, "match": ON_CREATE, "times": 1}
    emulator.break_with(rule)
    process = start()
    await waits(process, "a")
    assert await process.calls() == [("a", "released", "batch_not_made")]
    assert (await process.money())[1] == 0
    assert (await waits(process, "a")).wait_reason == "provider_resting"
    assert (await process.batches())[0] == ("released", 1)


async def test_a_wrong_key_stops_everything(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """Batches and live calls alike, with one alert."""
    emulator.configure(api_keys=["another"])
    process = start()
    await waits(process, "a")
    assert (await waits(process, "a")).wait_reason == "provider_stopped"
    alerts = await process.rows("SELECT code FROM alerts WHERE resolved_at IS NULL")
    assert alerts == [("provider_stopped",)]


async def test_expired_calls_are_asked_again(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """They cost nothing; those beside them are kept."""
    process = start()
    await waits(process, "a", "b")
    name = (await names(process))[0]
    script = [{"custom_id_contains": name, "outcome": "expired"}]
    emulator.configure(batches={"duration_s": 600, "outcomes": script})
    await process.look(after_s=DONE_S)
    assert await process.calls() == [("a", "released", "batch_expired"), ("b", "answered", None)]
    emulator.configure(batches={"duration_s": 600})
    assert (await waits(process, "a", "b")).wait_reason == "batch"
    await process.look(after_s=DONE_S)
    assert len(await process.ask("a", "b")) == 2
    assert await process.money() == (Decimal(emulator.totals()["billed_usd"]), 0)


async def names(process: Process) -> list[str]:
    """Return what the calls are called at the provider, by label."""
    rows = await process.rows("SELECT left(request_sha256, 48) FROM llm_calls ORDER BY label")
    return [row[0] for row in rows]


async def test_a_call_that_errs_in_a_batch_is_asked_live(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """What is wrong with it shows at once; the calls beside it are kept."""
    process = start()
    await waits(process, "a", "b")
    name = (await names(process))[0]
    script = [{"custom_id_contains": name, "outcome": "errored"}]
    emulator.configure(batches={"duration_s": 600, "outcomes": script})
    await process.look(after_s=DONE_S)
    assert await process.calls() == [("a", "released", "server_error"), ("b", "answered", None)]
    assert len(await process.ask("a", "b")) == 2
    assert await process.money() == (Decimal(emulator.totals()["billed_usd"]), 0)


async def test_a_cancelled_batch_keeps_what_was_answered(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """The rest is free and asked again."""
    process = start()
    await waits(process, *"abcdefgh")
    emulator.advance(300)
    assert await process.collection.cancel(1)
    await process.look(after_s=61)
    ends = [(state, code) for _, state, code in await process.calls()]
    assert set(ends) == {("answered", None), ("released", "batch_canceled")}
    assert await process.money() == (Decimal(emulator.totals()["billed_usd"]), 0)
    assert not await process.collection.cancel(1)


async def test_results_that_break_off_are_read_on(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """What came is journaled, the rest the next time, each once."""
    process = start(provider=CutBatches)
    await waits(process, "a", "b", "c")
    await process.look(after_s=DONE_S)
    states = sorted(state for _, state, _ in await process.calls())
    assert states == ["answered", "sent", "sent"]
    await process.look()
    assert len(await process.ask("a", "b", "c")) == 3
    assert await process.money() == (Decimal(emulator.totals()["billed_usd"]), 0)


async def test_a_batch_that_cannot_be_seen_yet_is_looked_for_again(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """A 404 in the first minute means nothing."""
    emulator.configure(batches={"duration_s": 600, "visible_after_s": 700})
    process = start()
    await waits(process, "a")
    await process.look(after_s=650)
    assert await process.batches() == [("sent", 1)]
    await process.look(after_s=60)
    assert len(await process.ask("a")) == 1


async def test_a_batch_that_is_gone_leaves_its_calls_unknown(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """Overdue, and the provider knows of none: they may have been billed, so they stay held."""
    process = start()
    await waits(process, "a")
    held = (await process.money())[1]
    emulator.reset()
    await process.look()
    assert await process.calls() == [("a", "sent", None)]
    await process.change("UPDATE call_batches SET deadline_at = now()")
    await process.look()
    assert await process.calls() == [("a", "unknown", "batch_lost")]
    assert await process.money() == (0, held)


async def test_a_batch_that_does_not_end_is_told_of(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """One alert, over as soon as the batch is."""
    emulator.configure(batches={"duration_s": 3_000})
    process = start()
    await waits(process, "a")
    await process.change("UPDATE call_batches SET deadline_at = now()")
    await process.look(after_s=DONE_S)
    await process.look()
    opened = "SELECT code, count FROM alerts WHERE resolved_at IS NULL"
    assert await process.rows(opened) == [("batch_overdue", 1)]
    await process.look(after_s=3_000)
    assert await process.rows(opened) == []


async def test_a_truncated_answer_is_asked_with_more_room_in_the_next_batch(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """The same branches as live, a batch later."""
    long = {"text": '{"topics": [' + " " * 4_000, "output_tokens": 600}
    emulator.configure(
        answers=[{"match": {"prompt_contains": "[[a]]"}, "nth": [1], "answers": [long]}]
    )
    process = start()
    await waits(process, "a")
    await process.look(after_s=DONE_S)
    assert (await waits(process, "a")).wait_reason == "batch"
    await process.look(after_s=DONE_S)
    assert len(await process.ask("a")) == 1
    labels = await process.rows("SELECT label, unusable_code FROM llm_calls ORDER BY id")
    assert labels == [("a", "truncated"), ("a:longer", None)]


async def test_a_bad_answer_is_repaired_in_the_next_batch(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """Once, and billed at half price too."""
    bad = {"text": '{"topic": 1}'}
    emulator.configure(
        answers=[{"match": {"prompt_contains": "[[a]]"}, "nth": [1], "answers": [bad]}]
    )
    process = start()
    await waits(process, "a")
    await process.look(after_s=DONE_S)
    assert (await waits(process, "a")).wait_reason == "batch"
    await process.look(after_s=DONE_S)
    assert len(await process.ask("a")) == 1
    assert await process.money() == (Decimal(emulator.totals()["billed_usd"]), 0)


async def test_answers_that_stay_bad_spend_attempts_as_live_ones_do(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """Waiting costs no attempt: if a third one went into a batch too, it would never end."""
    bad = {"text": '{"topic": 1}'}
    emulator.configure(answers=[{"match": {"prompt_contains": "[[a]]"}, "answers": [bad]}])
    process = start()
    for _ in range(2):  # the question, its repair
        assert (await waits(process, "a")).wait_reason == "batch"
        await process.look(after_s=DONE_S)
    with pytest.raises(ContractViolationError):
        await process.ask("a")
    batched = await process.rows("SELECT count(*), count(batch_id) FROM llm_calls")
    assert batched == [(3, 2)]


async def test_a_refusal_in_a_batch_is_one(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """It is recorded, not asked again, and costs nothing before any output."""
    emulator.configure(answers=[{"answers": [{"text": "", "stop_reason": "refusal"}]}])
    process = start()
    await waits(process, "a")
    await process.look(after_s=DONE_S)
    for _ in range(2):
        with pytest.raises(PermanentError) as caught:
            await process.ask("a")
        assert caught.value.failure_code == "model_refused"
    assert emulator.totals()["calls"] == 1
    assert await process.money() == (0, 0)


async def test_two_daemons_settle_a_batch_once(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """Who comes second finds the results journaled, and leaves what a stage said of them."""
    first, second = start(), start()
    await waits(first, "a", "b")
    batch = (await first.collection.open_batches())[0]
    await first.look(after_s=DONE_S)
    await first.change("UPDATE llm_calls SET usable = false, unusable_code = 'invalid'")
    await second.collection.look_after(batch, is_sole=False)
    assert await first.rows("SELECT DISTINCT usable FROM llm_calls") == [(False,)]
    assert await first.money() == (Decimal(emulator.totals()["billed_usd"]), 0)


async def test_a_live_call_that_rests_says_so(
    start: Callable[..., Process], emulator: Emulator
) -> None:
    """The limits of models and those of batches are not mixed up."""
    rule = {
        "kind": "status",
        "status": 429,
        "retry_after_s": 300,
        "match": {"endpoint": "messages"},
    }
    emulator.break_with(rule)
    with pytest.raises(TransientError):
        await start("live").ask("a")
    assert (await waits(start(), "b")).wait_reason == "batch"
