"""One batch of calls as a person reads it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from footnoted.ledger.batches.batch import BatchState


class BatchLine(BaseModel):
    """A batch: how far it got, what became of its calls, what they hold and cost (USD).

    Of its `calls`, `unanswered` are out or about to be, `answered` came back, and `lost` may have
    been billed and have no answer; the rest came back free of charge and was asked again elsewhere.
    `items` counts the videos and page groups that wait for it. `provider_id` is None until the
    provider's name for it was heard; it ends by `deadline_at`.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    state: BatchState
    provider: str
    provider_id: str | None
    calls: int
    unanswered: int
    answered: int
    lost: int
    items: int
    held_usd: Decimal
    cost_usd: Decimal
    fault_code: str | None
    opened_at: datetime
    sent_at: datetime | None
    deadline_at: datetime | None
    ended_at: datetime | None

    @property
    def is_over(self) -> bool:
        """Return whether nothing more comes of it."""
        return self.state in (BatchState.ENDED, BatchState.RELEASED)
