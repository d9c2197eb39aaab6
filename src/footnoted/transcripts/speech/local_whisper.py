"""Whisper on this machine through faster-whisper, the extra `footnoted[whisper]`.

The package is heavy and optional, so it is loaded on first use. Nothing here contacts the network
when told not to: a model is then a folder, or one that was downloaded before.
"""

from __future__ import annotations

import asyncio
import importlib.util
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np

from footnoted.errors import ConfigurationError, TransientError
from footnoted.ledger.faults import Fault, FaultKind
from footnoted.settings import variable
from footnoted.transcripts.speech.answers import milliseconds_of
from footnoted.transcripts.speech.languages import language_tag, primary_tag
from footnoted.transcripts.speech.port import (
    Reach,
    Recognition,
    RecognizedSpeech,
    SpokenSegment,
    SpokenWord,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from numpy.typing import NDArray

    from footnoted.ledger.speech_prices import SpeechPrices
    from footnoted.transcripts.speech.port import AudioChunk, SpeechRequest

PACKAGE = "faster_whisper"
_MODEL_FILES = ("model.bin", "config.json", "tokenizer.json")
_FULL_SCALE = 32_768.0
_MOST_WORDS = 60
_KEPT_S = 300.0
_LOOKED_FOR_S = 3_600.0


class WhisperWord(Protocol):
    """A word as faster-whisper gives it; times in seconds."""

    start: float
    end: float
    word: str


class WhisperSegment(Protocol):
    """A segment as faster-whisper gives it; times in seconds."""

    start: float
    end: float
    text: str
    words: Sequence[WhisperWord] | None


class WhisperInfo(Protocol):
    """What faster-whisper tells of a stretch."""

    language: str


class Whisper(Protocol):
    """The one method of faster-whisper's model that is used; segments come as they are heard."""

    def transcribe(
        self,
        audio: NDArray[np.float32],
        *,
        language: str | None,
        hotwords: str | None,
        word_timestamps: bool,
        vad_filter: bool,
        condition_on_previous_text: bool,
    ) -> tuple[Iterable[WhisperSegment], WhisperInfo]:
        """Return the segments and the language."""
        ...


@dataclass(frozen=True, slots=True)
class WhisperPlace:
    """Which model and where it is: a folder, or a name whose folder is looked up.

    `is_offline` forbids looking it up anywhere but on this machine.
    """

    name: str
    folder: Path | None = None
    is_offline: bool = False

    def check(self) -> None:
        """Raise ConfigurationError, in one sentence, when it can't work: no package, no model."""
        if importlib.util.find_spec(PACKAGE) is None:
            message = (
                f"{variable('speech')}=whisper needs the package faster-whisper:"
                " pip install 'footnoted[whisper]'"
            )
            raise ConfigurationError(message)
        if self.folder is None:
            return
        lacking = [name for name in _MODEL_FILES if not (self.folder / name).is_file()]
        if lacking:
            message = (
                f"{variable('speech_model_dir')}: {self.folder} holds no Whisper model for"
                f" CTranslate2; it has no {lacking[0]}"
            )
            raise ConfigurationError(message)

    def absence(self) -> str | None:
        """Return why there is no model on this machine; None when there is one."""
        try:
            self.check()
            if self.folder is None:
                from faster_whisper.utils import (  # pyright: ignore[reportMissingImports]  # noqa: PLC0415 - as below
                    download_model,  # pyright: ignore[reportUnknownVariableType]
                )

                download_model(self.name, local_files_only=True)
        except ConfigurationError as error:
            return error.message
        except Exception as error:  # noqa: BLE001 - whatever the hub raises, it is not here
            if self.is_offline:
                return self._why(error)
            return f"the Whisper model {self.name!r} will be downloaded when it is first needed"
        return None

    def load(self) -> Whisper:
        """Return the model; it blocks for seconds. Raises TransientError while it can't be had."""
        try:
            self.check()
            from faster_whisper import (  # pyright: ignore[reportMissingImports]  # noqa: PLC0415 - heavy, optional
                WhisperModel,  # pyright: ignore[reportUnknownVariableType]
            )

            where = str(self.folder) if self.folder else self.name
            model = cast(
                "Whisper", WhisperModel(where, device="auto", local_files_only=self.is_offline)
            )
        except ConfigurationError as error:
            raise _absent(error.message) from None
        except Exception as error:
            raise _absent(self._why(error)) from error
        return model

    def _why(self, error: Exception) -> str:
        if self.folder is not None:
            return f"the Whisper model in {self.folder} cannot be loaded: {error}"
        if self.is_offline:
            return (
                f"the Whisper model {self.name!r} is not on this machine, and"
                f" {variable('offline')} forbids a download; {variable('speech_model_dir')} can"
                " name a folder with one"
            )
        return f"the Whisper model {self.name!r} is not here and cannot be downloaded: {error}"


def _absent(why: str) -> TransientError:
    return TransientError(why, wait_reason="speech_model_missing", retry_after_s=_LOOKED_FOR_S)


class LocalWhisper:
    """A model on this machine, asked by one thread; it is let go when nothing is heard for long."""

    at_once = 1

    def __init__(self, place: WhisperPlace, *, kept_s: float = _KEPT_S) -> None:
        """Load nothing yet."""
        self._place = place
        self._kept_s = kept_s
        self._model: Whisper | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="whisper")
        self._stops = Event()
        self._letting_go: asyncio.TimerHandle | None = None

    @property
    def name(self) -> str:
        """Return the model's name, as the journal has it."""
        return f"faster-whisper/{self._place.name}"

    @property
    def provider(self) -> str:
        """Return that it is this machine."""
        return "this machine"

    @property
    def key_sha256(self) -> str | None:
        """Return nothing: there is no key."""
        return None

    def prices_at(self, at: datetime) -> SpeechPrices | None:
        """Return nothing: it is this machine."""
        del at
        return None

    @property
    def parameters(self) -> dict[str, str]:
        """Return what of its set-up changes what it hears."""
        return {"vad": "true"}

    def reach(self, request: SpeechRequest) -> Reach:
        """Return ten minutes: what a crash makes it hear again."""
        del request
        return Reach(600.0)

    async def recognize(
        self, chunk: AudioChunk, request: SpeechRequest, *, timeout_s: float
    ) -> Recognition:
        """Return what the model heard. Raises TransientError while there is no model.

        There is no time limit: a slow machine is slow, and nobody else waits for it.
        """
        del timeout_s
        loop = asyncio.get_running_loop()
        if self._letting_go is not None:
            self._letting_go.cancel()
        speech = await loop.run_in_executor(self._thread, self._heard, chunk, request)
        self._letting_go = loop.call_later(self._kept_s, self._let_go)
        return Recognition(speech, speech.model_dump_json())

    async def probe(self) -> Fault | None:
        """Return that the model is not here; it is not loaded for that."""
        why = await asyncio.to_thread(self._place.absence)
        return None if why is None else _missing_fault(why)

    async def close(self) -> None:
        """Stop after the segment that is being heard."""
        self._stops.set()
        if self._letting_go is not None:
            self._letting_go.cancel()
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._model = None

    def _let_go(self) -> None:
        self._model = None

    def _heard(self, chunk: AudioChunk, request: SpeechRequest) -> RecognizedSpeech:
        model = self._model
        if model is None:
            model = self._model = self._place.load()
        segments, info = model.transcribe(
            chunk.samples.astype(np.float32) / _FULL_SCALE,
            language=primary_tag(request.language),
            hotwords=", ".join(request.words[:_MOST_WORDS]) or None,
            word_timestamps=True,
            vad_filter=True,
            condition_on_previous_text=False,  # what it said of silence would be said again
        )
        heard: list[SpokenSegment] = []
        for segment in segments:
            if self._stops.is_set():
                message = "footnoted is stopping; this stretch is heard again from its beginning"
                raise TransientError(message, wait_reason="stopping", retry_after_s=0.1)
            heard.append(spoken_segment(segment))
        return RecognizedSpeech(
            segments=tuple(heard), language=language_tag(info.language), served_by=self.name
        )


def _missing_fault(why: str) -> Fault:
    return Fault(FaultKind.UNAVAILABLE, "speech_model_missing", why, may_be_billed=False)


def spoken_segment(segment: WhisperSegment) -> SpokenSegment:
    """Return a segment of faster-whisper as one of ours."""
    return SpokenSegment(
        start_ms=milliseconds_of(segment.start),
        end_ms=milliseconds_of(segment.end),
        text=segment.text,
        words=tuple(
            SpokenWord(
                start_ms=milliseconds_of(word.start),
                end_ms=milliseconds_of(word.end),
                text=word.word.strip(),
            )
            for word in segment.words or ()
        ),
    )
