"""A recording with known words, and recognisers that are asked about it on loopback."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from footnoted.ledger.speech_prices import SpeechPriceTable
from footnoted.transcripts.speech.deepgram import DeepgramRecognizer
from footnoted.transcripts.speech.openai_server import OpenAiRecognizer
from footnoted.transcripts.speech.port import AudioChunk
from footnoted.transcripts.speech.service import SpeechService
from tests.fakes.sounds import noise
from tests.fakes.speech_server import SpeechServer, Truth, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from footnoted.transcripts.speech.port import SpeechRecognizer

KEY = "sk-very-secret-key"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
WORDS = (("hello", 100, 400, 0), ("there", 500, 900, 0), ("world", 1_500, 1_900, 1))


@pytest.fixture
def chunk() -> AudioChunk:
    """Return three seconds of sound."""
    return AudioChunk(0, 0, 0, noise(3.0))


@pytest.fixture
async def server(chunk: AudioChunk) -> AsyncIterator[SpeechServer]:
    """Return a service that knows the words."""
    async with serving(Truth(chunk.samples, WORDS), key=KEY) as service:
        yield service


def made(kind: str, server: SpeechServer, key: str = KEY) -> SpeechRecognizer:
    """Return a recogniser of a kind that asks the server."""
    prices = SpeechPriceTable.load(None)
    if kind == "deepgram":
        service = SpeechService(server.base_url, f"Token {key}")
        return DeepgramRecognizer("nova-3", service, prices)
    service = SpeechService(f"{server.base_url}/v1", f"Bearer {key}")
    return OpenAiRecognizer("whisper-1", service, prices)


@pytest.fixture(params=["openai", "deepgram"])
async def recognizer(
    request: pytest.FixtureRequest, server: SpeechServer
) -> AsyncIterator[SpeechRecognizer]:
    """Return each recogniser that asks a server."""
    found = made(request.param, server)
    yield found
    await found.close()
