"""GET /v1/models, count_tokens, and the control endpoints' own manners."""

from __future__ import annotations

import urllib.error
from typing import TYPE_CHECKING

import anthropic
import pytest

from tests.emulator_conformance.asking import HAIKU, SONNET, asked, formatted

if TYPE_CHECKING:
    from tests.emulator.running import Emulator


async def test_models_are_listed_in_pages_without_prices(client: anthropic.AsyncAnthropic) -> None:
    """What each accepts is what validation enforces."""
    models = [model async for model in client.models.list(limit=3)]
    assert len(models) == len({model.id for model in models}) > 6
    sonnet = await client.models.retrieve(SONNET)
    assert sonnet.capabilities is not None
    types = sonnet.capabilities.thinking.types
    assert (types.disabled.supported, types.between_tools.supported) == (False, True)
    assert (sonnet.lifecycle, sonnet.line) == ("active", "sonnet")


async def test_every_model_the_server_lists_can_be_bought(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """None is without a price."""
    ids = [model.id async for model in client.models.list()]
    for model in ids:
        await client.messages.create(**asked(model=model, output_config={}))
    assert [row["model"] for row in emulator.rows()] == ids
    assert all(float(row["billed_usd"]) > 0 for row in emulator.rows())


async def test_an_unknown_model_is_not_found(client: anthropic.AsyncAnthropic) -> None:
    """404, also when only asked about."""
    with pytest.raises(anthropic.NotFoundError):
        await client.models.retrieve("claude-none")


async def test_counting_is_free_and_off_by_at_most_one_percent(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """The same prompt always counts the same; the schema counts too."""
    for text in ("a" * 32_000, "b" * 64_000, "c" * 9_600):
        request = formatted(text)
        counted = {name: request[name] for name in ("model", "messages", "output_config")}
        counts = {(await client.messages.count_tokens(**counted)).input_tokens for _ in range(2)}
        usage = (await client.messages.create(**request)).usage
        assert len(counts) == 1
        assert counts.pop() == pytest.approx(usage.input_tokens, rel=0.0101)
        assert usage.input_tokens > len(text) / 3.2 + 60
    assert emulator.totals()["calls"] == 3


async def test_an_order_that_makes_no_sense_is_refused(emulator: Emulator) -> None:
    """Unknown names fail instead of being ignored."""
    for order in ({"colour": "red"}, {"latency": {"speed_of_light": 1}}):
        with pytest.raises(urllib.error.HTTPError, match="400"):
            emulator.configure(**order)
    with pytest.raises(urllib.error.HTTPError, match="400"):
        emulator.break_with({"kind": "earthquake"})


async def test_a_reset_empties_books_cache_and_rules(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """The next test starts where the first one did."""
    emulator.break_with({"kind": "status", "nth": [2]})
    await client.messages.create(**asked())
    emulator.reset()
    assert emulator.totals()["calls"] == 0
    assert [(await client.messages.create(**asked())).model for _ in range(2)] == [HAIKU] * 2
