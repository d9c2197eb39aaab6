"""R3: a day's cap under concurrency, random usage and kills, over many days.

A process asks question after question; its clock and the provider's run so fast that a UTC day
passes in DAY_S seconds, and the cap has room for a third of what this machine could buy in a day,
or less: some of a day goes in deaths and starts. It is killed at random moments and started again.
10,000 calls in all, 1, 4 and 16 at once. Judged by the provider's own books: what it billed on each
of its days, every one, is at most the cap. And the cap is used while work remains: the spend is at
least the cap less the largest reservation and what unknown calls hold. That is judged of each day
on which a question was refused for the cap in its last hours: on the others, the process was dead
or starting when the day ended, or the cap had room left for more than could be asked, and the note
says how many those were.

    r3_cap.py [--calls 10000] [--only 16]                                 quiet: 15 min
"""

from __future__ import annotations

import argparse
import json
import os
import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from paid import Paid, open_paid
from stand import finish, report

if TYPE_CHECKING:
    from collections.abc import Iterable

TIME_LIMIT_S = 3_000
SEED = 5
DAY_S = 8.0
SCALE = 86_400 / DAY_S
CONCURRENT = {1: 0.02, 4: 0.18, 16: 0.8}
"""Calls at once, and their share of all calls."""
LATENCY_S = (0.01, 0.05)
LATE = "21"
"""The hour from which a refusal shows that work was left, unless somebody died after it."""
FULL_DAYS = 4
"""On how many days at least the cap has to be in the way to the end."""
KILL_S = (3.0, 9.0)
TIMEOUT_S = 3 * SCALE
"""Emulated seconds: a lost call is unknown after three real ones."""
PACED_S, DAYS, LEAST_CALLS = 20.0, 12, 6
"""How long this machine is watched for what a day can do; how many days the calls are for at least,
and how many of them a cap has room for at least."""
MEAN_USD = Decimal("0.00025")


@dataclass
class Days:
    """What was billed, and what could have been, by UTC day of the provider."""

    cap: Decimal
    billed: dict[str, Decimal] = field(default_factory=dict)
    unknown: dict[str, Decimal] = field(default_factory=dict)
    largest: Decimal = Decimal(0)
    calls: int = 0
    killed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def worst_share(self) -> Decimal:
        """Return the dearest day, as a share of the cap."""
        return max(self.billed.values()) / self.cap

    def unused(self, day: str) -> Decimal:
        """Return how much of a day's cap was left beyond what is allowed; negative: none."""
        left = self.cap - self.billed.get(day, Decimal(0))
        return left - self.largest - self.unknown.get(day, Decimal(0))


def settings(cap: Decimal) -> dict[str, str]:
    """Return the settings."""
    return {
        "FOOTNOTED_DAILY_COST_CAP_USD": str(cap),
        "FOOTNOTED_LOG_LEVEL": "error",
    }


def emulation() -> dict[str, Any]:
    """Return limits that never matter and latencies of a few hundredths of a real second."""
    low, high = (s * SCALE for s in LATENCY_S)
    middle = (low + high) / 2
    return {
        "latency": {"base_s": middle, "jitter": (high - low) / 2 / middle},
        "default_limits": {"rpm": 10_000_000, "itpm": 2_000_000_000, "otpm": 2_000_000_000},
        "count_tokens_rpm": 10_000_000,
    }


def third_of_a_day(concurrent: int) -> int:
    """Return a third of the calls that a day has time for on this machine, as it is now."""
    with open_paid(logic="dice", scale=SCALE, **emulation()) as paid:
        paid.settings = settings(Decimal(1000))
        paid.must("migrate")
        paid.run_and_kill(PACED_S, "asks", asks=orders(paid, concurrent))
        times = sorted(row["accepted_s"] for row in paid.emulator.rows())
    assert len(times) > 1, "nothing could be asked"
    per_s = (len(times) - 1) / (times[-1] - times[0])
    return round(per_s * 86_400 / 3)


def orders(paid: Paid, concurrent: int) -> dict[str, Any]:
    """Return what asking.py is to do: ask for ever, what was lost lately first.

    What was answered long ago is left out: each start would read all of it again.
    """
    refusals = str(paid.folder / "refusals")
    answered = paid.value("SELECT count(*) FROM llm_calls WHERE state = 'answered'")
    first = max(0, answered - 4 * concurrent)
    numbers = {"first": first, "last": first + 1_000_000, "concurrent": concurrent}
    return {**numbers, "timeout_s": TIMEOUT_S, "refusals": refusals}


def spend(concurrent: int, calls: int, dice: random.Random) -> Days:
    """Return what was billed while `calls` calls were made."""
    room = max(LEAST_CALLS, min(third_of_a_day(concurrent), calls // DAYS))
    days = Days(cap=MEAN_USD * room)
    with open_paid(logic="dice", scale=SCALE, **emulation()) as paid:
        paid.settings = settings(days.cap)
        paid.must("migrate")
        while days.calls < calls:
            asks = orders(paid, concurrent)
            code = paid.run_and_kill(dice.uniform(*KILL_S), "asks", asks=asks)
            assert code is None, (code, paid.last_words())
            days.killed.append(datetime.fromtimestamp(paid.emulator.now_s(), UTC).isoformat())
            days.calls = paid.emulator.totals()["calls"]
        count(days, paid)
        days.refused = (paid.folder / "refusals").read_text().splitlines()
    return days


def count(days: Days, paid: Paid) -> None:
    """Note what both books say of each day."""
    billed: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in paid.emulator.rows():
        billed[row["accepted_at"][:10]] += Decimal(row["billed_usd"])
    days.billed = dict(billed)
    held: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in paid.query(
        """SELECT h.key, sum(h.amount_usd) AS usd FROM budget_holds h
           WHERE h.scope = 'day' GROUP BY 1"""
    ):
        held[row["key"]] += row["usd"]
    days.unknown = dict(held)
    days.largest = paid.value("SELECT max(reserved_usd) FROM llm_calls")
    journaled = paid.journaled_usd()
    total = sum(billed.values(), Decimal(0))
    outstanding = paid.value(
        """SELECT COALESCE(sum(reserved_usd), 0) FROM llm_calls
           WHERE state IN ('unknown', 'sent', 'reserved')"""
    )
    assert journaled <= total <= journaled + outstanding, (journaled, total, outstanding)
    answered = paid.value("SELECT count(*) FROM llm_calls WHERE state = 'answered'")
    assert answered > days.calls * 0.8, (answered, days.calls)


def full_days(days: Days) -> list[str]:
    """Return the days that passed as a whole, with work left that the cap was in the way of late.

    A day that ends while the program is dead, or starting again, says nothing of how caps are used,
    and neither does one that was refused for what was on its way when the program died.
    """
    known = sorted(days.billed)
    first, last = (datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (known[0], known[-1]))
    span = (last - first).days
    whole = [(first + timedelta(days=n)).date().isoformat() for n in range(1, span)]
    late = {at[:10] for at in days.refused if at[11:13] >= LATE}
    died = {at[:10] for at in days.killed if at[11:13] >= LATE}
    return [day for day in whole if day in late - died]


def main() -> Iterable[bool]:
    """Spend at each concurrency, and print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=int(os.environ.get("R3_CALLS", "10000")))
    parser.add_argument("--only", type=int, choices=CONCURRENT, help="calls at once")
    asked = parser.parse_args()
    dice = random.Random(SEED)
    for concurrent, share in CONCURRENT.items():
        if asked.only not in (None, concurrent):
            continue
        days = spend(concurrent, round(asked.calls * share), dice)
        full = full_days(days)
        assert len(full) >= FULL_DAYS, f"the cap was in the way to the end on {len(full)} days only"
        unused = max(days.unused(day) for day in full)
        shares = json.dumps({day[5:]: f"{days.billed.get(day, 0) / days.cap:.3f}" for day in full})
        print(
            f"# {concurrent} at once: {days.calls} calls, {len(days.killed)} kills,"
            f" share used {shares}"
        )
        worst = days.worst_share()
        note = f"{days.calls} calls, {len(days.killed)} kills, {len(days.billed)} days"
        name = f"R3.{concurrent}"
        yield report(name, f"{worst:.4f}", "billed_of_cap", "<=1", holds=worst <= 1, note=note)
        yield report(
            f"{name}.use",
            f"{unused / days.cap:.4f}",
            "of_cap_left_over",
            "<=0",
            holds=unused <= 0,
            note=f"{len(full)} of {len(days.billed)} days ended with the cap in the way; largest"
            f" reservation {days.largest / days.cap:.4f} of the cap",
        )


if __name__ == "__main__":
    finish(*main())
