"""The estimate by which a backlog goes in batches."""

from __future__ import annotations

import pytest

from footnoted.ledger.batches.backlog import Load, minutes_live

PER_MINUTE = Load(100, 10_000, 1_000)


@pytest.mark.parametrize(
    ("load", "minutes"),
    [
        (Load(10, 100, 10), 1.0),
        (Load(1, 5_000, 10), 5.0),
        (Load(1, 100, 800), 8.0),
    ],
)
def test_the_scarcest_of_the_three_limits_decides(load: Load, minutes: float) -> None:
    """Ten videos, by requests, by input, by output."""
    assert minutes_live(10, {"haiku": load}, {"haiku": PER_MINUTE}) == minutes


def test_the_slowest_class_of_models_decides() -> None:
    """Classes have limits of their own and work side by side."""
    loads = {"haiku": Load(10, 0, 0), "sonnet": Load(20, 0, 0)}
    assert minutes_live(10, loads, {"haiku": PER_MINUTE, "sonnet": PER_MINUTE}) == 2.0


def test_nothing_takes_no_time() -> None:
    """No class of models, and no video."""
    assert minutes_live(10, {}, {}) == 0.0
    assert minutes_live(0, {"haiku": PER_MINUTE}, {"haiku": PER_MINUTE}) == 0.0


def test_loads_of_models_that_share_limits_add_up() -> None:
    """As a stage and its fallback do."""
    assert Load(1, 2, 3) + Load(1, 1, 1) == Load(2, 3, 4)
