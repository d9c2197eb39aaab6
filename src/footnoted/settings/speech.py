"""What recognises speech."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - pydantic reads it
from typing import Literal

from pydantic import Field, SecretStr

from footnoted.settings.shapes import HTTP_URL, Part


class SpeechSettings(Part):
    """The recogniser, its server and its model."""

    speech: Literal["off", "openai", "deepgram", "whisper"] = Field(
        default="off",
        description="What recognises speech where there are no captions: openai is any server that"
        " speaks its protocol, whisper is this machine (footnoted[whisper]).",
    )
    speech_base_url: str | None = Field(
        default=None,
        pattern=HTTP_URL,
        description="Server of openai (with `/v1`) or deepgram (without); unset: the vendor's own.",
    )
    speech_api_key: SecretStr | None = Field(
        default=None, description="Key of that server; one at home may need none."
    )
    speech_model: str | None = Field(
        default=None,
        description="Model that hears; unset: whisper-1, nova-3 or, on this machine, small.",
    )
    speech_model_dir: Path | None = Field(
        default=None, description="Folder of a Whisper model for CTranslate2, instead of a name."
    )
    speech_language: str | None = Field(
        default=None,
        pattern=r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$",
        description="Language to expect where neither source nor recording says one.",
    )
