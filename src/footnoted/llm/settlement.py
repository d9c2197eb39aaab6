"""What an answer comes to, live or from a batch: its cost, and the row that the journal keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.db.texts import storable
from footnoted.ledger.journal import FREE, Flaw, Settlement

if TYPE_CHECKING:
    from decimal import Decimal

    from footnoted.ledger.prices import Prices
    from footnoted.llm.port import RawAnswer

_FLAWS = {
    "max_tokens": Flaw.TRUNCATED,
    "model_context_window_exceeded": Flaw.TRUNCATED,
    "refusal": Flaw.REFUSED,
}
"""Stop reasons (Messages API) that make an answer useless without reading it."""


def cost_of(raw: RawAnswer, prices: Prices, *, is_batch: bool = False) -> Decimal:
    """Return what an answer cost (USD).

    A refusal before any output is not billed (Messages API, "Handling stop reasons").
    """
    if raw.stop_reason == "refusal" and not raw.text:
        return FREE
    return prices.cost(raw.usage, is_batch=is_batch)


def settlement_of(raw: RawAnswer, cost_usd: Decimal) -> Settlement:
    """Return what the journal keeps of an answer."""
    return Settlement(
        answer=storable(raw.text),
        stop_reason=raw.stop_reason,
        usage=raw.usage.model_dump(),
        cost_usd=cost_usd,
        provider_request_id=raw.provider_request_id,
        body=None if raw.body is None else storable(raw.body),
        served_by=raw.model,
        unusable_code=_FLAWS.get(raw.stop_reason or ""),
    )
