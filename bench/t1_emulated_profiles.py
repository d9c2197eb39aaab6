"""T1 over all four profiles through the emulator: the paid path, the real SDK, everything there is.

The same recordings as `t1_four_profiles`, but every question goes through the provider's API, where
the built-in model's methods answer what stands in the prompt. The emulator limits nothing and
answers at once: what is measured is what was published, not how fast.

    t1_emulated_profiles.py                                              quiet: 20 min
"""

from __future__ import annotations

from collections import Counter

from four_profiles import (
    NO_LIMITS,
    asking,
    everything,
    most_told,
    report_ends,
    report_truth,
    report_verify,
    taught,
    timed,
    told_by,
    under_all,
)
from paid import Paid, open_paid
from stand import DATA, finish, report

from bench.heard import PROFILES
from bench.published import audit

TIME_LIMIT_S = 3_600
LIMIT_S = 3_000.0
SETTINGS = {
    "FOOTNOTED_CONCURRENCY_MODEL": "8",
    "FOOTNOTED_DAILY_COST_CAP_USD": "1000",
    "FOOTNOTED_LEASE_S": "300",
}


def report_calls(paid: Paid) -> bool:
    """Print how many answers were bought, by stage, and that the journal has no others."""
    rows = paid.query(
        """SELECT stage, state, count(*) AS n FROM llm_calls GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2"""
    )
    states: Counter[str] = Counter()
    for row in rows:
        states[row["state"]] += row["n"]
    asked = ", ".join(f"{row['n']:,} {row['stage']}" for row in rows if row["state"] == "answered")
    billed = paid.emulator.totals()["calls"]
    apart = abs(billed - states["answered"]) + states.total() - states["answered"]
    holds = apart == 0 and billed > 0
    return report("T1.emulated.calls", str(apart), "calls_apart", "0", holds=holds, note=asked)


def main() -> list[bool]:
    """Drain, look at everything, and print the figures."""
    if not DATA.is_dir():
        for profile in PROFILES:
            print(f"T1.emulated.{profile} - - - SKIP (no ../shared/data)")
        return []
    with open_paid(
        logic="extractive", scale=1, default_limits=NO_LIMITS, stream_chunk_tokens=1_000
    ) as paid:
        paid.settings = {**SETTINGS, **taught(paid.folder)}
        paid.must("add", *under_all(), *map(str, everything()), timeout_s=1_200)
        with timed(f"everything drained under {len(PROFILES)} profiles"):
            first = paid.must("run", "--drain", codes=(0, 1), timeout_s=LIMIT_S)
        second = paid.must("run", "--drain", timeout_s=LIMIT_S)
        environment = paid.order()["environment"]
        ask = asking(paid.url)
        told = told_by(environment, most_told(ask))
        with timed("audit"):
            found = audit(ask, told)
        print(f"# drains ended with {first} and {second}")
        return [
            report_ends("T1.emulated", ask),
            report_calls(paid),
            report_verify("T1.emulated", environment),
            *report_truth("T1.emulated", found),
        ]


if __name__ == "__main__":
    finish(*main())
