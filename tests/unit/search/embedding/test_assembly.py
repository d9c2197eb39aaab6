"""From settings to a spec and an embedder, or one sentence that names the variable."""

from __future__ import annotations

import importlib.util
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from footnoted.errors import ConfigurationError
from footnoted.search.embedding.assembly import make_embedder, search_weights, wanted_spec
from footnoted.settings import Settings

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def settings(**given: Any) -> Settings:
    """Return settings."""
    return Settings.model_validate({"data_dir": Path("/nowhere"), **given})


def test_without_an_embedder_there_is_nothing() -> None:
    """The default."""
    assert wanted_spec(settings()) is None
    assert make_embedder(settings(), NOW) is None


@pytest.mark.parametrize(
    ("embedder", "model", "dimensions"),
    [
        ("openai", "text-embedding-3-small", 1536),
        ("voyage", "voyage-4", 1024),
        ("fastembed", "BAAI/bge-small-en-v1.5", 384),
    ],
)
def test_each_embedder_has_a_usual_model(embedder: str, model: str, dimensions: int) -> None:
    """Whose dimensions are known; both channels are made by it."""
    spec = wanted_spec(settings(embedder=embedder))
    assert spec is not None
    assert [(one.name, one.model, one.dimensions) for one in spec.dense] == [
        ("text", model, dimensions),
        ("summary", model, dimensions),
    ]


def test_the_vendors_own_address_is_no_other_spec() -> None:
    """Written out or not; a server of one's own is another."""
    own = wanted_spec(settings(embedder="openai"))
    written = settings(embedder="openai", embedder_base_url="https://api.openai.com/v1/")
    other = settings(embedder="openai", embedder_base_url="http://localhost:1/v1")
    assert wanted_spec(written) == own
    assert wanted_spec(other) != own


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"embedder": "openai", "embedder_model": "x"},
            "FOOTNOTED_EMBEDDER_DIMENSIONS is needed: nobody here knows how many dimensions x has",
        ),
        (
            {"embedder": "openai", "embedder_channels": "text,visual"},
            "FOOTNOTED_EMBEDDER_CHANNELS: no channel 'visual'; text, summary",
        ),
        (
            {"embedder": "openai", "embedder_channels": "text,text"},
            "FOOTNOTED_EMBEDDER_CHANNELS: name each channel once, and one at least",
        ),
        (
            {"embedder": "voyage"},
            "FOOTNOTED_EMBEDDER=voyage needs a key in FOOTNOTED_EMBEDDER_API_KEY",
        ),
        (
            {"embedder": "openai", "embedder_api_key": "sk key"},
            "FOOTNOTED_EMBEDDER_API_KEY: a key is visible ASCII characters, no spaces",
        ),
        (
            {"embedder": "openai", "embedder_api_key": "sk", "offline": True},
            (
                "FOOTNOTED_OFFLINE is set, and FOOTNOTED_EMBEDDER=openai asks api.openai.com;"
                " FOOTNOTED_EMBEDDER=fastembed computes on this machine"
            ),
        ),
        (
            {
                "embedder": "openai",
                "embedder_base_url": "http://localhost:1/v1",
                "embedder_model": "x",
                "embedder_dimensions": 8,
            },
            (
                "no price of a million tokens is known for the embedding model 'x';"
                " FOOTNOTED_PRICES_FILE can name a file with one under [[embedding]]"
                " (0 for a server of your own)"
            ),
        ),
    ],
)
def test_what_cannot_be_is_one_sentence(given: dict[str, Any], sentence: str) -> None:
    """Said when the program starts, before anything is sent."""
    with pytest.raises(ConfigurationError) as refused:
        make_embedder(settings(**given), NOW)
    assert refused.value.message == sentence


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the extra that brings it."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(ConfigurationError, match=r"install footnoted\[fastembed\]"):
        make_embedder(settings(embedder="fastembed"), NOW)


def test_a_missing_folder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a model is looked for in it."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: True)
    given = settings(embedder="fastembed", embedder_model_dir=Path("/no/such"))
    with pytest.raises(
        ConfigurationError, match=r"EMBEDDER_MODEL_DIR: there is no folder /no/such"
    ):
        make_embedder(given, NOW)


def test_weights_are_read_by_channel() -> None:
    """Those that are not named count 1, which is for the caller to know."""
    assert search_weights(settings()) == {}
    given = settings(search_weights="lexical=2, summary = 0.5")
    assert search_weights(given) == {"lexical": 2.0, "summary": 0.5}


@pytest.mark.parametrize("weights", ["visual=1", "text", "text=-1", "text=nan", "text=1000"])
def test_weights_that_are_none_are_refused(weights: str) -> None:
    """In a sentence that names the variable."""
    with pytest.raises(ConfigurationError, match="FOOTNOTED_SEARCH_WEIGHTS: "):
        search_weights(settings(search_weights=weights))
