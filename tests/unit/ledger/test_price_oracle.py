"""Our prices beside those that others keep: `genai-prices` of Pydantic, an independent table.

It is asked as of now. Left out is what it is known to lack: cache reads of Sonnet 5.5 before
2026-10-07, and batches.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_CEILING, Decimal

import genai_prices
import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnoted.ledger.price_rows import bundled_rows
from footnoted.ledger.prices import PriceTable
from footnoted.llm.port import Usage

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MODELS = sorted({row.model for row in bundled_rows()})
TABLE = PriceTable.load(None)
counts = st.one_of(st.integers(0, 2_000), st.integers(0, 200_000))


def theirs(model: str, usage: Usage) -> Decimal:
    """Return what they say a call costs (USD); their `input_tokens` are those of the whole prompt.

    Raises LookupError for a model they do not know.
    """
    asked = genai_prices.Usage(
        input_tokens=usage.prompt_tokens,
        cache_read_tokens=usage.cache_read_tokens,
        cache_write_tokens=usage.cache_creation_5m_tokens + usage.cache_creation_1h_tokens,
        cache_write_1h_tokens=usage.cache_creation_1h_tokens,
        output_tokens=usage.output_tokens,
    )
    priced = genai_prices.calc_price(
        asked, model_ref=model, provider_id="anthropic", genai_request_timestamp=NOW
    )
    return priced.total_price


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    """Draw the tokens of a call, often near the step at 100 000 tokens of prompt."""
    written_5m, written_1h, read = draw(counts), draw(counts), draw(counts)
    cached = written_5m + written_1h + read
    near = st.integers(-2, 2).map(lambda offset: max(0, 100_000 + offset - cached))
    return Usage(
        input_tokens=draw(st.one_of(counts, near)),
        cache_creation_5m_tokens=written_5m,
        cache_creation_1h_tokens=written_1h,
        cache_read_tokens=read,
        output_tokens=draw(counts),
    )


@pytest.mark.parametrize("model", MODELS)
@given(usage=usages())
def test_we_say_what_they_say(model: str, usage: Usage) -> None:
    """For every model that ships, to the last billionth of a dollar."""
    ours = TABLE.prices_of(model, NOW).cost(usage)
    assert ours == theirs(model, usage).quantize(Decimal("1E-9"), ROUND_CEILING)


def test_they_know_all_our_models_and_refuse_others() -> None:
    """The comparison leaves no model out, and the oracle does not guess."""
    for model in MODELS:
        assert theirs(model, Usage(input_tokens=1)) > 0
    with pytest.raises(LookupError):
        theirs("claude-none", Usage(input_tokens=1))
