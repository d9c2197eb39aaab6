"""Settings give a recogniser that can work, or one sentence that names the variable."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from footnoted.errors import ConfigurationError
from footnoted.settings import load_settings
from footnoted.transcripts.speech.assembly import make_recognizer

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def made(**environ: str) -> tuple[str, str] | None:
    """Return the name and the provider of what an environment gives."""
    names = {f"FOOTNOTED_{name.upper()}": value for name, value in environ.items()}
    found = make_recognizer(load_settings(names).settings, NOW)
    return None if found is None else (found.name, found.provider)


def complaint(**environ: str) -> str:
    """Return why an environment gives none."""
    with pytest.raises(ConfigurationError) as error:
        made(**environ)
    return error.value.message


def test_nothing_is_recognised_unless_asked() -> None:
    """It may cost money."""
    assert made() is None


def test_each_service_has_its_own_model_and_address() -> None:
    """A key is enough."""
    assert made(speech="openai", speech_api_key="k") == ("whisper-1", "https://api.openai.com/v1")
    assert made(speech="deepgram", speech_api_key="k") == ("nova-3", "https://api.deepgram.com")


def test_a_server_at_home_needs_no_key_but_a_price(tmp_path: Path) -> None:
    """$0 is a price, and somebody has to say so."""
    home = {"speech": "openai", "speech_base_url": "http://127.0.0.1:8000/v1", "speech_model": "w"}
    assert "no price of a minute is known for the speech model 'w'" in complaint(**home)
    prices = tmp_path / "prices.toml"
    prices.write_text(
        '[[speech]]\nmodel = "w"\neffective_from = 2026-01-01\nminute = "0"\n'
        'source = "mine"\nchecked_on = 2026-11-21\n'
    )
    assert made(**home, prices_file=str(prices)) == ("w", "http://127.0.0.1:8000/v1")


def test_a_key_is_needed_elsewhere() -> None:
    """And one that a header can carry."""
    assert complaint(speech="deepgram") == (
        "FOOTNOTED_SPEECH=deepgram needs a key in FOOTNOTED_SPEECH_API_KEY"
    )
    assert "visible ASCII" in complaint(speech="openai", speech_api_key="k\u00e9y")


def test_offline_refuses_what_is_elsewhere() -> None:
    """And takes a server on this machine."""
    assert complaint(speech="openai", speech_api_key="k", offline="1") == (
        "FOOTNOTED_OFFLINE is set, and FOOTNOTED_SPEECH=openai asks api.openai.com;"
        " FOOTNOTED_SPEECH=whisper hears on this machine"
    )
    for place in ("http://localhost:1/v1", "http://[::1]:1/v1"):
        found = made(speech="openai", speech_base_url=place, offline="1")
        assert found == ("whisper-1", place)
    assert "asks 10.0.0.7" in complaint(
        speech="openai", speech_base_url="http://10.0.0.7/v1", offline="1"
    )
