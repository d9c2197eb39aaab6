"""The journal's nouns: an entry per call, found again by the hash of its request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - dataclass fields are read at run time
from decimal import Decimal
from enum import StrEnum

from footnoted.ledger.batches.batch import REASKED


class CallState(StrEnum):
    """How far a call got; `unknown` is a sent call whose answer never came."""

    RESERVED = "reserved"
    SENT = "sent"
    ANSWERED = "answered"
    RELEASED = "released"
    UNKNOWN = "unknown"


class Flaw(StrEnum):
    """Why an answer that was paid for can't be used."""

    TRUNCATED = "truncated"
    REFUSED = "refused"
    INVALID = "invalid"


PURGED = "purged"
"""What an answer is marked with that was erased with its video."""

FREE = Decimal(0)

PREVIEW_LENGTH = 200
"""Characters of a prompt that every entry keeps, for people who look at what was asked."""


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
    prompt_preview: str | None = None
    prompt_text: str | None = None
    batch_id: int | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """A raw answer as it came, with what it cost (USD); `usage` is tokens by class.

    `unusable_code` is a Flaw that shows without reading the answer.
    """

    answer: str
    stop_reason: str | None
    usage: dict[str, int]
    cost_usd: Decimal
    provider_request_id: str | None
    body: str | None = None
    served_by: str | None = None
    unusable_code: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A journaled call as the gateway needs it to decide between replay and purchase.

    `lost` counts the generations of its request whose answers never came.
    """

    id: int
    request_sha256: str
    generation: int
    state: CallState
    usable: bool | None
    answer: str | None
    unusable_code: str | None = None
    deadline_at: datetime | None = None
    output_tokens: int = 0
    thinking_tokens: int = 0
    lost: int = 0
    batch_id: int | None = None
    fault_code: str | None = None

    @property
    def is_in_batch(self) -> bool:
        """Return whether it is in a batch that is gathered or out."""
        return self.batch_id is not None and self.state in (CallState.RESERVED, CallState.SENT)

    @property
    def failed_in_batch(self) -> bool:
        """Return whether a batch gave it back as a request that can't be answered as it is."""
        has_fault = self.fault_code is not None and self.fault_code not in REASKED
        return self.batch_id is not None and self.state is CallState.RELEASED and has_fault

    @property
    def is_answered(self) -> bool:
        """Return whether its answer is in the journal; one that was purged is not."""
        return self.state is CallState.ANSWERED and self.unusable_code != PURGED

    @property
    def is_spent(self) -> bool:
        """Return whether asking again is another purchase."""
        return self.state in (CallState.ANSWERED, CallState.UNKNOWN)
