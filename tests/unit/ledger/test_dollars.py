"""How sentences say amounts of money."""

from __future__ import annotations

from decimal import Decimal

import pytest

from footnoted.ledger.dollars import dollars


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("0.000100000", "$0.0001"),
        ("1.5", "$1.50"),
        ("1.000000000", "$1"),
        ("100", "$100"),
        ("1E+2", "$100"),
        ("1E-9", "$0.000000001"),
        ("0", "$0"),
    ],
)
def test_an_amount_has_the_digits_it_needs(amount: str, said: str) -> None:
    """However PostgreSQL or a person wrote it: no zeros that say nothing, no exponent."""
    assert dollars(Decimal(amount)) == said
