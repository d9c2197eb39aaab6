"""What calls will cost, from what calls like them cost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from footnoted.ledger.prices import PriceTable
from footnoted.llm.limits.classes import Limits
from footnoted.reprocess.money import Estimator, Money
from footnoted.reprocess.purchases import ExpectedCall
from footnoted.reprocess.store import PaidCall
from tests.fakes.shop import MODELS, PRICES

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CALL = ExpectedCall("dear", "extract", "topic-0", prompt_bytes=400, max_tokens_out=1_000)


class Quarter:
    """A ruler by which four bytes are a token, and ten calls may be made in a minute."""

    def expected_input(self, model: str, prompt_bytes: int) -> int:
        """Return a quarter of the bytes."""
        del model
        return prompt_bytes // 4

    def limits_of(self, model: str) -> Limits:
        """Return ten calls a minute."""
        del model
        return Limits(10, 1_000_000, 1_000_000)


@pytest.fixture
def prices(tmp_path: Path) -> PriceTable:
    """Return prices of a dollar for each token of an answer."""
    path = tmp_path / "prices.toml"
    path.write_text("".join(PRICES.format(model=name) for name in MODELS), encoding="utf-8")
    return PriceTable.load(path)


def paid(prompt: int, output: int, cost: int | None = None, *, usable: bool = True) -> PaidCall:
    """Return an answered call of the past; it cost a dollar a token unless told otherwise."""
    cost_usd = Decimal(output if cost is None else cost)
    return PaidCall("extract", "dear", prompt, output, cost_usd, usable)


def test_answers_are_as_long_as_the_line_through_earlier_ones_says(prices: PriceTable) -> None:
    """Twice as long a prompt, twice as long an answer; without a doubt, p90 is p50."""
    history = [paid(50, 25), paid(100, 50), paid(200, 100)]
    money = Estimator(prices, Quarter(), history, NOW).money_of([CALL])
    assert (money.prompt_tokens, money.output_tokens) == (100, 50)
    assert money.p50_usd == money.p90_usd == Decimal(50)


def test_many_doubtful_calls_are_surer_together(prices: PriceTable) -> None:
    """The spread of a sum grows with the root of its length."""
    history = [paid(100, n) for n in (40, 50, 60)]
    estimator = Estimator(prices, Quarter(), history, NOW)
    one, hundred = estimator.money_of([CALL]), estimator.money_of([CALL] * 100)
    assert hundred.p50_usd == 100 * one.p50_usd == Decimal(5_000)
    beyond = [float(money.p90_usd - money.p50_usd) for money in (one, hundred)]
    assert beyond[1] == pytest.approx(10 * beyond[0])
    assert beyond[0] > 0


def test_what_repairs_and_caches_did_to_the_price_counts(prices: PriceTable) -> None:
    """An answer in three that could not be used is paid for too."""
    history = [paid(100, 50), paid(100, 50), paid(100, 50), paid(100, 75, usable=False)]
    money = Estimator(prices, Quarter(), history, NOW).money_of([CALL])
    assert money.p50_usd == Decimal(75)


def test_a_few_calls_may_be_those_that_fill_the_cache(prices: PriceTable) -> None:
    """What single calls cost beside the mean is no doubt about many, and a great one about few."""
    history = [paid(100, 50, 110), *[paid(100, 50, 20)] * 5]  # 35 on the average
    estimator = Estimator(prices, Quarter(), history, NOW)
    one, hundred = estimator.money_of([CALL]), estimator.money_of([CALL] * 100)
    assert one.p50_usd == Decimal(35)
    assert Decimal(70) < one.p90_usd < Decimal(100)
    assert hundred.p90_usd < Decimal("1.15") * hundred.p50_usd


def test_without_a_past_the_greatest_length_is_what_may_come(prices: PriceTable) -> None:
    """The middle is a share of it, and the 90th percentile all of it."""
    money = Estimator(prices, Quarter(), [paid(100, 50)], NOW).money_of([CALL])
    assert money.p50_usd == Decimal(400)
    assert float(money.p90_usd) == pytest.approx(1_000, rel=1e-3)


def test_limits_make_calls_take_time(prices: PriceTable) -> None:
    """Twenty calls at ten a minute are two minutes."""
    money = Estimator(prices, Quarter(), [], NOW).money_of([CALL] * 20)
    assert money.minutes == pytest.approx(2)


def test_classes_of_models_go_side_by_side(prices: PriceTable) -> None:
    """The longer one is what both take."""
    other = replace(CALL, model="other")
    money = Estimator(prices, Quarter(), [], NOW).money_of([CALL] * 20 + [other] * 30)
    assert money.minutes == pytest.approx(3)


def test_no_calls_cost_nothing(prices: PriceTable) -> None:
    """And need no ruler."""
    assert Estimator(prices, None, [], NOW).money_of([]) == Money()


@pytest.mark.parametrize(("was_batch", "in_batches", "usd"), [(0, 0, 50), (1, 0, 50), (0, 1, 25)])
def test_batches_are_half_the_price_whatever_the_past_was(
    prices: PriceTable, *, was_batch: int, in_batches: int, usd: int
) -> None:
    """An earlier call of a batch says as much of lengths as one that was made live."""
    cost = 25 if was_batch else 50
    history = [paid(100, 50, cost)._replace(is_batch=bool(was_batch))] * 3
    estimator = Estimator(prices, Quarter(), history, NOW, in_batches=bool(in_batches))
    assert estimator.money_of([CALL]).p50_usd == Decimal(usd)
