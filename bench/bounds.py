"""The least time and money a mix of calls can take, by the formulas of the notes on bounds.

    time    max(critical path, requests, input, output, concurrency), with the page wave
    money   the price of each distinct prefix once, of its repeats as cache reads, and of the output

Pure: calls in, numbers out. Times are emulated seconds, money USD.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MINUTE_S = 60.0
WAVES = ("segment", "extract", "classify")
PAGES = "compose"


@dataclass(frozen=True)
class Call:
    """One answered call: whose, of which stage, its tokens; `latency_s` is what those take.

    Calls of the same `prefix` begin with the same `prefix_tokens` tokens.
    """

    item: str
    stage: str
    uncached_tokens: int
    read_tokens: int
    output_tokens: int
    latency_s: float
    prefix: str = ""
    prefix_tokens: int = 0


@dataclass(frozen=True)
class Limits:
    """Per minute, with a bucket of one minute; `concurrent` calls may be out."""

    requests: int = 1_000
    input_tokens: int = 2_000_000
    output_tokens: int = 400_000
    concurrent: int = 128


def latency_s(latency: Mapping[str, Any], uncached: int, read: int, output: int) -> float:
    """Return how long a call takes at the latency model's mean."""
    first = latency["base_s"] + latency["per_uncached_token_s"] * uncached
    return first + latency["per_cached_token_s"] * read + output / latency["tokens_per_s"]


def time_bounds(calls: Sequence[Call], limits: Limits) -> dict[str, float]:
    """Return each lower bound of the makespan.

    Nothing ends before the last call has, and that is a page's: pages are written in a wave of
    their own, when the videos are done. The buckets are full once, at the beginning.
    """
    pages = [call for call in calls if call.stage == PAGES]
    last_s = min((call.latency_s for call in pages), default=0.0)
    wave_s = max(last_s, _streams_s(pages, limits))
    videos = [call for call in calls if call.stage != PAGES]
    uncached = sum(call.uncached_tokens for call in calls)
    output = sum(call.output_tokens for call in calls)
    return {
        "critical_path": _longest_chain_s(calls) + last_s,
        "requests": _drain_s(len(calls), limits.requests) + last_s,
        "input": _drain_s(uncached, limits.input_tokens) + last_s,
        "output": _drain_s(output, limits.output_tokens) + last_s,
        "concurrency": _streams_s(videos, limits) + wave_s,
    }


def _streams_s(calls: Iterable[Call], limits: Limits) -> float:
    return sum(call.latency_s for call in calls) / limits.concurrent


def _drain_s(amount: float, per_minute: int) -> float:
    return max(0.0, MINUTE_S * (amount - per_minute) / per_minute)


def _longest_chain_s(calls: Iterable[Call]) -> float:
    """Return the longest way of one video through its stages; the calls of a stage run together."""
    chains: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for call in calls:
        if call.stage in WAVES:
            stages = chains[call.item]
            stages[call.stage] = max(stages[call.stage], call.latency_s)
    return max((sum(stages.values()) for stages in chains.values()), default=0.0)


def cost_bound_usd(calls: Iterable[Call], prices: Mapping[str, float], beta: float = 1) -> float:
    """Return the least that the calls can cost, in whatever order they are made.

    `prices` are USD per token: `input`, `read`, `output`. Batches cost `beta` times as much.
    """
    seen: set[str] = set()
    usd = 0.0
    for call in calls:
        prompt = call.uncached_tokens + call.read_tokens
        shared = call.prefix_tokens if call.prefix in seen else 0
        seen.add(call.prefix)
        usd += (prompt - shared) * prices["input"] + shared * prices["read"]
        usd += call.output_tokens * prices["output"]
    return beta * usd
