"""The installed program with a key: the emulator's ledger is the witness of what was bought."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.emulator import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.acceptance.program import Home
    from tests.emulator.running import Emulator

CAP = "0.003"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """Return a provider that answers a hundred times as fast as a real one."""
    with running.started("--seed", "7", "--clock", "real", "--scale", "100") as started:
        yield started


def with_key(emulator: Emulator) -> dict[str, str]:
    """Return the settings of a library that pays."""
    return {
        "FOOTNOTED_ANTHROPIC_API_KEY": "sk-test-1",
        "FOOTNOTED_ANTHROPIC_BASE_URL": emulator.base_url,
        "FOOTNOTED_FILE_SETTLE_S": "0",
        "FOOTNOTED_POLL_INTERVAL_S": "1",
        "FOOTNOTED_DRAIN_WAIT_S": "0",
    }


def spent(home: Home) -> Decimal:
    """Return what `footnoted costs` says was spent."""
    return Decimal(home.ask("costs")["total"]["spent_usd"])


def test_books_equal_those_of_the_provider_and_nothing_is_bought_twice(
    new_home: Home, emulator: Emulator
) -> None:
    """To the last digit; and a second drain has nothing to buy."""
    settings = with_key(emulator)
    new_home.run("add", str(new_home.project_root / "samples"), **settings)
    assert new_home.run("run", "--drain", **settings).returncode == 1  # one sample is quarantined
    bought = emulator.totals()
    assert new_home.run("run", "--drain", **settings).returncode == 0
    assert bought["calls"] > 20
    assert emulator.totals() == bought
    assert bought["bought_more_than_once"] == 0
    assert spent(new_home) == Decimal(bought["billed_usd"])


def test_a_cap_is_never_exceeded_and_what_waits_for_it_says_so(
    new_home: Home, emulator: Emulator
) -> None:
    """The work that fits is done; the rest waits for money, and each drain says: try later."""
    settings = with_key(emulator) | {"FOOTNOTED_DAILY_COST_CAP_USD": CAP}
    new_home.run("add", str(new_home.project_root / "samples"), **settings)
    drains = [new_home.run("run", "--drain", **settings).returncode for _ in range(2)]
    status = new_home.ask("status")
    assert drains == [75, 75]
    reasons = {line["reason"] for line in status["waiting"]}
    billed = Decimal(emulator.totals()["billed_usd"])
    assert Decimal(0) < billed <= Decimal(CAP)
    assert "budget" in reasons
    assert "cost_cap_reached" in {alert["code"] for alert in status["alerts"]}
    assert {line["status"] for line in status["videos"]} & {"failed"} == set()


def test_the_cap_of_a_run_ends_it(new_home: Home, emulator: Emulator) -> None:
    """Exit code 75, and the next run goes on from there."""
    settings = with_key(emulator)
    new_home.run("add", str(new_home.project_root / "samples"), **settings)
    ended = new_home.run("run", "--drain", "--max-usd", CAP, **settings)
    billed = Decimal(emulator.totals()["billed_usd"])
    rest = new_home.run("run", "--drain", **settings)
    assert (ended.returncode, 0 < billed <= Decimal(CAP)) == (75, True)
    assert rest.returncode == 0
    assert emulator.totals()["bought_more_than_once"] == 0
