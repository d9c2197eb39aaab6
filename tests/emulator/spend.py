"""Caps on money: refuses a call when what was billed has reached a cap."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.emulator.errors import Refusal, RefusedError

if TYPE_CHECKING:
    from decimal import Decimal

    from tests.emulator.configuration import Spend
    from tests.emulator.ledger import Ledger


def _month_start_s(now_s: float) -> float:
    now = datetime.fromtimestamp(now_s, UTC)
    return datetime(now.year, now.month, 1, tzinfo=UTC).timestamp()


def _regained(now_s: float) -> str:
    now = datetime.fromtimestamp(now_s, UTC)
    year, month = (now.year + 1, 1) if now.month == 12 else (now.year, now.month + 1)
    return f"You will regain access on {year}-{month:02d}-01 at 00:00 UTC."


def _reached(cap: Decimal | None, spent: Decimal) -> bool:
    return cap is not None and spent >= cap


def hold_spend(caps: Spend, ledger: Ledger, now_s: float) -> None:
    """Let the call pass, or raise RefusedError: 402, 400, or 429 without a retry-after."""
    if all(cap is None for _, cap in caps):
        return  # summing the books for nothing would slow every call
    month = ledger.billed_usd(_month_start_s(now_s))
    until = _regained(now_s)
    if _reached(caps.credit_usd, ledger.billed_usd()):
        message = "Your credit balance is too low to access the API. Please add credits."
        raise RefusedError(Refusal(402, message, should_retry=False))
    if _reached(caps.own_limit_usd, month):
        message = f"You have reached your specified API usage limits. {until}"
        raise RefusedError(Refusal(400, message))
    if _reached(caps.workspace_limit_usd, month):
        message = f"You have reached your specified workspace API usage limits. {until}"
        raise RefusedError(Refusal(400, message))
    for cap, code in (
        (caps.tier_cap_usd, "enforced_spend_limit_reached"),
        (caps.contract_cap_usd, "contract_spend_limit_reached"),
    ):
        if _reached(cap, month):
            message = f"Your organization has reached its monthly spend limit. {until}"
            raise RefusedError(Refusal(429, message, code, should_retry=False))
