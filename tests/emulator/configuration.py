"""What a test may set: limits, spend, latency, cache, batches and answers. Unknown names fail."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Effort = Literal["low", "medium", "high", "xhigh", "max"]


class Part(BaseModel):
    """A piece of the configuration; closed to names it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Match(Part):
    """Which calls a rule is for; what is not given matches everything."""

    model: str | None = None
    system_contains: str | None = None
    prompt_contains: str | None = None
    header: dict[str, str] = {}
    custom_id_contains: str | None = None
    endpoint: Literal["messages", "count_tokens", "batches", "models"] | None = None
    stream: bool | None = None


class Limits(Part):
    """Per minute: requests, input tokens, output tokens."""

    rpm: int = 1_000
    itpm: int = 2_000_000
    otpm: int = 400_000


class Ramp(Part):
    """Tokens of the last minute may be `factor` times those before; below `floor` all may pass."""

    factor: float = 2.0
    floor_tokens: int = 10_000


class Spend(Part):
    """Caps in USD of the calendar month, and credit that is used up; None: no such cap."""

    tier_cap_usd: Decimal | None = None
    contract_cap_usd: Decimal | None = None
    own_limit_usd: Decimal | None = None
    workspace_limit_usd: Decimal | None = None
    credit_usd: Decimal | None = None


class Latency(Part):
    """Seconds to the first token and tokens per second after it; `None`: at once."""

    base_s: float = 0.0
    per_uncached_token_s: float = 0.0
    per_cached_token_s: float = 0.0
    grammar_compile_s: float = 0.0
    tokens_per_s: float | None = None
    jitter: float = 0.0
    slowdown_per_call: float = 0.0


class Output(Part):
    """How long answers are. `median_tokens` None: as long as their text."""

    median_tokens: int | None = None
    sigma: float = 0.4
    array_items: int = 1
    thinking_factor: dict[Effort, float] = {
        "low": 0.0,
        "medium": 0.5,
        "high": 1.5,
        "xhigh": 2.5,
        "max": 4.0,
    }


class ScriptedAnswer(Part):
    """An answer as a test wrote it: a text, or data that is sent as JSON."""

    text: str | None = None
    data: Any = None
    output_tokens: int | None = None
    thinking_tokens: int | None = None
    stop_reason: str | None = None


class AnswerRule(Part):
    """Answers in turn to the calls that match; `nth` (from 1) picks single matching calls."""

    match: Match = Match()
    nth: tuple[int, ...] = ()
    answers: tuple[ScriptedAnswer, ...] = Field(min_length=1)


class BatchOutcome(Part):
    """What becomes of the batch items that match."""

    custom_id_contains: str
    outcome: Literal["succeeded", "errored", "expired"]


class Batches(Part):
    """How batches run. `duration_s` fixes what is else drawn around the median."""

    duration_s: float | None = None
    median_s: float = 600.0
    sigma: float = 0.6
    cancel_s: float = 60.0
    visible_after_s: float = 0.0
    cache_hit_probability: float = 0.6
    queue_limit: int = 200_000
    rpm: int = 1_000
    outcomes: tuple[BatchOutcome, ...] = ()


class Configuration(Part):
    """Everything a test may set; POST /__emu__/config replaces the parts it names."""

    seed: int = 0
    strict_fields: bool = True
    api_keys: tuple[str, ...] | None = None
    organization: str = "org-emulator"
    limits: dict[str, Limits] = {}
    default_limits: Limits = Limits()
    burst_s: float = 60.0
    count_tokens_rpm: int = 2_000
    ramp: Ramp | None = None
    spend: Spend = Spend()
    latency: Latency = Latency()
    output: Output = Output()
    cache_miss_probability: float = 0.0
    batches: Batches = Batches()
    answers: tuple[AnswerRule, ...] = ()
    stream_chunk_tokens: int = 8
    ping_every_s: float = 15.0
