"""What the examination makes of what a provider says about a key and its models."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from footnoted.doctor.provider import USUAL_MODEL, asked_models, check_model_key, judge_key
from footnoted.ledger.faults import Fault, FaultKind
from footnoted.llm.key_check import KeyCheck, Lifecycle, ModelStanding
from footnoted.settings import Settings

NOW = datetime(2026, 11, 20, tzinfo=UTC)
PLACE = "https://models.example"


def standing(lifecycle: Lifecycle, days: int | None = None) -> KeyCheck:
    """Return a key that works, with a model that retires in so many days."""
    retires_at = None if days is None else NOW + timedelta(days=days)
    return KeyCheck(None, (ModelStanding("a-model", lifecycle, retires_at),))


@pytest.mark.parametrize(
    ("found", "state", "words"),
    [
        (standing(Lifecycle.ACTIVE), "ok", "takes the key: a-model"),
        (standing(Lifecycle.UNTOLD), "ok", "takes the key: a-model"),
        (standing(Lifecycle.ACTIVE, 61), "ok", "takes the key: a-model"),
        (standing(Lifecycle.ACTIVE, 59), "warning", "a-model is to be retired on 2027-01-18"),
        (standing(Lifecycle.DEPRECATED), "warning", "retired on a day not told yet"),
        (standing(Lifecycle.DEPRECATED, 200), "warning", "retired on 2027-06-08"),
        (standing(Lifecycle.RETIRED), "failure", "does not serve a-model"),
        (standing(Lifecycle.UNKNOWN), "failure", "does not serve a-model"),
        (KeyCheck(None), "ok", "no paid model is in use"),
    ],
)
def test_the_standing_of_a_model_is_judged(found: KeyCheck, state: str, words: str) -> None:
    """What is gone is a failure, what is going a warning."""
    check = judge_key(found, PLACE, NOW)
    assert (check.name, check.state) == ("model_key", state)
    assert words in check.explanation


@pytest.mark.parametrize("kind", FaultKind)
def test_a_key_that_is_refused_fails_and_trouble_that_passes_warns(kind: FaultKind) -> None:
    """A person acts on the one; the other is waited for."""
    check = judge_key(KeyCheck(Fault(kind, "code", "why", may_be_billed=False)), PLACE, NOW)
    lasting = {FaultKind.STOPPED, FaultKind.REJECTED, FaultKind.TOO_LARGE}
    assert check.state == ("failure" if kind in lasting else "warning")
    assert check.explanation == f"{PLACE}: why"


@pytest.mark.parametrize(
    ("model", "stage_models", "expected"),
    [
        ("auto", "", [USUAL_MODEL]),
        ("extractive", "", []),
        (
            "one>two>extractive",
            "compose=three>one, segment = four",
            ["one", "two", "three", "four"],
        ),
    ],
)
def test_every_paid_model_in_use_is_asked_about(
    model: str, stage_models: str, expected: list[str]
) -> None:
    """Fallbacks and those of single stages too, each once."""
    assert asked_models(Settings(model=model, stage_models=stage_models)) == expected


def test_the_usual_model_is_the_one_that_the_setting_names() -> None:
    """What is examined is what will be asked."""
    assert USUAL_MODEL in (Settings.model_fields["model"].description or "")


async def test_without_a_key_nothing_is_asked() -> None:
    """There is nothing to say, and nobody to say it."""
    assert await check_model_key(Settings()) == []


async def test_a_key_that_cannot_be_one_is_told_and_not_shown() -> None:
    """Before anything is sent."""
    (check,) = await check_model_key(Settings(anthropic_api_key=SecretStr("two words")))
    assert check.state == "failure"
    assert "FOOTNOTED_ANTHROPIC_API_KEY" in check.explanation
    assert "two words" not in check.explanation
