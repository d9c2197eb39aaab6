"""Which models each stage asks, as the settings, the profiles and the key say."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from footnoted.errors import ConfigurationError
from footnoted.ledger.prices import PriceTable
from footnoted.llm.assembly import caps_of, paid_profiles, require_prices, routes_of
from footnoted.settings import Settings
from tests.fakes.model import FakeModel
from tests.fakes.shop import PRICES

if TYPE_CHECKING:
    from pathlib import Path

    from footnoted.llm.routes import Routes

STAGES = {"notes.segment": "", "notes.extract": "", "talks.extract": "of-the-profile"}
USUAL = "claude-haiku-5-5"


def made(name: str, effort: str) -> FakeModel:
    """Return a model that knows how it was set up."""
    return FakeModel(name, is_free=name == "extractive", parameters={"effort": effort})


def routes(*, has_key: bool = True, **settings: str) -> Routes:
    """Return the routes of these settings."""
    return routes_of(Settings.model_validate(settings), STAGES, made, has_key=has_key)


def named(found: Routes) -> dict[str, str]:
    """Return the chain of each stage."""
    return {name: found.name_of(*reversed(name.split("."))) for name in STAGES}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, (USUAL, USUAL, "of-the-profile")),
        ({"model": "a>b"}, ("a>b", "a>b", "of-the-profile")),
        ({"stage_models": "segment=s"}, ("s", USUAL, "of-the-profile")),
        ({"stage_models": "extract=a > b"}, (USUAL, "a>b", "a>b")),
        ({"stage_models": "extract=a,talks.extract=t"}, (USUAL, "a", "t")),
        ({"model": "m", "stage_models": "notes.extract=a"}, ("m", "a", "of-the-profile")),
    ],
)
def test_a_stage_asks_what_is_set_for_it_and_else_the_usual_model(
    settings: dict[str, str], expected: tuple[str, ...]
) -> None:
    """`profile.stage` goes before `stage`, both before what the profile wants, all before usual."""
    assert tuple(named(routes(**settings)).values()) == expected


def test_without_a_key_everything_is_asked_of_the_built_in_model() -> None:
    """Also what a profile would rather have asked of another."""
    assert set(named(routes(has_key=False)).values()) == {"extractive"}


def test_effort_is_set_by_stage_and_low_otherwise() -> None:
    """As models are: for one stage of one profile, or for a stage of all."""
    found = routes(stage_effort="extract=medium,talks.extract=high")
    efforts = {name: found.of(*reversed(name.split(".")))[0].parameters for name in STAGES}
    assert [one["effort"] for one in efforts.values()] == ["low", "medium", "high"]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"stage_models": "extrakt=a"},
            "FOOTNOTED_STAGE_MODELS: no stage 'extrakt'; there is notes",
        ),
        ({"stage_models": "extract"}, "'extract' is not `stage=value`"),
        ({"stage_models": "extract=a,extract=b"}, "with each stage once"),
        ({"stage_models": "extract=>"}, "'>' names no model"),
        ({"model": " > "}, "names no model"),
        ({"stage_effort": "extract=much"}, "FOOTNOTED_STAGE_EFFORT: no effort 'much'; low, "),
    ],
)
def test_what_makes_no_sense_stops_the_start(settings: dict[str, str], sentence: str) -> None:
    """One sentence that says what would."""
    with pytest.raises(ConfigurationError, match=sentence):
        routes(**settings)


def test_a_paid_model_without_a_key_stops_the_start() -> None:
    """Whether it is the usual one or that of a stage."""
    for settings in ({"model": USUAL}, {"stage_models": f"extract={USUAL}"}):
        with pytest.raises(ConfigurationError, match="needs FOOTNOTED_ANTHROPIC_API_KEY"):
            routes(has_key=False, **settings)


def test_a_model_without_a_price_stops_the_start() -> None:
    """Its calls could not be capped; a fallback is asked too, one day."""
    prices = PriceTable.load(None)
    require_prices(routes(stage_models=f"talks.extract={USUAL}>extractive"), prices)
    with pytest.raises(
        ConfigurationError, match="the model own has no price; name it in FOOTNOTED"
    ):
        require_prices(routes(stage_models=f"extract={USUAL}>own"), prices)


def paid(prices_file: Path | None = None, *, key: str | None = "k", **settings: str) -> set[str]:
    """Return the profiles that are paid with these settings."""
    made_of = Settings.model_validate({"anthropic_api_key": key, **settings})
    stages = {**STAGES, "talks.extract": ""}
    at = datetime(2026, 11, 22, tzinfo=UTC)
    return set(paid_profiles(made_of, stages, PriceTable.load(prices_file), at))


def test_a_profile_is_paid_if_one_of_its_models_costs_something(tmp_path: Path) -> None:
    """A fallback too; a server of one's own has a price of 0, and the built-in model none."""
    assert (paid(), paid(key=None)) == ({"notes", "talks"}, set())
    assert paid(model="extractive", stage_models=f"segment=extractive>{USUAL}") == {"notes"}
    own = tmp_path / "prices.toml"
    own.write_text(PRICES.format(model="own").replace("1_000_000", "0"), encoding="utf-8")
    assert paid(own, model="own", stage_models=f"talks.extract={USUAL}") == {"talks"}
    with pytest.raises(ConfigurationError, match="no price is known for the model 'own'"):
        paid(model="own")
    with pytest.raises(ConfigurationError, match="needs FOOTNOTED_ANTHROPIC_API_KEY"):
        paid(key=None, stage_models=f"extract={USUAL}")


def test_the_cap_of_a_run_is_its_own() -> None:
    """Only a run that has one is told apart in the books."""
    settings = Settings(monthly_cost_cap_usd=Decimal(9))
    without, with_one = caps_of(settings, "r", None), caps_of(settings, "r", Decimal(2))
    assert (without.day, without.month, without.run, without.run_id) == (1, 9, None, "")
    assert (with_one.run, with_one.run_id) == (2, "r")
