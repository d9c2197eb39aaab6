"""One journaled call as a person reads it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

PREVIEW = 200
"""Characters of prompts and answers that are shown without being asked for."""


class CallLine(BaseModel):
    """A call: what it was for, how far it got, what it cost (USD), what was said.

    `usage` is tokens by class. `latency_s` is from when it was sent to its answer. `prompt` and
    `answer` are whole when they were asked for and kept, else their first characters; None when
    there is none. `is_captured` says that the whole prompt was kept.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    stage: str
    label: str
    generation: int
    model: str
    served_by: str | None
    state: str
    usable: bool | None
    unusable_code: str | None
    unusable_reason: str | None
    fault_code: str | None
    usage: dict[str, int]
    reserved_usd: Decimal
    cost_usd: Decimal | None
    reserved_at: datetime
    sent_at: datetime | None
    answered_at: datetime | None
    latency_s: float | None
    provider_request_id: str | None
    stop_reason: str | None
    is_captured: bool
    prompt: str | None
    answer: str | None
