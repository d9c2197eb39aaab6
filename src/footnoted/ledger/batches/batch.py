"""The nouns of batches: how far one got, the calls in it, and what they are told apart by.

    gathering -> intent -> sent -> ended        released: provably never made

`intent` is committed before the provider hears of the batch, with every call of it counted as sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal  # noqa: TC003 - dataclass fields are read by tools
from enum import StrEnum

LONGEST = timedelta(hours=25)
"""When a batch is overdue: the provider ends every one within 24 hours, and clocks differ."""

EXPIRED = "batch_expired"
CANCELED = "batch_canceled"
NOT_MADE = "batch_not_made"
REASKED = frozenset({EXPIRED, CANCELED, NOT_MADE})
"""Fault codes of calls that came back unanswered through no fault of theirs."""

_HASH_CHARS = 48


class BatchState(StrEnum):
    """How far a batch got."""

    GATHERING = "gathering"
    INTENT = "intent"
    SENT = "sent"
    ENDED = "ended"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch that is out, or may be. `provider_id` is None until its name was heard.

    `newest_before` is the newest batch that the provider had before it.
    """

    id: int
    state: BatchState
    requests: int
    newest_before: str | None
    provider_id: str | None
    intent_at: datetime
    deadline_at: datetime


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call of a batch whose result is not in yet, with what is held for it (USD)."""

    id: int
    request_sha256: str
    generation: int
    model: str
    reserved_usd: Decimal

    @property
    def custom_id(self) -> str:
        """Return the name of the call at the provider."""
        return custom_id_of(self.request_sha256, self.generation)


@dataclass(frozen=True, slots=True)
class Intent:
    """What is written down before a batch is made: its calls, and the newest batch before it."""

    batch_id: int
    call_ids: tuple[int, ...]
    newest_before: str | None


@dataclass(frozen=True, slots=True)
class Made:
    """What the provider said when it made a batch: its name, and when it ends at the latest."""

    provider_id: str
    expires_at: datetime | None


def custom_id_of(request_sha256: str, generation: int) -> str:
    """Return what a call is called in a batch: the same for the same call, at most 64 characters.

    192 bits of the hash tell requests apart; the API takes letters, digits, `-` and `_`.
    """
    return f"{request_sha256[:_HASH_CHARS]}-{generation}"
