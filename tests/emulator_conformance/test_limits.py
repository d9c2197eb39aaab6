"""Rate limits: three buckets, their headers, 429 with its time, ramp and spend."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import anthropic
import pytest

from tests.emulator_conformance.asking import SONNET, asked, marked, says

if TYPE_CHECKING:
    from tests.emulator.running import Emulator

NAMES = ("requests", "tokens", "input-tokens", "output-tokens")
PARTS = ("limit", "remaining", "reset")


def _limited(emulator: Emulator, **limits: int) -> None:
    emulator.configure(default_limits={"rpm": 1_000, "itpm": 10**7, "otpm": 10**7, **limits})


async def _refused(client: anthropic.AsyncAnthropic, **changes: Any) -> anthropic.RateLimitError:
    with pytest.raises(anthropic.RateLimitError) as refused:
        await client.messages.create(**asked(**changes))
    return refused.value


async def test_every_answer_has_the_twelve_headers(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """Limit, remaining and reset of requests, tokens, input and output; also when refused."""
    _limited(emulator, rpm=1)
    good = await client.messages.with_raw_response.create(**asked())
    bad = await _refused(client)
    wanted = {f"anthropic-ratelimit-{name}-{part}" for name in NAMES for part in PARTS}
    assert wanted <= set(good.headers)
    assert wanted <= set(bad.response.headers)


async def test_requests_refill_continuously(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """At 6 a minute the seventh waits 10 s, which retry-after says, and then passes."""
    _limited(emulator, rpm=6)
    for _ in range(6):
        await client.messages.create(**asked())
    refused = await _refused(client)
    headers = refused.response.headers
    assert (headers["retry-after"], headers["x-should-retry"]) == ("10", "true")
    assert "6 requests per minute" in refused.message
    emulator.advance(9)
    assert (await _refused(client)).response.headers["retry-after"] == "1"
    emulator.advance(1)
    await client.messages.create(**asked())
    assert emulator.totals()["refused"] == {"429": 2}


async def test_remaining_and_reset_follow_the_bucket(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """Tokens are rounded to thousands; reset is when all is back."""
    _limited(emulator, itpm=60_000)
    raw = await client.messages.with_raw_response.create(**asked("x" * 32_000))
    stem = "anthropic-ratelimit-input-tokens"
    assert raw.headers[f"{stem}-remaining"] == "50000"
    reset_s = datetime.fromisoformat(raw.headers[f"{stem}-reset"]).timestamp()
    assert reset_s - emulator.now_s() == pytest.approx(10, abs=0.2)
    assert raw.headers["anthropic-ratelimit-tokens-limit"] == "60000"


async def test_input_is_limited_but_cache_reads_are_not(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """Only uncached input takes from the bucket."""
    _limited(emulator, itpm=2_000)
    for _ in range(5):
        await client.messages.create(**asked(system=[marked(1_500)]))
    refused = await _refused(client, system=[marked(1_500, letter="b")])
    assert "2000 input tokens per minute" in refused.message


async def test_one_request_larger_than_the_bucket_never_passes(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """However long one waits."""
    _limited(emulator, itpm=1_000)
    for _ in range(2):
        await _refused(client, system="x" * 32_000)
        emulator.advance(600)


async def test_output_counts_as_it_is_made_not_as_it_is_asked(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """max_tokens takes nothing; the bucket goes below zero and blocks what comes after."""
    _limited(emulator, otpm=600)
    emulator.configure(answers=says("word", output_tokens=900))
    await client.messages.create(**asked(max_tokens=20_000))
    refused = await _refused(client)
    assert "600 output tokens per minute" in refused.message
    assert refused.response.headers["retry-after"] == "31"
    assert refused.response.headers["anthropic-ratelimit-output-tokens-remaining"] == "0"


async def test_each_model_class_has_buckets_of_its_own(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """One class at its limit does not hold another; limits can be set by class."""
    emulator.configure(limits={"haiku-5-5": {"rpm": 1}})
    await client.messages.create(**asked())
    await _refused(client)
    await client.messages.create(**asked(model=SONNET))


async def test_strict_mode_enforces_by_the_second(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """A burst of one second lets 60 a minute pass one by one."""
    emulator.configure(default_limits={"rpm": 60}, burst_s=1)
    await client.messages.create(**asked())
    assert (await _refused(client)).response.headers["retry-after"] == "1"


async def test_counting_and_batches_have_limits_of_their_own(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """count_tokens is refused at its own rate while messages still pass."""
    emulator.configure(count_tokens_rpm=1)
    call = {"model": SONNET, "messages": [{"role": "user", "content": "a"}]}
    await client.messages.count_tokens(**call)
    with pytest.raises(anthropic.RateLimitError, match="count_tokens"):
        await client.messages.count_tokens(**call)
    await client.messages.create(**asked())


async def test_growth_that_is_too_fast_is_held(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """ramp_limit_exceeded is its own class, with a time after which it passes."""
    emulator.configure(ramp={"factor": 2, "floor_tokens": 3_000})
    await client.messages.create(**asked("x" * 6_400))
    with pytest.raises(anthropic.RampLimitExceededError) as refused:
        await client.messages.create(**asked("y" * 6_400))
    wait_s = int(refused.value.response.headers["retry-after"])
    assert refused.value.error_code == "ramp_limit_exceeded"
    emulator.advance(wait_s - 1)
    with pytest.raises(anthropic.RampLimitExceededError):
        await client.messages.create(**asked("y" * 6_400))
    emulator.advance(1)
    await client.messages.create(**asked("y" * 6_400))


@pytest.mark.parametrize(
    ("cap", "kind", "words"),
    [
        ("tier_cap_usd", anthropic.EnforcedSpendLimitReachedError, "monthly spend limit"),
        ("contract_cap_usd", anthropic.ContractSpendLimitReachedError, "monthly spend limit"),
        ("own_limit_usd", anthropic.BadRequestError, "your specified API usage limits"),
        ("workspace_limit_usd", anthropic.BadRequestError, "specified workspace API usage limits"),
        ("credit_usd", anthropic.PaymentRequiredError, "credit balance is too low"),
    ],
)
async def test_a_spend_cap_stops_everything_without_a_retry_time(
    emulator: Emulator,
    client: anthropic.AsyncAnthropic,
    cap: str,
    kind: type[anthropic.APIStatusError],
    words: str,
) -> None:
    """The call that reaches the cap passes; the next is refused and not billed."""
    emulator.configure(spend={cap: "0.000001"})
    await client.messages.create(**asked())
    with pytest.raises(kind, match=words) as refused:
        await client.messages.create(**asked())
    assert "retry-after" not in refused.value.response.headers
    assert emulator.totals()["calls"] == 1
