"""What calls will cost, from what calls like them cost: a mean, and how sure it is.

Answers are as long as a line through the lengths of earlier ones (ordinary least squares of output
on prompt tokens, per stage and model) says; what they really cost is set against the price list,
so that caches, repairs and batches count as they did: on the average, and in how far single calls
were from it, as the one that fills a cache is. Sums of many calls are taken as normal: the 90th
percentile is 1.2816 standard deviations above the mean.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import stdev
from typing import TYPE_CHECKING, Protocol

from footnoted.llm.limits.classes import model_class
from footnoted.llm.port import Usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from footnoted.ledger.prices import PriceTable
    from footnoted.llm.limits.classes import Limits
    from footnoted.reprocess.purchases import ExpectedCall
    from footnoted.reprocess.store import PaidCall

P90 = 1.2816
"""Standard deviations from the mean of a normal distribution to its 90th percentile."""

_LEAST_HISTORY = 3
_USUAL_SHARE = 0.4
"""Of its greatest length that an answer takes, where none is known yet."""


class Ruler(Protocol):
    """What knows how many tokens a prompt has, and how many calls may be made in a minute."""

    def expected_input(self, model: str, prompt_bytes: int) -> int:
        """Return the tokens to expect of a prompt of that many bytes."""
        ...

    def limits_of(self, model: str) -> Limits:
        """Return what may pass of a model's class in a minute."""
        ...


@dataclass(frozen=True, slots=True)
class Money:
    """What some calls cost: tokens, mean (USD), and the variance of that.

    `loads` is how long the provider's limits make those of each class of models take (minutes).
    """

    calls: int = 0
    prompt_tokens: int = 0
    output_tokens: int = 0
    mean_usd: float = 0.0
    variance: float = 0.0
    loads: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def minutes(self) -> float:
        """Return how long they take at least: classes of models go side by side."""
        return max(self.loads.values(), default=0.0)

    def __add__(self, other: Money) -> Money:
        """Return what both cost together."""
        return Money(
            self.calls + other.calls,
            self.prompt_tokens + other.prompt_tokens,
            self.output_tokens + other.output_tokens,
            self.mean_usd + other.mean_usd,
            self.variance + other.variance,
            {
                name: self.loads.get(name, 0.0) + other.loads.get(name, 0.0)
                for name in self.loads.keys() | other.loads.keys()
            },
        )

    @property
    def p50_usd(self) -> Decimal:
        """Return what it will cost as likely as not."""
        return _usd(self.mean_usd)

    @property
    def p90_usd(self) -> Decimal:
        """Return what it will not exceed nine times out of ten."""
        return _usd(self.mean_usd + P90 * math.sqrt(self.variance))


@dataclass(frozen=True, slots=True)
class _Habit:
    """How long the answers of a stage are, and what they cost against the price list."""

    at_zero: float
    slope: float
    spread: float
    factor: float
    factor_spread: float


class Estimator:
    """Prices calls that were never made; `history` are paid calls of the past."""

    def __init__(
        self,
        prices: PriceTable,
        ruler: Ruler | None,
        history: Iterable[PaidCall],
        now: datetime,
        *,
        in_batches: bool = False,
    ) -> None:
        """Learn from the past; without a ruler no call can be priced, and none is paid for.

        `in_batches` prices calls as those of batches, whatever the earlier ones were.
        """
        self._prices, self._now = prices, now
        self._ruler, self._in_batches = ruler, in_batches
        by_stage: defaultdict[tuple[str, str], list[PaidCall]] = defaultdict(list)
        for call in history:
            by_stage[call.stage, call.model].append(call)
        self._habits = {key: self._habit(key[1], calls) for key, calls in by_stage.items()}

    def money_of(self, calls: Sequence[ExpectedCall]) -> Money:
        """Return what these calls will cost together. Raises ConfigurationError for no price."""
        return sum((self._one(call) for call in calls), Money())

    def _one(self, call: ExpectedCall) -> Money:
        if self._ruler is None:
            raise RuntimeError(call)  # what costs money has limits
        prompt = self._ruler.expected_input(call.model, call.prompt_bytes)
        habit = self._habits.get((call.stage, call.model))
        if habit is None:
            output = call.max_tokens_out * _USUAL_SHARE
            habit = _Habit(0.0, 0.0, call.max_tokens_out * (1 - _USUAL_SHARE) / P90, 1.0, 0.0)
        else:
            output = habit.at_zero + habit.slope * prompt
        output = min(max(output, 1.0), float(call.max_tokens_out))
        listed = self._price_now(call.model, prompt, round(output))
        mean = listed * habit.factor
        dearer = self._price_now(call.model, prompt, round(output + habit.spread)) * habit.factor
        return Money(
            1,
            prompt,
            round(output),
            mean,
            (dearer - mean) ** 2 + (listed * habit.factor_spread) ** 2,
            {
                model_class(call.model): _minutes(
                    prompt, round(output), self._ruler.limits_of(call.model)
                )
            },
        )

    def _habit(self, model: str, calls: Sequence[PaidCall]) -> _Habit | None:
        usable = [call for call in calls if call.usable]
        if len(usable) < _LEAST_HISTORY:
            return None
        at_zero, slope, spread = _line(
            [call.prompt_tokens for call in usable], [call.output_tokens for call in usable]
        )
        listed = [
            self._list_price(model, call.prompt_tokens, call.output_tokens, is_batch=call.is_batch)
            for call in usable
        ]
        pairs = zip(usable, listed, strict=True)
        ratios = [float(call.cost_usd) / price for call, price in pairs if price]
        if len(ratios) < _LEAST_HISTORY:
            return _Habit(at_zero, slope, spread, 1.0, 0.0)
        paid = float(sum(call.cost_usd for call in calls))
        return _Habit(at_zero, slope, spread, paid / sum(listed), stdev(ratios))

    def _price_now(self, model: str, prompt_tokens: int, output_tokens: int) -> float:
        return self._list_price(model, prompt_tokens, output_tokens, is_batch=self._in_batches)

    def _list_price(
        self, model: str, prompt_tokens: int, output_tokens: int, *, is_batch: bool
    ) -> float:
        usage = Usage(input_tokens=prompt_tokens, output_tokens=output_tokens)
        return float(self._prices.prices_of(model, self._now).cost(usage, is_batch=is_batch))


def _minutes(prompt_tokens: int, output_tokens: int, limits: Limits) -> float:
    """Return the share of a minute's allowance that a call takes, of whichever is scarcest."""
    return max(
        1 / limits.requests,
        prompt_tokens / limits.input_tokens,
        output_tokens / limits.output_tokens,
    )


def _line(xs: Sequence[float], ys: Sequence[float]) -> tuple[float, float, float]:
    """Return intercept, slope and residual standard deviation of the least-squares line."""
    count, mean_x, mean_y = len(xs), sum(xs) / len(xs), sum(ys) / len(ys)
    square = sum((x - mean_x) ** 2 for x in xs)
    product = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    slope = product / square if square else 0.0
    rest = sum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in zip(xs, ys, strict=True))
    return mean_y - slope * mean_x, slope, math.sqrt(rest / max(1, count - 2))


def _usd(amount: float) -> Decimal:
    return Decimal(amount).quantize(Decimal("1E-6"))
