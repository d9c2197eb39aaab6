"""Minutes of speech cost what the rows say, by the second begun, and never too little."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from genai_prices.data import providers
from genai_prices.types import ModelPrice
from hypothesis import given
from hypothesis import strategies as st

from footnoted.errors import ConfigurationError
from footnoted.ledger.prices import PriceTable
from footnoted.ledger.speech_prices import SpeechPrices, SpeechPriceTable

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ROW = """
[[speech]]
model = "{model}"
effective_from = {day}
minute = "{minute}"
source = "mine"
checked_on = 2026-11-21
"""


@pytest.mark.parametrize(
    ("speech_ms", "cost"),
    [(0, "0"), (1, "0.0001"), (1_000, "0.0001"), (1_001, "0.0002"), (60_000, "0.006")],
)
def test_a_second_begun_is_a_second(speech_ms: int, cost: str) -> None:
    """At 0.6 cents a minute."""
    assert SpeechPrices(Decimal("0.006")).cost(speech_ms) == Decimal(cost)


def test_what_is_asked_besides_is_added() -> None:
    """Speakers and words to expect have prices of their own."""
    prices = SpeechPrices(Decimal("0.006"), Decimal("0.0012"), Decimal("0.0006"))
    assert prices.cost(60_000, speakers=True) == Decimal("0.0072")
    assert prices.cost(60_000, words=True) == Decimal("0.0066")
    assert prices.cost(60_000, speakers=True, words=True) == Decimal("0.0078")


@given(st.integers(0, 10**8), st.integers(0, 1_000), st.decimals("0", "10", places=6))
def test_a_reservation_covers_a_second_more(speech_ms: int, more: int, minute: Decimal) -> None:
    """Codecs pad; what is billed is never above what was held."""
    prices = SpeechPrices(minute)
    assert prices.cost(speech_ms + more) <= prices.worst_case(speech_ms)


def test_a_file_replaces_what_ships_and_rows_hold_from_their_day(tmp_path: Path) -> None:
    """The same file may have prices of speech alone."""
    path = tmp_path / "prices.toml"
    rows = [("whisper-1", "2026-01-01", "0.5"), ("whisper-1", "2026-11-21", "0.4")]
    path.write_text("".join(ROW.format(model=m, day=d, minute=p) for m, d, p in rows))
    table = SpeechPriceTable.load(path)
    assert table.prices_of("whisper-1", NOW).minute == Decimal("0.4")
    assert table.prices_of("whisper-1", datetime(2026, 11, 20, tzinfo=UTC)).minute == Decimal("0.5")
    assert table.prices_of("nova-3", NOW).minute > 0
    assert PriceTable.load(path).knows("claude-haiku-5-5")


def test_a_price_nobody_told_is_refused() -> None:
    """With the nearest name there is, and where to tell one."""
    with pytest.raises(ConfigurationError) as error:
        SpeechPriceTable.load(None).prices_of("nova-33", NOW)
    assert error.value.message == (
        "no price of a minute is known for the speech model 'nova-33' (did you mean nova-3?);"
        " FOOTNOTED_PRICES_FILE can name a file with one under [[speech]]"
    )


def test_a_mistake_names_model_and_field(tmp_path: Path) -> None:
    """As for prices of tokens."""
    path = tmp_path / "prices.toml"
    path.write_text(ROW.format(model="w", day="2026-01-01", minute="cheap"))
    with pytest.raises(ConfigurationError, match="model w: minute: give a number"):
        SpeechPriceTable.load(path)


def test_an_hour_costs_what_others_say_where_they_say_it() -> None:
    """`genai-prices` of Pydantic is an independent table; of speech it knows one model by time."""
    (provider,) = (one for one in providers if one.id == "openai")
    (model,) = (one for one in provider.models if one.id == "whisper-1")
    ours = SpeechPriceTable.load(None).prices_of("whisper-1", NOW)
    assert isinstance(model.prices, ModelPrice)
    assert ours.cost(3_600_000) == model.prices.input_audio_hours
