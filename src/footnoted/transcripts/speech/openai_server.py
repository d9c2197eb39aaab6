"""Transcription endpoints that speak OpenAI's protocol: OpenAI's own, and many servers at home.

chunk -> file -> POST /audio/transcriptions -> verbose_json: segments and words with times
-> json: text alone, as long as the chunk
"""

from __future__ import annotations

import asyncio
import json
import math
from typing import TYPE_CHECKING, ClassVar, cast

from pydantic import BaseModel

from footnoted.ledger.service_faults import request_id_of
from footnoted.transcripts.speech.answers import Seconds, milliseconds_of, why_unreadable
from footnoted.transcripts.speech.languages import language_tag, primary_tag
from footnoted.transcripts.speech.packing import OPUS, WAV, pack
from footnoted.transcripts.speech.port import (
    Reach,
    Recognition,
    RecognizedSpeech,
    SpokenSegment,
    SpokenWord,
)
from footnoted.transcripts.speech.service_model import ServiceModel
from footnoted.transcripts.speech.timed_words import with_words

if TYPE_CHECKING:
    from footnoted.transcripts.speech.port import AudioChunk, SpeechRequest

DEFAULT_BASE_URL = "https://api.openai.com/v1"
_TIMED_CHUNK_S, _UNTIMED_CHUNK_S = 600.0, 60.0
_LONGEST_PROMPT = 800
"""Characters of a prompt: Whisper reads the last 224 tokens of it."""


class _Piece(BaseModel):
    start: Seconds
    end: Seconds


class _Segment(_Piece):
    text: str
    speaker: str | None = None


class _Word(_Piece):
    word: str


class _Answer(BaseModel):
    text: str
    language: str | None = None
    duration: Seconds | None = None
    segments: list[_Segment] | None = None
    words: list[_Word] | None = None


class OpenAiRecognizer(ServiceModel):
    """One model on one server."""

    probe_path: ClassVar[str] = "models"

    @property
    def parameters(self) -> dict[str, str]:
        """Return the server, where it is not OpenAI's own, and how it is asked."""
        told = {"format": self._format}
        return told if self._is_openais_own else {**told, "base_url": self._service.base_url}

    @property
    def _is_openais_own(self) -> bool:
        return self._service.base_url == DEFAULT_BASE_URL

    @property
    def _format(self) -> str:
        """Return the richest format that the model has (OpenAI's reference of the endpoint)."""
        return "json" if self._name.startswith("gpt-4o") else "verbose_json"

    def reach(self, request: SpeechRequest) -> Reach:
        """Return ten minutes; one minute where there will be no times but those of the chunk."""
        del request
        return Reach(_UNTIMED_CHUNK_S if self._format == "json" else _TIMED_CHUNK_S)

    async def recognize(
        self, chunk: AudioChunk, request: SpeechRequest, *, timeout_s: float
    ) -> Recognition:
        """Return what the server heard. Raises CallFailedError."""
        packing = OPUS if self._is_openais_own else WAV  # every server reads WAV
        data = await asyncio.to_thread(pack, chunk.samples, packing)
        posted = self._service.request(
            "POST",
            "audio/transcriptions",
            data=self._fields(request),
            files={"file": (packing.file_name, data, packing.content_type)},
        )
        answer = await self._service.send(posted, timeout_s)
        try:
            speech = read_answer(answer.body, chunk.duration_ms)
        except (ValueError, RecursionError) as error:
            raise self._service.unreadable(why_unreadable(error), answer.headers) from None
        served = speech.model_copy(update={"served_by": self._name})
        return Recognition(served, answer.body, request_id_of(answer.headers))

    def _fields(self, request: SpeechRequest) -> dict[str, str | list[str]]:
        fields: dict[str, str | list[str]] = {
            "model": self._name,
            "response_format": self._format,
            "temperature": "0",
        }
        if self._format == "verbose_json":
            fields["timestamp_granularities[]"] = ["word", "segment"]
        if language := primary_tag(request.language):
            fields["language"] = language
        if prompt := _prompt(request.words):
            fields["prompt"] = prompt
        return fields


def read_answer(body: str, duration_ms: int) -> RecognizedSpeech:
    """Return what an answer says; without segments it is untimed, as long as the chunk.

    Raises ValueError for what is no answer of this protocol.
    """
    document = cast("object", json.loads(body))
    answer = _Answer.model_validate(document)
    told = {
        "language": language_tag(answer.language),
        "billed_ms": None if answer.duration is None else math.ceil(answer.duration * 1000),
    }
    if answer.segments is None and answer.words is None:
        whole = SpokenSegment(start_ms=0, end_ms=duration_ms, text=answer.text)
        spoken = (whole,) if answer.text.strip() else ()
        return RecognizedSpeech(segments=spoken, is_timed=False).model_copy(update=told)
    words = [
        SpokenWord(
            start_ms=milliseconds_of(word.start), end_ms=milliseconds_of(word.end), text=word.word
        )
        for word in answer.words or []
    ]
    segments = [
        SpokenSegment(
            start_ms=milliseconds_of(one.start),
            end_ms=milliseconds_of(one.end),
            text=one.text,
            speaker=one.speaker,
        )
        for one in answer.segments or []
    ]
    timed = with_words(segments or _whole(answer.text, words), words)
    return RecognizedSpeech(segments=timed).model_copy(update=told)


def _whole(text: str, words: list[SpokenWord]) -> list[SpokenSegment]:
    """Return one segment around all words, where a server gives only those."""
    if not words:
        return []
    end_ms = max(word.end_ms for word in words)
    return [SpokenSegment(start_ms=words[0].start_ms, end_ms=end_ms, text=text)]


def _prompt(words: tuple[str, ...]) -> str:
    """Return as many of the words as fit, as a list that reads like speech."""
    prompt = ""
    for word in words:
        longer = f"{prompt}, {word}" if prompt else word
        if len(longer) > _LONGEST_PROMPT:
            break
        prompt = longer
    return prompt
