"""A file of prices of the user's own: what it adds, what it replaces, and what is wrong with it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path  # noqa: TC003 - fixtures are read by name

import pytest

from footnoted.errors import ConfigurationError
from footnoted.ledger.prices import PriceTable
from footnoted.llm.port import Usage

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
FREE = '{ input = 0, write_5m = 0, write_1h = 0, read = 0, output = "0" }'
LOCAL = f"""
[[prices]]
model = "qwen3:8b"
effective_from = 2026-01-01
batch_factor = "1"
source = "our own machine"
checked_on = 2026-11-21
tiers = [{FREE}]
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the file is."""
    return tmp_path / "my prices.toml"


def refusal(path: Path, written: str | bytes) -> str:
    """Return the sentence with which a file is refused, without its beginning."""
    path.write_bytes(written.encode() if isinstance(written, str) else written)
    with pytest.raises(ConfigurationError) as caught:
        PriceTable.load(path)
    begin = f"FOOTNOTED_PRICES_FILE: {path}: "
    assert caught.value.message.startswith(begin)
    assert "\n" not in caught.value.message
    return caught.value.message.removeprefix(begin)


def test_a_local_model_with_a_price_of_zero_is_free(path: Path) -> None:
    """It has to be said; the others stay as they are."""
    path.write_text(LOCAL, encoding="utf-8")
    table = PriceTable.load(path)
    assert table.prices_of("qwen3:8b", NOW).is_free
    assert not PriceTable.load(None).knows("qwen3:8b")
    assert not table.prices_of("claude-haiku-5-5", NOW).is_free


def test_the_example_of_the_readme_is_taken(path: Path, project_root: Path) -> None:
    """A local model that costs nothing."""
    readme = (project_root / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```toml\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    path.write_text(example, encoding="utf-8")
    assert PriceTable.load(path).prices_of("qwen3:8b", NOW).is_free


def test_a_file_replaces_all_that_ships_of_a_model(path: Path) -> None:
    """Of Sonnet 5.5 its row alone is left, so that no older one shines through."""
    mine = LOCAL.replace("qwen3:8b", "claude-sonnet-5-5").replace("2026-01-01", "2026-11-01")
    path.write_text(mine, encoding="utf-8")
    table = PriceTable.load(path)
    assert table.prices_of("claude-sonnet-5-5", NOW).is_free
    with pytest.raises(ConfigurationError, match="before 2026-11-01"):
        table.prices_of("claude-sonnet-5-5", datetime(2026, 10, 31, tzinfo=UTC))


def test_a_dated_id_may_have_a_price_of_its_own(path: Path) -> None:
    """The undated row is for those that have none."""
    path.write_text(LOCAL.replace("qwen3:8b", "claude-haiku-4-5-20251001"), encoding="utf-8")
    table = PriceTable.load(path)
    assert table.prices_of("claude-haiku-4-5-20251001", NOW).is_free
    assert not table.prices_of("claude-haiku-4-5", NOW).is_free


def test_numbers_are_taken_as_they_are_written(path: Path) -> None:
    """A tenth is a tenth, with quotes and without."""
    path.write_text(LOCAL.replace("input = 0,", "input = 0.1,"), encoding="utf-8")
    prices = PriceTable.load(path).prices_of("qwen3:8b", NOW)
    assert prices.cost(Usage(input_tokens=3_000_000)) == Decimal("0.3")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("input = 0,", "", "tiers 1, input: field required"),
        ("input = 0,", "input = -1,", "tiers 1, input: input should be greater than or equal to 0"),
        ("input = 0,", "input = true,", "tiers 1, input: give a number, such as 0.50"),
        ("input = 0,", 'input = "free",', "tiers 1, input: give a number, such as 0.50"),
        ("input = 0,", "input = nan,", "tiers 1, input: input should be a finite number"),
        ("input = 0,", "input = inf,", "tiers 1, input: input should be a finite number"),
        ("input = 0,", "input = 1e7,", "tiers 1, input: input should be less than or equal to"),
        ("input = 0,", 'input = "1e-12",', "tiers 1, input: decimal input should have no more"),
        ("input = 0,", "input = 0, cached = 1,", "tiers 1, cached: extra inputs are not permitted"),
        (f"[{FREE}]", "[]", "tiers: list should have at least 1 item"),
        (f"[{FREE}]", "7", "tiers: input should be a valid list"),
        ("input = 0,", "max_prompt_tokens = 9, input = 0,", "tiers: each but the last needs"),
        (f"[{FREE}]", f"[{FREE}, {FREE}]", "tiers: each but the last needs max_prompt_tokens"),
        ("input = 0,", 'max_prompt_tokens = "9", input = 0,', "tiers 1, max_prompt_tokens: input"),
        ("input = 0,", "max_prompt_tokens = 0, input = 0,", "tiers 1, max_prompt_tokens: input"),
        ("= 2026-01-01", "= 20260101", "effective_from: input should be a valid date"),
        ("= 2026-01-01", "= 2026-01-01T00:00:00Z", "effective_from: input should be a valid date"),
        ('batch_factor = "1"', "batch_factor = 2", "batch_factor: input should be less than"),
        ('batch_factor = "1"', "", "batch_factor: field required"),
        ('source = "our own machine"', 'source = " "', "source: string should have at least 1"),
        ("checked_on", "checked", "checked_on: field required"),
    ],
)
def test_a_mistake_names_model_and_field(path: Path, old: str, new: str, said: str) -> None:
    """One sentence, without a traceback."""
    assert old in LOCAL
    assert refusal(path, LOCAL.replace(old, new)).startswith(f"model qwen3:8b: {said}")


def test_tiers_rise(path: Path) -> None:
    """One that can't be reached is a slip."""
    twice = ", ".join(FREE.replace("{", "{ max_prompt_tokens = 9,") for _ in range(2))
    said = refusal(path, LOCAL.replace(FREE, f"{twice}, {FREE}"))
    assert said == "model qwen3:8b: tiers: max_prompt_tokens must rise from each to the next"


def test_a_model_has_one_price_a_day(path: Path) -> None:
    """Of two it could not be said which holds."""
    said = refusal(path, LOCAL + LOCAL)
    assert said == "model qwen3:8b: effective_from: 2026-01-01 is there twice"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[[prices]]", "price 1: model: field required"),
        ("[[prices]]\nmodel = 5", "price 1: model: input should be a valid string"),
        ("", "it has neither [[prices]] nor [[speech]] nor [[embedding]]"),
        ("prices = 3", "prices: input should be a valid list"),
        ("prices = [3]", "prices 1: input should be a valid dictionary"),
        ("prices = []\n[models]", "models: extra inputs are not permitted"),
        ("prices = ", "it is not TOML: "),
        (b"\xff\xfe", "it cannot be read: it is not UTF-8 text"),
    ],
)
def test_what_is_no_file_of_prices_is_refused(path: Path, written: str | bytes, said: str) -> None:
    """The part that is wrong is named."""
    assert refusal(path, written).startswith(said)


def test_a_file_that_is_not_there_is_refused(path: Path) -> None:
    """With the system's reason."""
    with pytest.raises(ConfigurationError) as caught:
        PriceTable.load(path)
    expected = f"FOOTNOTED_PRICES_FILE: {path}: it cannot be read: No such file or directory"
    assert caught.value.message == expected
