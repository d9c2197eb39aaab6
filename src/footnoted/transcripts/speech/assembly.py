"""From settings to a recogniser that can work, or one sentence why it can't."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from footnoted.errors import ConfigurationError
from footnoted.fetch.web.addresses import is_this_machine
from footnoted.ledger.speech_prices import SpeechPriceTable
from footnoted.settings import variable

if TYPE_CHECKING:
    from datetime import datetime

    from footnoted.settings import Settings
    from footnoted.transcripts.speech.port import SpeechRecognizer

DEFAULT_MODELS = {"openai": "whisper-1", "deepgram": "nova-3", "whisper": "small"}
_SCHEMES = {"openai": "Bearer", "deepgram": "Token"}
_VISIBLE_ASCII = re.compile(r"[\x21-\x7e]+")


def make_recognizer(settings: Settings, at: datetime) -> SpeechRecognizer | None:
    """Return what the settings name; None where speech is not to be recognised.

    Raises ConfigurationError for a missing package, model, key or price, and for a server elsewhere
    where nothing beyond this machine may be contacted.
    """
    match settings.speech:
        case "off":
            return None
        case "whisper":
            return _local(settings)
        case "openai" | "deepgram":
            recognizer = _remote(settings, settings.speech)
            recognizer.prices_at(at)
            return recognizer


def model_name(settings: Settings) -> str:
    """Return the model that is asked; a folder is known by its name."""
    if settings.speech_model is not None:
        return settings.speech_model
    if settings.speech == "whisper" and settings.speech_model_dir is not None:
        return settings.speech_model_dir.name
    return DEFAULT_MODELS.get(settings.speech, "")


def _local(settings: Settings) -> SpeechRecognizer:
    # Adapters load on use: whoever recognises nothing waits for none of their libraries.
    from footnoted.transcripts.speech.local_whisper import (  # noqa: PLC0415
        LocalWhisper,
        WhisperPlace,
    )

    place = WhisperPlace(model_name(settings), settings.speech_model_dir, settings.offline)
    place.check()
    return LocalWhisper(place)


def _remote(settings: Settings, kind: str) -> SpeechRecognizer:
    from footnoted.transcripts.speech import deepgram, openai_server  # noqa: PLC0415 - as above
    from footnoted.transcripts.speech.service import SpeechService  # noqa: PLC0415 - as above

    is_openai = kind == "openai"
    vendors_own = openai_server.DEFAULT_BASE_URL if is_openai else deepgram.DEFAULT_BASE_URL
    base_url = settings.speech_base_url or vendors_own
    _refuse_elsewhere(settings, base_url)
    service = SpeechService(base_url, _authorization(settings, kind))
    recognizer = openai_server.OpenAiRecognizer if is_openai else deepgram.DeepgramRecognizer
    return recognizer(model_name(settings), service, SpeechPriceTable.load(settings.prices_file))


def _authorization(settings: Settings, kind: str) -> str | None:
    key = settings.speech_api_key.get_secret_value().strip() if settings.speech_api_key else ""
    if not key:
        if settings.speech_base_url is not None:
            return None
        message = f"{variable('speech')}={kind} needs a key in {variable('speech_api_key')}"
        raise ConfigurationError(message)
    if not _VISIBLE_ASCII.fullmatch(key):
        message = f"{variable('speech_api_key')}: a key is visible ASCII characters, no spaces"
        raise ConfigurationError(message)
    return f"{_SCHEMES[kind]} {key}"


def _refuse_elsewhere(settings: Settings, base_url: str) -> None:
    host = urlsplit(base_url).hostname or ""
    if settings.offline and not is_this_machine(host):
        message = (
            f"{variable('offline')} is set, and {variable('speech')}={settings.speech} asks {host};"
            f" {variable('speech')}=whisper hears on this machine"
        )
        raise ConfigurationError(message)
