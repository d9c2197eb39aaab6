"""What recordings would cost that nobody took yet, and how that is said."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from footnoted.cli.backlog_words import print_backlog
from footnoted.reprocess.services.backlog import BacklogCost, Offered, Tariff, backlog_cost
from footnoted.reprocess.services.rates import Rates

if TYPE_CHECKING:
    import pytest

HOUR_MS = 3_600_000
HEARD, SILENT = Offered(HOUR_MS, has_words=True), Offered(HOUR_MS // 2, has_words=False)


def hourly(calls: float, usd: float, spread_usd: float = 0.0) -> Rates:
    """Return rates by the hour; `spread_usd` is how far one recording of an hour is from that."""
    return Rates(calls / HOUR_MS, usd / HOUR_MS, spread_usd**2 / HOUR_MS, 0.0)


def cost(*offered: Offered, **changes: Any) -> BacklogCost:
    """Return what they cost where one profile follows that is paid and known."""
    usual: dict[str, Any] = {
        "profiles": ["talks"],
        "paid": {"talks"},
        "rates": {"talks": hourly(20, 0.05), "notes": hourly(2, 0.01)},
        "daily_cap_usd": Decimal(1),
    }
    return backlog_cost(offered, Tariff(**{**usual, **changes}))


def by_the_minute(length_ms: int) -> Decimal:
    """Return six tenths of a cent a minute."""
    return Decimal("0.006") * length_ms / 60_000


def said(capsys: pytest.CaptureFixture[str], found: BacklogCost) -> tuple[str, str]:
    """Return what is printed as a result and as a remark."""
    capsys.readouterr()
    print_backlog(found)
    told = capsys.readouterr()
    return told.out, told.err


def test_calls_and_dollars_are_summed_over_the_profiles(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each by its own rates; what one is far from its mean adds up as variances do."""
    rates = {"talks": hourly(20, 0.05, 0.03), "notes": hourly(2, 0.01, 0.04)}
    found = cost(HEARD, profiles=["talks", "notes", "free"], paid={"talks", "notes"}, rates=rates)
    assert [(one.calls, one.usd) for one in found.profiles] == [
        (20, Decimal("0.05")),
        (2, Decimal("0.01")),
        (0, Decimal(0)),
    ]
    assert (found.models.calls, found.models.usd) == (22, Decimal("0.06"))
    assert found.models.p90_usd == Decimal("0.124080")  # 0.06 and 1.2816 times 0.05
    told, _ = said(capsys, found)
    assert "talks about 20 for $0.0500 (p90 $0.0884), notes about 2 for $0.0100" in told
    assert "free $0 with free models, together about 22 for $0.0600 (p90 $0.1241)" in told


def test_a_profile_without_a_history_has_no_price_and_a_sum_with_it_has_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The cap of a day is what can be said."""
    found = cost(HEARD, rates={})
    told, _ = said(capsys, found)
    unknown = "unknown before three videos of talks are done (a day costs at most $1.0000)"
    assert f"model calls: {unknown}; speech recognition: none." in told
    both = cost(HEARD, profiles=["talks", "brain"], paid={"talks", "brain"})
    assert (both.profiles[0].usd, both.models.usd) == (Decimal("0.05"), None)


def test_models_that_are_free_cost_nothing_whatever_is_offered(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Without a history, and without a length."""
    found = cost(Offered(None, has_words=True), paid=())
    assert (found.models.usd, found.profiles[0].is_free) == (Decimal(0), True)
    told, remarks = said(capsys, found)
    assert "Backlog: 1 recording, 0.00 hours; model calls: $0, the models are free" in told
    assert "the length of 1 recording is not told there" in remarks


def test_what_no_length_is_told_of_has_no_price(capsys: pytest.CaptureFixture[str]) -> None:
    """It is left out where others have one, and where none has, nothing can be told."""
    nobody_knows = Offered(None, has_words=False)
    some = cost(HEARD, nobody_knows)
    assert (some.items, some.unknown_lengths, some.models.calls) == (2, 1, 20)
    none = cost(nobody_knows)
    assert "unknown where no length is told (a day costs at most $1.0000)" in said(capsys, none)[0]


def test_hearing_is_priced_for_what_has_no_words(capsys: pytest.CaptureFixture[str]) -> None:
    """Each recording by its length; where nothing hears there are minutes alone."""
    found = cost(HEARD, SILENT, SILENT, hearing=by_the_minute)
    assert (found.hours, found.speech_items) == (Decimal("2.00"), 2)
    assert (found.speech_minutes, found.speech_usd) == (Decimal("60.0"), Decimal("0.3600"))
    assert "speech recognition: up to 60.0 minutes, about $0.3600." in said(capsys, found)[0]
    deaf = cost(SILENT)
    assert deaf.speech_usd is None
    assert "up to 30.0 minutes, which nothing hears yet." in said(capsys, deaf)[0]
