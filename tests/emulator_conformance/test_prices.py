"""The ledger as ground truth: every call's price, worked out by hand from the price table."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.emulator.clocks import rfc3339
from tests.emulator.prices import SONNET_READ_CUT, Terms, Tokens, cost_usd
from tests.emulator_conformance.asking import HAIKU, SONNET, asked, marked, says

if TYPE_CHECKING:
    import anthropic

    from tests.emulator.running import Emulator


def _billed(emulator: Emulator) -> list[Decimal]:
    return [Decimal(row["billed_usd"]) for row in emulator.rows()]


@pytest.mark.parametrize(
    ("changes", "usd"),
    [
        ({}, "0.0005014"),  # 14 x 0.10 + 1000 x 0.50
        ({"model": "claude-opus-5-5"}, "0.020056"),  # 14 x 4 + 1000 x 20
        ({"inference_geo": "us"}, "0.00055154"),  # x 1.1
        ({"speed": "fast"}, "0.0010028"),  # x 2
    ],
)
async def test_a_call_costs_what_the_table_says(
    emulator: Emulator, client: anthropic.AsyncAnthropic, changes: dict[str, Any], usd: str
) -> None:
    """Tokens by class times USD per million, times place and speed."""
    emulator.configure(answers=says("word", output_tokens=1_000, thinking_tokens=0))
    await client.messages.create(**asked("y" * 32, **changes))
    assert _billed(emulator) == [Decimal(usd)]


async def test_writes_and_reads_have_prices_of_their_own(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """Sonnet 5.5: 1h write 4, 5m write 2.50, read 0.10, input 2, output 10 per million."""
    emulator.configure(answers=says("w" * 32, thinking_tokens=0))
    system = [marked(1_000, "1h"), marked(2_000, "5m", "b")]
    for _ in range(2):
        await client.messages.create(**asked("y" * 32, model=SONNET, system=system))
    rest = 14 * 2 + 10 * 10
    millionths = [1_000 * 4 + Decimal(2_000) * Decimal("2.5") + rest, 3_000 * Decimal("0.1") + rest]
    assert _billed(emulator) == [usd / 1_000_000 for usd in millionths]


async def test_a_haiku_prompt_over_100k_tokens_costs_five_times_in_all_classes(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """100 000 tokens are the cheap tier, one more is the dear one, output included."""
    emulator.configure(answers=says("w" * 32))
    for tokens in (100_000, 100_001):
        await client.messages.create(**asked("x" * int((tokens - 4) * 3.2)))
    inputs = [row["tokens"]["input"] for row in emulator.rows()]
    assert inputs == [100_000, 100_001]
    assert _billed(emulator) == [Decimal("0.010005"), Decimal("0.0500255")]


def test_a_cached_part_counts_towards_the_tier() -> None:
    """The tier is chosen by the whole prompt: input, writes and reads."""
    tokens = Tokens(input=1, creation_5m=50_000, read=50_000, output=0)
    cost = cost_usd(HAIKU, tokens, Terms(), SONNET_READ_CUT)
    assert cost == Decimal("0.0337505")  # 1 x 0.50 + 50 000 x 0.625 + 50 000 x 0.05


@pytest.mark.parametrize(("offset_s", "usd"), [(-1, "0.2"), (0, "0.1")])
def test_a_price_changes_on_its_date(offset_s: int, usd: str) -> None:
    """Sonnet 5.5's reads cost half since 2026-10-07."""
    assert rfc3339(SONNET_READ_CUT).startswith("2026-10-07T00:00:00")
    cost = cost_usd(SONNET, Tokens(read=1_000_000), Terms(), SONNET_READ_CUT + offset_s)
    assert cost == Decimal(usd)


def test_batch_and_place_multiply() -> None:
    """Half for a batch, 1.1 for the US, both together 0.55."""
    tokens = Tokens(input=1_000_000)
    cost = cost_usd(SONNET, tokens, Terms(batch=True, geo="us"), SONNET_READ_CUT)
    assert cost == Decimal("1.1")


def test_an_unknown_model_has_no_price() -> None:
    """Never zero."""
    with pytest.raises(LookupError):
        cost_usd("claude-none", Tokens(input=1), Terms(), SONNET_READ_CUT)


async def test_totals_are_kept_by_day_and_by_prompt(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """A call belongs to the UTC day it was accepted on; the same prompt twice is noticed."""
    await client.messages.create(**asked("a"))
    await client.messages.create(**asked("b"))
    assert emulator.totals()["bought_more_than_once"] == 0
    emulator.advance(86_400)
    await client.messages.create(**asked("a"))
    totals = emulator.totals()
    assert totals["bought_more_than_once"] == 1
    days = {day: Decimal(usd) for day, usd in totals["by_day"].items()}
    assert len(days) == 2
    assert sum(days.values()) == sum(_billed(emulator)) == Decimal(totals["billed_usd"])
