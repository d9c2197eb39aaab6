"""Which models are asked, how, and what they may cost."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path  # noqa: TC003 - pydantic reads it
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator

from footnoted.settings.shapes import HTTP_URL, Part, Seconds, SecondsOrZero


class ModelSettings(Part):
    """Models by stage, their server, its key, caps of what they cost."""

    anthropic_api_key: SecretStr | None = Field(
        default=None,
        description="Key of the Anthropic API; ANTHROPIC_API_KEY is read too. Unset: no paid call.",
    )
    anthropic_base_url: str | None = Field(
        default=None,
        pattern=HTTP_URL,
        description="Server that speaks the Messages API, without `/v1`; unset: Anthropic's own.",
    )
    anthropic_lacks: str = Field(
        default="",
        description="What that server can't do, by commas: structured_output, count_tokens,"
        " prompt_cache, effort, batches.",
    )
    model: str = Field(
        default="auto",
        description="Model of all stages, with fallbacks after `>`. auto: claude-haiku-5-5 with a"
        " key, else extractive.",
    )
    stage_models: str = Field(
        default="",
        description="Models of single stages: compose=claude-sonnet-5-5>claude-haiku-5-5,...",
    )
    stage_effort: str = Field(
        default="",
        description="Effort of single stages (low, medium, high): compose=medium,... Else low.",
    )
    output_language: str = Field(
        default="",
        description="Language that pages, titles and summaries are written in: en, or stocks=de,..."
        " Unset: the one spoken. A source's own goes before it.",
    )
    stance_alerts: str = Field(
        default="",
        description="Changes of a stance that are alerts, by commas: new, flip, escalation,"
        " silence. Unset: none is.",
    )
    prices_file: Path | None = Field(
        default=None, description="TOML file of prices for models that are unlisted or local."
    )
    daily_cost_cap_usd: Decimal = Field(
        default=Decimal(1), ge=0, le=1_000_000, description="Most that a UTC day may cost (USD)."
    )
    monthly_cost_cap_usd: Decimal | None = Field(
        default=None, ge=0, le=1_000_000, description="Most that a UTC month may cost (USD)."
    )
    source_daily_cost_cap_usd: Decimal | None = Field(
        default=None,
        ge=0,
        le=1_000_000,
        description="Most that the videos of one source may cost in a UTC day (USD).",
    )
    call_timeout_s: Annotated[float, Field(gt=0, le=1_100)] = Field(
        default=600.0, description="Longest time a model may answer; a stage has 1200."
    )
    llm_mode: Literal["live", "batch", "auto"] = Field(
        default="live",
        description="Batches cost half and take up to a day; auto: for a backlog of over an hour.",
    )
    batch_poll_s: Seconds = Field(default=60.0, description="Pause between looks at batches.")
    inter_video_sleep_s: SecondsOrZero = Field(
        default=0.0, description="Pause between two videos that called a paid model."
    )

    @field_validator("anthropic_api_key")
    @classmethod
    def _no_blank_key(cls, key: SecretStr | None) -> SecretStr | None:
        """Return None for a key of nothing but blanks: whoever empties it wants no paid call."""
        return key if key is not None and key.get_secret_value().strip() else None
