"""What tokens of embedded texts cost, exactly and never too little."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from footnoted.errors import ConfigurationError
from footnoted.ledger.embedding_prices import EmbeddingPrices, EmbeddingPriceTable, most_tokens

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 21, tzinfo=UTC)
OWN = """
[[embedding]]
model = "mine"
effective_from = 2026-01-01
million = 0
source = "my own machine"
checked_on = 2026-11-21
"""


def test_a_cost_is_rounded_up_to_a_billionth() -> None:
    """A third of a billionth is a whole one; less than nothing is nothing."""
    prices = EmbeddingPrices(Decimal("0.0205"))
    assert prices.cost(1_000_000) == Decimal("0.020500000")
    assert prices.cost(1) == Decimal("0.000000021")
    assert prices.cost(-5) == 0


def test_the_worst_case_is_a_token_for_every_byte_and_then_some() -> None:
    """A byte-level tokenizer makes no more tokens than that, and marks begin and end a text."""
    assert most_tokens(["ab", "ü"]) == 2 + 2 + 2 * 64
    prices = EmbeddingPrices(Decimal(1))
    assert prices.worst_case(["ab"]) == Decimal("0.000066000")


def test_usual_models_have_a_price() -> None:
    """Those that are asked when nobody names one."""
    table = EmbeddingPriceTable.load(None)
    found = [table.prices_of(one, NOW).million for one in ("text-embedding-3-small", "voyage-4")]
    assert found == [Decimal("0.02"), Decimal("0.06")]


def test_a_file_adds_prices_and_a_missing_one_is_refused(tmp_path: Path) -> None:
    """0 for a server of one's own; what nobody priced is not asked."""
    path = tmp_path / "prices.toml"
    path.write_text(OWN, encoding="utf-8")
    table = EmbeddingPriceTable.load(path)
    assert table.prices_of("mine", NOW).cost(10**9) == 0
    with pytest.raises(ConfigurationError, match=r"embedding model 'mime' \(did you mean mine\?\)"):
        table.prices_of("mime", NOW)
