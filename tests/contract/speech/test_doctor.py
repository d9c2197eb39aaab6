"""What doctor says of speech recognition, by what costs nothing."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

from footnoted.doctor.check import CheckName, State
from footnoted.doctor.speech import check_speech
from footnoted.settings import load_settings
from tests.contract.speech.conftest import KEY
from tests.fakes.speech_server import Refuse

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from footnoted.doctor.check import Check
    from tests.fakes.speech_server import SpeechServer


async def checked(**environ: str) -> Check | None:
    """Return the check that an environment gives, if any."""
    names = {f"FOOTNOTED_{name.upper()}": value for name, value in environ.items()}
    checks = await check_speech(load_settings(names).settings)
    assert all(check.name is CheckName.SPEECH for check in checks)
    return checks[0] if checks else None


async def test_nothing_is_checked_where_nothing_is_recognised() -> None:
    """It is off unless somebody turns it on."""
    assert await checked() is None


async def test_a_wrong_setting_is_a_failure_in_one_sentence() -> None:
    """The same as the daemon's start gives."""
    check = await checked(speech="deepgram")
    assert check is not None
    assert (check.state, check.explanation) == (
        State.FAILURE,
        "FOOTNOTED_SPEECH=deepgram needs a key in FOOTNOTED_SPEECH_API_KEY",
    )


async def test_a_service_is_asked_what_costs_nothing(server: SpeechServer) -> None:
    """A server at home that knows no list is there all the same."""
    for refusal, state in [
        (Refuse(404), State.OK),
        (Refuse(200), State.OK),
        (Refuse(503), State.WARNING),
        (Refuse(401), State.FAILURE),
    ]:
        server.next.append(refusal)
        check = await checked(
            speech="openai", speech_base_url=f"{server.base_url}/v1", speech_api_key=KEY
        )
        assert check is not None
        assert check.state is state
    assert {asked.path for asked in server.asked} == {"/v1/models"}
    assert server.billed_ms == 0


async def test_a_model_that_is_not_here_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A package that is missing is a failure."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    check = await checked(speech="whisper", speech_model_dir=str(tmp_path))
    assert check is not None
    assert check.state is State.FAILURE
