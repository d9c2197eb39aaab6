"""The journal's nouns: an entry per call, found again by the hash of its request."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class CallState(StrEnum):
    """How far a call got; `unknown` is a sent call whose answer never came."""

    RESERVED = "reserved"
    SENT = "sent"
    ANSWERED = "answered"
    RELEASED = "released"
    UNKNOWN = "unknown"


FREE = Decimal(0)


@dataclass(frozen=True, slots=True)
class CallDraft:
    """A call about to be reserved: what it is about, and what it may cost at worst (USD)."""

    request_sha256: str
    generation: int
    item_kind: str
    item_id: int
    stage: str
    label: str
    model: str
    prompt_sha256: str
    reserved_usd: Decimal


@dataclass(frozen=True, slots=True)
class Settlement:
    """A raw answer as it came, with what it cost (USD); `usage` is tokens by class."""

    answer: str
    stop_reason: str | None
    usage: dict[str, int]
    cost_usd: Decimal
    provider_request_id: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A journaled call as the gateway needs it to decide between replay and purchase."""

    id: int
    request_sha256: str
    generation: int
    state: CallState
    usable: bool | None
    answer: str | None
