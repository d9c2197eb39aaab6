"""Amounts of money as sentences say them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal


def dollars(amount: Decimal) -> str:
    """Return an amount in full and with no more digits than it has; cents are two."""
    whole, _, part = f"{amount:f}".partition(".")
    cents = part.rstrip("0")
    return f"${whole}.{cents:0<2}" if cents else f"${whole}"
