"""How long the calls of a plan take, live and in batches."""

from __future__ import annotations

from footnoted.model.status import ItemKind
from footnoted.reprocess.money import Money
from footnoted.reprocess.plan import Plan, PlanLine
from footnoted.reprocess.span import Span, batch_span, live_span


def line(profile: str, stage: str, calls: int) -> PlanLine:
    """Return a line with calls that take a minute each at the limits."""
    money = Money(calls, loads={"a class": float(calls)})
    return PlanLine(profile, stage, ItemKind.VIDEO, calls, 0, 0, money, Money(), is_exact=True)


PLAN = Plan(
    (),
    (
        line("techniques", "segment", 0),
        line("techniques", "extract", 8),
        line("techniques", "classify", 2),
        line("stocks", "mentions", 5),
    ),
    (),
)


def test_live_calls_take_what_the_limits_make_them_take() -> None:
    """At least; nobody knows how long at most."""
    assert live_span(PLAN) == Span(15.0)


def test_batches_are_waves_one_for_each_stage_that_asks() -> None:
    """Profiles go side by side; each wave takes what batches took, and a day at most."""
    assert batch_span(PLAN, 20.0) == Span(40.0, 2 * 1440.0, 2)
    assert batch_span(PLAN, None) == Span(120.0, 2 * 1440.0, 2)
    assert batch_span(Plan((), (), ()), 20.0) == Span(0.0, 0.0, 0)
