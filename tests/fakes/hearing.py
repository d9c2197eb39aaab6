"""A recording with known words, and a process that recognises it through a service on loopback.

Run as a program it is that process, to be killed: `python -m tests.fakes.hearing URL SERVICE FILE`.
"""

from __future__ import annotations

import asyncio
import random
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from footnoted.clock import SystemClock
from footnoted.db.engine import make_engine
from footnoted.db.session import Database
from footnoted.ledger.prices import PriceTable
from footnoted.ledger.speech_prices import SpeechPriceTable
from footnoted.llm.call import CallScope
from footnoted.pipeline.paid import PaidSetup
from footnoted.pipeline.speech import SpeechAccess, pay_for_speech
from footnoted.settings import Settings
from footnoted.stages.hearing import HearingRequest
from footnoted.stages.recognize import transcribe_audio
from footnoted.transcripts.speech.deepgram import DeepgramRecognizer
from footnoted.transcripts.speech.openai_server import OpenAiRecognizer
from footnoted.transcripts.speech.port import RATE_HZ, Reach, SpeechRequest
from footnoted.transcripts.speech.service import SpeechService
from tests.fakes.sounds import noise, silence
from tests.fakes.speech_server import Truth

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from footnoted.transcripts.speech.hearing import Hearing
    from footnoted.transcripts.speech.port import SpeechRecognizer

SCOPE = CallScope("transcription", 1, "recognize")
REACH = Reach(30.0, overlap_s=4.0)
MINUTE_USD = Decimal("0.006")


class ShortStretches(OpenAiRecognizer):
    """A recogniser that takes half a minute at a time."""

    def reach(self, request: SpeechRequest) -> Reach:
        """Return half a minute."""
        del request
        return REACH


class ShortTalks(DeepgramRecognizer):
    """The same of Deepgram, with a longer overlap to tell speakers by."""

    def reach(self, request: SpeechRequest) -> Reach:
        """Return half a minute."""
        del request
        return Reach(30.0, overlap_s=8.0)


class ShiftedClock(SystemClock):
    """The system's clock, some seconds ahead."""

    def __init__(self, ahead_s: float) -> None:
        """Be `ahead_s` ahead."""
        super().__init__()
        self._ahead = timedelta(seconds=ahead_s)

    def now(self) -> datetime:
        """Return the time now, and then some."""
        return datetime.now(UTC) + self._ahead


def spoken(seconds: float, seed: int = 0) -> Truth:
    """Return a recording in which a word sounds like noise and a pause like nothing."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    parts, words, at_ms = [], [], 0
    while at_ms < seconds * 1000:
        long_ms, pause_ms = chance.randint(150, 450), chance.choice([30, 60, 90, 800])
        words.append((f"w{len(words)}", at_ms, at_ms + long_ms, len(words) // 20 % 2))
        parts += [noise(long_ms / 1000, seed=seed + len(words)), silence(pause_ms / 1000)]
        at_ms += long_ms + pause_ms
    return Truth(np.concatenate(parts), tuple(words))


@dataclass
class Worker:
    """A process as far as the ledger can tell: its own limits, its own flights."""

    access: SpeechAccess
    speech: SpeechRequest

    async def hear(self, path: Path, scope: CallScope = SCOPE) -> Hearing:
        """Return what is said in a recording."""
        request = HearingRequest(self.speech, scope)
        return await transcribe_audio(path, request, self.access.hearing)


def recognizer_at(base_url: str, kind: str = "openai", key: str = "key") -> SpeechRecognizer:
    """Return a recogniser of short stretches that asks a service."""
    prices = SpeechPriceTable.load(None)
    if kind == "deepgram":
        return ShortTalks("nova-3", SpeechService(base_url, f"Token {key}"), prices)
    return ShortStretches("whisper-1", SpeechService(f"{base_url}/v1", f"Bearer {key}"), prices)


@asynccontextmanager
async def working(
    database: Database,
    recognizer: SpeechRecognizer,
    *,
    ahead_s: float = 0.0,
    speech: SpeechRequest | None = None,
    **settings: Any,
) -> AsyncGenerator[Worker]:
    """Yield a process that has just started."""
    setup = PaidSetup(
        Settings(data_dir=Path("/nowhere"), **settings),
        database,
        ShiftedClock(ahead_s),
        PriceTable.load(None),
    )
    access = pay_for_speech(recognizer, setup)
    await access.load()
    try:
        yield Worker(access, speech or SpeechRequest())
    finally:
        await access.close()


def seconds_of(truth: Truth) -> float:
    """Return how long a recording is."""
    return len(truth.samples) / RATE_HZ


async def _main(database_url: str, base_url: str, path: Path) -> None:
    engine = make_engine(database_url, application_name="killed")
    async with working(Database(engine), recognizer_at(base_url), call_timeout_s=5.0) as worker:
        await worker.hear(path)


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
