"""What tokens cost: worked out by hand, bounded in advance, and known for the right day."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnoted.errors import ConfigurationError
from footnoted.ledger.price_rows import Tier, bundled_rows
from footnoted.ledger.prices import Prices, PriceTable
from footnoted.llm.port import Usage

if TYPE_CHECKING:
    from pathlib import Path

    from footnoted.ledger.prices import TokenUsage

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HAIKU, SONNET = "claude-haiku-5-5", "claude-sonnet-5-5"
MILLION = 1_000_000

# A row of the price table by hand: input, 5m write, 1h write, read, output (USD per million).
BY_HAND = {
    HAIKU: "0.10 0.125 0.20 0.01 0.50",
    SONNET: "2 2.50 4 0.10 10",
    "claude-opus-5-5": "4 5 8 0.20 20",
    "claude-fable-5-2": "8 10 16 0.20 40",
    "claude-fable-5-1": "10 12.50 20 0.25 50",
    "claude-opus-5": "5 6.25 10 0.50 25",
    "claude-opus-4-8": "5 6.25 10 0.50 25",
    "claude-opus-4-7": "5 6.25 10 0.50 25",
    "claude-opus-4-6": "5 6.25 10 0.50 25",
    "claude-opus-4-5": "5 6.25 10 0.50 25",
    "claude-sonnet-5": "2 2.50 4 0.20 10",
    "claude-sonnet-4-6": "3 3.75 6 0.30 15",
    "claude-haiku-4-5": "1 1.25 2 0.10 5",
}

usd = st.decimals(min_value=0, max_value=100, places=4)
counts = st.integers(min_value=0, max_value=300_000)
flags = st.booleans()


@st.composite
def tiers_of_any_kind(draw: st.DrawFn) -> Prices:
    """Draw prices of one to three tiers that rise, fall or do neither."""
    limits = sorted(draw(st.sets(st.integers(1, 200_000), max_size=2)))
    tiers = [
        Tier(
            max_prompt_tokens=limit,
            input=draw(usd),
            write_5m=draw(usd),
            write_1h=draw(usd),
            read=draw(usd),
            output=draw(usd),
        )
        for limit in (*limits, None)
    ]
    return Prices(tiers, draw(st.sampled_from([Decimal(1), Decimal("0.5")])))


@st.composite
def usages(draw: st.DrawFn, *, caches: bool = True) -> Usage:
    """Draw the tokens of a call, with cache writes or without."""
    return Usage(
        input_tokens=draw(counts),
        cache_creation_5m_tokens=draw(counts) if caches else 0,
        cache_creation_1h_tokens=draw(counts) if caches else 0,
        cache_read_tokens=draw(counts),
        output_tokens=draw(counts),
    )


def prices_of(model: str, at: datetime = NOW) -> Prices:
    """Return a price of the table that ships."""
    return PriceTable.load(None).prices_of(model, at)


def test_the_table_ships_in_the_package() -> None:
    """All models of the research are in it, each with where its price is from."""
    rows = bundled_rows()
    assert {row.model for row in rows} == set(BY_HAND)
    assert all(row.source and row.checked_on >= row.effective_from for row in rows)


@pytest.mark.parametrize("model", BY_HAND)
def test_a_thousand_tokens_of_each_class_cost_what_the_table_says(model: str) -> None:
    """Short of any step: each column times a thousand, by hand."""
    names = ("input", "cache_creation_5m", "cache_creation_1h", "cache_read", "output")
    for name, price in zip(names, BY_HAND[model].split(), strict=True):
        usage = Usage.model_validate({f"{name}_tokens": 1_000})
        assert prices_of(model).cost(usage) == Decimal(price) / 1_000
        assert prices_of(model).cost(usage, is_batch=True) == Decimal(price) / 2_000


@pytest.mark.parametrize(
    ("usage", "cost"),
    [
        (Usage(input_tokens=100_000, output_tokens=1_000), "0.0105"),
        (Usage(input_tokens=100_001, output_tokens=1_000), "0.0525005"),
        (Usage(input_tokens=1, cache_creation_5m_tokens=50_000, cache_read_tokens=50_000), None),
    ],
)
def test_a_long_prompt_makes_every_token_dearer(usage: Usage, cost: str | None) -> None:
    """Haiku 5.5 above 100 000 tokens of prompt, cached or not: five times, output too."""
    # 1 x 0.50 + 50 000 x 0.625 + 50 000 x 0.05 millionths
    assert prices_of(HAIKU).cost(usage) == Decimal(cost or "0.0337505")


def test_the_answer_does_not_decide_the_tier() -> None:
    """Only the prompt does."""
    usage = Usage(input_tokens=1, output_tokens=200_000)
    assert prices_of(HAIKU).cost(usage) == Decimal("0.1000001")


@pytest.mark.parametrize(
    ("at", "cost"),
    [
        (datetime(2026, 10, 6, 23, 59, 59, tzinfo=UTC), "0.2"),
        (datetime(2026, 10, 7, tzinfo=UTC), "0.1"),
        (datetime(2026, 10, 7, 1, tzinfo=timezone(timedelta(hours=2))), "0.2"),
    ],
)
def test_a_price_changes_on_its_day_in_utc(at: datetime, cost: str) -> None:
    """Reads of Sonnet 5.5 cost half since 2026-10-07, wherever the clock hangs."""
    usage = Usage(cache_read_tokens=MILLION)
    assert prices_of(SONNET, at).cost(usage) == Decimal(cost)


def test_a_dated_id_costs_what_the_undated_one_does() -> None:
    """Answers name the dated one."""
    table = PriceTable.load(None)
    assert table.knows("claude-haiku-4-5-20251001")
    dated = table.prices_of("claude-haiku-4-5-20251001", NOW)
    assert dated == table.prices_of("claude-haiku-4-5", NOW)


@pytest.mark.parametrize("model", ["claude-none", "claude-haiku-5-5-mini", "20251001", ""])
def test_an_unknown_model_is_refused(model: str) -> None:
    """It is never free; the sentence names it and where a price can be given."""
    table = PriceTable.load(None)
    assert not table.knows(model)
    with pytest.raises(ConfigurationError) as caught:
        table.prices_of(model, NOW)
    assert repr(model) in caught.value.message
    assert "FOOTNOTED_PRICES_FILE" in caught.value.message


def test_a_misspelt_model_is_told_its_neighbour() -> None:
    """The nearest one that has a price."""
    with pytest.raises(ConfigurationError, match=r"did you mean claude-haiku-5-5\?"):
        prices_of("claude-haiku-55")


def test_a_price_does_not_hold_before_its_day() -> None:
    """Nothing is known of the days before a model's first row."""
    assert PriceTable.load(None).knows(HAIKU)
    with pytest.raises(ConfigurationError, match="before 2026-10-07; FOOTNOTED_PRICES_FILE"):
        prices_of(HAIKU, datetime(2026, 10, 6, 23, tzinfo=UTC))


def test_a_fraction_of_a_billionth_is_rounded_up() -> None:
    """Half of 0.01 millionth is 5 billionths; half of 0.0005 millionth is one, not none."""
    zero = dict.fromkeys(("write_5m", "write_1h", "read", "output"), "0")
    tier = Tier.model_validate({"input": "0.0005", **zero})
    prices = Prices([tier], Decimal("0.5"))
    assert prices.cost(Usage(input_tokens=1), is_batch=True) == Decimal("1E-9")
    reading = prices_of(HAIKU).cost(Usage(cache_read_tokens=1), is_batch=True)
    assert reading == Decimal("5E-9")


def test_only_what_costs_nothing_at_all_is_free() -> None:
    """One price of one class in one tier is enough to be paid."""
    zero = dict.fromkeys(("input", "write_5m", "write_1h", "read", "output"), Decimal(0))
    free, paid = Tier(**zero), Tier(**{**zero, "read": Decimal("0.01")})
    short = free.model_copy(update={"max_prompt_tokens": 10})
    assert Prices([short, free], Decimal(1)).is_free
    assert not Prices([short, paid], Decimal(1)).is_free
    assert not prices_of(HAIKU).is_free


@pytest.mark.parametrize(
    ("prompt_tokens", "caches", "cost"),
    [
        (1_000, False, "0.00015"),  # 1 000 x 0.10 + 100 x 0.50 millionths
        (1_000, True, "0.00025"),  # 1 000 x 0.20: an hour's cache write is the dearest
        (100_000, False, "0.01005"),
        (100_001, False, "0.0502505"),  # 100 001 x 0.50 + 100 x 2.50
    ],
)
def test_a_worst_case_is_no_dearer_than_the_dearest_call(
    *, prompt_tokens: int, caches: bool, cost: str
) -> None:
    """All of the prompt at its dearest class, all of the answer; half of it in a batch."""
    prices = prices_of(HAIKU)
    assert prices.worst_case(prompt_tokens, 100, caches=caches) == Decimal(cost)
    half = prices.worst_case(prompt_tokens, 100, caches=caches, is_batch=True)
    assert half == Decimal(cost) / 2


def test_the_worst_case_of_a_long_prompt_may_be_a_short_one() -> None:
    """Where a longer prompt is cheaper, a bound of 20 tokens may turn out as 10 dear ones."""
    zero = dict.fromkeys(("write_5m", "write_1h", "read", "output"), Decimal(0))
    dear = Tier(max_prompt_tokens=10, input=Decimal(MILLION), **zero)
    cheap = Tier(max_prompt_tokens=None, input=Decimal(1), **zero)
    assert Prices([dear, cheap], Decimal(1)).worst_case(20, 0) == Decimal(10)


@given(prices=tiers_of_any_kind(), usage=usages(), is_batch=flags, slack=counts)
def test_no_call_costs_more_than_its_worst_case(
    *, prices: Prices, usage: Usage, is_batch: bool, slack: int
) -> None:
    """Whatever the tiers, and however far below its bounds a call stays."""
    cost = prices.cost(usage, is_batch=is_batch)
    bound = (usage.prompt_tokens + slack, usage.output_tokens + slack)
    assert cost <= prices.worst_case(*bound, is_batch=is_batch, caches=True)


@given(prices=tiers_of_any_kind(), usage=usages(caches=False), slack=counts)
def test_a_call_that_writes_no_cache_is_bounded_without(
    prices: Prices, usage: Usage, slack: int
) -> None:
    """The price of writes is no part of its worst case."""
    worst = prices.worst_case(usage.prompt_tokens + slack, usage.output_tokens)
    assert prices.cost(usage) <= worst
    assert worst <= prices.worst_case(usage.prompt_tokens + slack, usage.output_tokens, caches=True)


@given(prices=tiers_of_any_kind(), usage=usages(), is_batch=flags)
def test_a_cost_is_exact_to_the_last_of_nine_decimals(
    *, prices: Prices, usage: Usage, is_batch: bool
) -> None:
    """Less than a billionth above the fraction that integers give, and never below it."""
    tier = next(t for t in prices.tiers if t.holds(usage.prompt_tokens))
    numerator = sum(
        count * int(price.scaleb(4))
        for count, price in zip(_counts(usage), tier.prices, strict=True)
    )
    factor = int(prices.batch_factor * 2) if is_batch else 2
    billionths = -(-numerator * factor // (2 * 10))  # 4 + 6 decimals down to 9, rounded up
    cost = prices.cost(usage, is_batch=is_batch)
    assert cost == Decimal(billionths).scaleb(-9)
    assert -int(cost.as_tuple().exponent) <= 9


@given(prices=tiers_of_any_kind(), count=st.integers(-100, -1))
def test_a_cost_is_never_negative(prices: Prices, count: int) -> None:
    """A count below zero, which no provider should send, takes nothing off the rest."""
    broken = Usage(input_tokens=5, cache_read_tokens=count, output_tokens=count)
    assert prices.cost(broken) == prices.cost(Usage(input_tokens=5))


def _counts(usage: TokenUsage) -> tuple[int, ...]:
    created = (usage.cache_creation_5m_tokens, usage.cache_creation_1h_tokens)
    return (usage.input_tokens, *created, usage.cache_read_tokens, usage.output_tokens)


def test_a_file_is_not_needed(tmp_path: Path) -> None:
    """Without one the table is what ships; an empty list of prices adds nothing."""
    path = tmp_path / "prices.toml"
    path.write_text("prices = []", encoding="utf-8")
    mine = PriceTable.load(path)
    for model in BY_HAND:
        assert mine.prices_of(model, NOW) == prices_of(model)


def test_every_known_model_has_a_price_but_those_that_the_table_names() -> None:
    """A model that is refused for lack of a price is so on purpose, and the table says why."""
    package = files("footnoted")
    table = (package / "ledger" / "prices.toml").read_text(encoding="utf-8")
    known = tomllib.loads((package / "llm" / "models.toml").read_text(encoding="utf-8"))
    names = {name for row in known["models"] for name in row["names"]}
    prices = PriceTable.load(None)
    refused = {name for name in names if not prices.knows(name)}
    assert refused == set(re.findall(r"^#   (claude-\S+)  ", table, re.MULTILINE))
