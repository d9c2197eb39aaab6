"""How long calls take in emulated time, and how real time follows a scale."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import anthropic
import pytest

from tests.emulator.running import started
from tests.emulator_conformance.asking import asked, formatted, marked, says

if TYPE_CHECKING:
    from tests.emulator.running import Emulator


async def _took_s(
    emulator: Emulator, client: anthropic.AsyncAnthropic, request: dict[str, Any]
) -> float:
    """Return how long a call took by the virtual clock, which moves by itself."""
    emulator.set_auto(auto=True)
    before_s = emulator.now_s()
    await client.messages.create(**request)
    return emulator.now_s() - before_s


async def test_the_first_token_waits_for_the_uncached_prompt(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """By a + b x uncached + c x cached: 1 + 614 x 0.01, then 1 + 14 x 0.01 + 600 x 0.001."""
    emulator.configure(
        latency={"base_s": 1, "per_uncached_token_s": 0.01, "per_cached_token_s": 0.001}
    )
    request = asked("y" * 32, system=[marked(600)])
    took = [await _took_s(emulator, client, request) for _ in range(2)]
    assert took == pytest.approx([7.14, 1.74], abs=1e-3)


async def test_tokens_come_at_their_pace_in_both_forms(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """300 tokens at 100 a second take 3 s, streamed or not."""
    emulator.configure(latency={"tokens_per_s": 100}, answers=says("w" * 960))
    assert await _took_s(emulator, client, asked()) == pytest.approx(3, abs=1e-3)
    before_s = emulator.now_s()
    async with client.messages.stream(**asked()) as stream:
        await stream.get_final_message()
    assert emulator.now_s() - before_s == pytest.approx(3, abs=1e-3)


async def test_a_schema_is_compiled_once(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """The first call with a format pays for it."""
    emulator.configure(latency={"grammar_compile_s": 8})
    took = [await _took_s(emulator, client, formatted()) for _ in range(2)]
    assert took == pytest.approx([8, 0], abs=1e-3)


async def test_a_quiet_stream_is_pinged(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """Every 15 s; one long thought of 40 s brings two."""
    emulator.configure(latency={"tokens_per_s": 1}, answers=says("w", thinking_tokens=41))
    emulator.set_auto(auto=True)
    async with client.messages.with_streaming_response.create(**asked(), stream=True) as response:
        body = b"".join([part async for part in response.iter_bytes()])
    assert body.count(b"event: ping") == 2


async def test_output_is_drained_while_it_is_made(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """Half way through an answer only half of it has been taken from the limit."""
    emulator.configure(
        latency={"tokens_per_s": 2_000},
        answers=says("w", output_tokens=40_000),
        default_limits={"rpm": 1_000, "itpm": 10**6, "otpm": 60_000},
    )
    running = asyncio.create_task(client.messages.create(**asked(max_tokens=60_000)))
    await asyncio.to_thread(emulator.await_sleepers, 1)
    emulator.advance(10)
    count = await client.messages.with_raw_response.count_tokens(
        model="claude-haiku-5-5", messages=[{"role": "user", "content": "a"}]
    )
    stem = "anthropic-ratelimit-output-tokens-remaining"
    assert count.headers[stem] == "50000"  # 60 000 - 10 s x (2 000 made - 1 000 refilled)
    emulator.advance(11)
    await running


async def test_real_time_runs_at_its_scale() -> None:
    """Two emulated seconds at scale 20 are a tenth of a real one."""
    with started("--scale", "20") as emulator:
        emulator.configure(latency={"base_s": 4})
        async with anthropic.AsyncAnthropic(
            api_key="emulated", base_url=emulator.base_url, max_retries=0
        ) as client:
            began_s = time.monotonic()
            await client.messages.create(**asked())
            took_s = time.monotonic() - began_s
    assert 0.2 <= took_s < 1.5


async def test_a_bench_brings_its_own_logic(tmp_path: Any) -> None:
    """A Python file answers requests; where it has no answer the generic one does."""
    logic = tmp_path / "logic.py"
    logic.write_text(
        "def answer(request):\n"
        "    text = request['messages'][0]['content']\n"
        "    return {'echo': text} if 'echo' in text else None\n"
    )
    with started("--logic", str(logic)) as emulator:
        async with anthropic.AsyncAnthropic(
            api_key="emulated", base_url=emulator.base_url, max_retries=0
        ) as client:
            texts = [
                (await client.messages.create(**asked(text))).content[0].text
                for text in ("echo this", "other")
            ]
    assert texts == ['{"echo": "echo this"}', "This is an emulated answer."]
