"""Which outcomes a person hears of, as a table."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from footnoted.model.claim import Claim
from footnoted.model.outcome import Advanced, Failed, Lost, Outcome, Stopped, Waiting
from footnoted.model.status import ItemKind
from footnoted.pipeline.alerts.alert import (
    Alert,
    alert_of,
    call_cost_more,
    cost_cap_reached,
    ended_by,
    provider_stopped,
    spending_unknown,
)

NOW = datetime(2026, 3, 4, tzinfo=UTC)
VIDEO = Claim(ItemKind.VIDEO, 7, "techniques", "discovered", 1)
SOURCE = Claim(ItemKind.SOURCE, 3, "", "due", 1)
AWAY = Waiting(NOW, "source_unreachable", "/mnt/x: no such folder")


@pytest.mark.parametrize(
    ("claim", "outcome", "expected"),
    [
        (
            VIDEO,
            Stopped("quarantined", "kills_process", "it died"),
            Alert("kills_process", "video 7", "it died"),
        ),
        (SOURCE, AWAY, Alert("source_unreachable", "source 3", "/mnt/x: no such folder")),
        (VIDEO, AWAY, None),
        (SOURCE, Waiting(NOW, "backoff"), None),
        (VIDEO, Stopped("quarantined", "quality_wpm", "too fast"), None),
        (VIDEO, Failed("unexpected", "oops"), None),
        (VIDEO, Advanced("transcribed"), None),
        (VIDEO, Lost(), None),
    ],
)
def test_crashes_and_absent_sources_are_alerts(
    claim: Claim, outcome: Outcome, expected: Alert | None
) -> None:
    """A video whose file is away waits in status; only its source is worth an alert."""
    assert alert_of(claim, outcome) == expected


def test_a_look_that_succeeds_ends_the_alert_of_its_source() -> None:
    """Videos end none: theirs ends when somebody handles it."""
    assert ended_by(SOURCE, Advanced("followed")) == ("source_unreachable", "source_failed")
    assert ended_by(SOURCE, AWAY) == ()
    assert ended_by(VIDEO, Advanced("transcribed")) == ()


def test_alerts_about_money_are_one_each_however_many_calls_wait() -> None:
    """What they concern does not change from call to call, and money is never in exponents."""
    tiny = Decimal("0.000000001")
    assert [
        provider_stopped("authentication", "the key is not valid"),
        cost_cap_reached("day", "2026-03-04", Decimal("1.50")),
        call_cost_more(7, tiny, Decimal(2)),
        spending_unknown(1, tiny),
        spending_unknown(3, Decimal("0.75")),
    ] == [
        Alert(
            "provider_stopped",
            "model provider",
            "no paid call is made (authentication): the key is not valid",
        ),
        Alert(
            "cost_cap_reached",
            "day 2026-03-04",
            "the cap of $1.50 leaves no room for the next call; work that needs one waits",
        ),
        Alert(
            "call_cost_more",
            "model prices",
            "call 7 cost $2 and $0.000000001 was reserved for it: the prices or limits that"
            " reservations are made from are not those of the provider",
        ),
        Alert(
            "spending_unknown",
            "lost answers",
            "1 call may have been billed and its answer was lost; $0.000000001 stays held in the"
            " budgets until you compare with the provider's own books",
        ),
        Alert(
            "spending_unknown",
            "lost answers",
            "3 calls may have been billed and their answers were lost; $0.75 stays held in the"
            " budgets until you compare with the provider's own books",
        ),
    ]
