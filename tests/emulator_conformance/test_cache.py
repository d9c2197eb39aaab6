"""Prompt caching: what is written, read and billed, for how long, and from when."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from tests.emulator_conformance.asking import HAIKU, asked, marked

if TYPE_CHECKING:
    import anthropic

    from tests.emulator.running import Emulator

Split = tuple[int | None, int | None, int]


async def _split(client: anthropic.AsyncAnthropic, **changes: Any) -> Split:
    """Return (written, read, neither) of one call."""
    usage = (await client.messages.create(**asked("y" * 32, **changes))).usage
    created, read = usage.cache_creation_input_tokens, usage.cache_read_input_tokens
    return (created, read, usage.input_tokens)


async def test_the_first_call_writes_and_the_second_reads(
    client: anthropic.AsyncAnthropic,
) -> None:
    """Input counts only what is in neither class."""
    system = [marked(600)]
    splits = [await _split(client, system=system) for _ in range(2)]
    assert splits == [(600, 0, 14), (0, 600, 14)]


@pytest.mark.parametrize(("ttl", "life_s"), [("5m", 300), ("1h", 3_600)])
async def test_an_entry_lives_from_its_last_use(
    emulator: Emulator, client: anthropic.AsyncAnthropic, ttl: str, life_s: int
) -> None:
    """A read refreshes it; once the time is up it is written again."""
    system = [marked(600, ttl)]
    splits = [await _split(client, system=system)]
    for pause_s in (life_s - 1, life_s - 1, life_s):
        emulator.advance(pause_s)
        splits.append(await _split(client, system=system))
    assert splits == [(600, 0, 14), (0, 600, 14), (0, 600, 14), (600, 0, 14)]


async def test_a_prefix_below_the_minimum_is_silently_not_cached(
    client: anthropic.AsyncAnthropic,
) -> None:
    """512 tokens for Haiku 5.5, 4 096 for Haiku 4.5."""
    assert await _split(client, system=[marked(511)]) == (0, 0, 525)
    assert await _split(client, system=[marked(512)]) == (512, 0, 14)
    old = {"model": "claude-haiku-4-5", "output_config": {}}
    assert await _split(client, system=[marked(4_095)], **old) == (0, 0, 4_109)


async def test_mixed_lifetimes_are_billed_by_their_class(
    client: anthropic.AsyncAnthropic,
) -> None:
    """Up to the last 1h breakpoint is a 1h write, from there to the last a 5m write."""
    system = [marked(600, "1h"), marked(700, "5m", "b")]
    message = await client.messages.create(**asked(system=system))
    created = message.usage.cache_creation
    assert created is not None
    assert (created.ephemeral_1h_input_tokens, created.ephemeral_5m_input_tokens) == (600, 700)


async def test_a_longer_prompt_reads_the_old_and_writes_the_new_part(
    client: anthropic.AsyncAnthropic,
) -> None:
    """The longest known prefix is read; the rest up to the breakpoint is written."""
    await _split(client, system=[marked(600)])
    longer = [marked(600), marked(100, letter="b")]
    assert await _split(client, system=longer) == (100, 600, 14)


async def test_reading_looks_back_twenty_blocks(client: anthropic.AsyncAnthropic) -> None:
    """An entry 19 blocks before the breakpoint is found, one 20 before is not."""
    await _split(client, system=[marked(600)])
    fill = [{"type": "text", "text": "c" * 32} for _ in range(19)]
    head = {key: value for key, value in marked(600).items() if key != "cache_control"}
    near = [head, *fill[:18], marked(10, letter="d")]
    far = [head, *fill[:19], marked(10, letter="e")]
    assert (await _split(client, system=near))[1] == 600
    assert (await _split(client, system=far))[1] == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"model": "claude-opus-5"},
        {"output_config": {"effort": "medium"}},
        {"thinking": {"type": "disabled"}},
        {"workspace_id": "wrkspc_other"},
    ],
)
async def test_other_settings_read_nothing(
    client: anthropic.AsyncAnthropic, changes: dict[str, Any]
) -> None:
    """Model, effort, thinking and workspace keep entries apart."""
    await _split(client, system=[marked(600)])
    assert (await _split(client, system=[marked(600)], **changes))[1] == 0


async def test_an_automatic_breakpoint_marks_the_last_block(
    client: anthropic.AsyncAnthropic,
) -> None:
    """Top-level cache_control caches the whole prompt."""
    control = {"type": "ephemeral"}
    split = await _split(client, system="s" * 3_200, cache_control=control)
    assert split == (1_014, 0, 0)


async def test_calls_at_the_same_time_each_write(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """An entry can be read only after the first byte of the answer that wrote it."""
    emulator.configure(latency={"base_s": 2})
    together = [
        asyncio.create_task(_split(client, system=[marked(600)])) for _ in range(3)
    ]  # fmt: skip
    await asyncio.to_thread(emulator.await_sleepers, 3)
    emulator.advance(2)
    assert [await task for task in together] == [(600, 0, 14)] * 3
    emulator.set_auto(auto=True)
    assert await _split(client, system=[marked(600)]) == (0, 600, 14)


async def test_spontaneous_misses_follow_their_probability(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """At 0.4, some of forty warm calls miss, and most do not."""
    emulator.configure(cache_miss_probability=0.4)
    reads = [(await _split(client, system=[marked(600)]))[1] for _ in range(40)]
    assert 8 <= reads.count(0) <= 26


async def test_the_model_is_named_in_the_books(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """The ledger has the same split as the usage."""
    await _split(client, system=[marked(600, "1h")])
    row = emulator.rows()[0]
    assert row["model"] == HAIKU
    assert (row["tokens"]["creation_1h"], row["tokens"]["input"]) == (600, 14)
