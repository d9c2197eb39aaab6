"""Deepgram's pre-recorded endpoint: utterances with timed words, and speakers where asked for."""

from __future__ import annotations

import asyncio
import json
import math
from typing import TYPE_CHECKING, ClassVar, cast

from pydantic import BaseModel, Field

from footnoted.ledger.service_faults import request_id_of
from footnoted.transcripts.speech.answers import Seconds, milliseconds_of, why_unreadable
from footnoted.transcripts.speech.languages import language_tag
from footnoted.transcripts.speech.packing import OPUS, pack
from footnoted.transcripts.speech.port import (
    Reach,
    Recognition,
    RecognizedSpeech,
    SpokenSegment,
    SpokenWord,
)
from footnoted.transcripts.speech.service_model import ServiceModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.transcripts.speech.port import AudioChunk, SpeechRequest

DEFAULT_BASE_URL = "https://api.deepgram.com"
_CHUNK_S, _CHUNK_WITH_SPEAKERS_S = 600.0, 1_800.0
_SPEAKERS_OVERLAP_S = 40.0
_MOST_WORDS = 100


class _Word(BaseModel):
    word: str
    start: Seconds
    end: Seconds
    punctuated_word: str | None = None
    speaker: int | None = None


class _Utterance(BaseModel):
    start: Seconds
    end: Seconds
    transcript: str
    speaker: int | None = None
    words: list[_Word] = Field(default_factory=list[_Word])


class _Alternative(BaseModel):
    transcript: str = ""
    words: list[_Word] = Field(default_factory=list[_Word])


class _Channel(BaseModel):
    alternatives: list[_Alternative] = Field(min_length=1)
    detected_language: str | None = None


class _Results(BaseModel):
    channels: list[_Channel] = Field(min_length=1)
    utterances: list[_Utterance] | None = None


class _Metadata(BaseModel):
    request_id: str | None = None
    duration: Seconds | None = None


class _Answer(BaseModel):
    results: _Results
    metadata: _Metadata = Field(default_factory=_Metadata)


class DeepgramRecognizer(ServiceModel):
    """One of Deepgram's models."""

    probe_path: ClassVar[str] = "v1/projects"

    @property
    def parameters(self) -> dict[str, str]:
        """Return the server, where it is not Deepgram's own."""
        base_url = self._service.base_url
        return {} if base_url == DEFAULT_BASE_URL else {"base_url": base_url}

    def reach(self, request: SpeechRequest) -> Reach:
        """Return longer stretches for speakers: who is who is found anew in each."""
        if request.wants_speakers:
            return Reach(_CHUNK_WITH_SPEAKERS_S, overlap_s=_SPEAKERS_OVERLAP_S)
        return Reach(_CHUNK_S)

    async def recognize(
        self, chunk: AudioChunk, request: SpeechRequest, *, timeout_s: float
    ) -> Recognition:
        """Return what Deepgram heard. Raises CallFailedError."""
        data = await asyncio.to_thread(pack, chunk.samples, OPUS)
        posted = self._service.request(
            "POST",
            "v1/listen",
            params=tuple(self._query(request)),
            content=data,
            headers={"content-type": OPUS.content_type},
        )
        answer = await self._service.send(posted, timeout_s)
        try:
            speech, request_id = read_answer(answer.body, request.language)
        except (ValueError, RecursionError) as error:
            raise self._service.unreadable(why_unreadable(error), answer.headers) from None
        served = speech.model_copy(update={"served_by": self._name})
        return Recognition(served, answer.body, request_id or request_id_of(answer.headers))

    def _query(self, request: SpeechRequest) -> list[tuple[str, str]]:
        query = [
            ("model", self._name),
            ("smart_format", "true"),
            ("punctuate", "true"),
            ("utterances", "true"),
            ("language", request.language) if request.language else ("detect_language", "true"),
        ]
        if request.wants_speakers:
            query.append(("diarize", "true"))
        hint = "keyterm" if self._name.startswith("nova-3") else "keywords"
        return query + [(hint, word) for word in request.words[:_MOST_WORDS]]


def read_answer(body: str, language: str | None) -> tuple[RecognizedSpeech, str | None]:
    """Return what an answer says, and its id. Raises ValueError for what is no such answer."""
    answer = _Answer.model_validate(cast("object", json.loads(body)))
    channel, metadata = answer.results.channels[0], answer.metadata
    utterances = answer.results.utterances
    if utterances is None:
        utterances = _whole(channel.alternatives[0])
    speech = RecognizedSpeech(
        segments=tuple(_segment(one) for one in utterances),
        language=language_tag(channel.detected_language) or language,
        billed_ms=None if metadata.duration is None else math.ceil(metadata.duration * 1000),
    )
    return speech, metadata.request_id


def _whole(choice: _Alternative) -> list[_Utterance]:
    """Return all words as one utterance, where a server leaves those out."""
    if not choice.words:
        return []
    start, end = choice.words[0].start, max(word.end for word in choice.words)
    text = choice.transcript
    return [_Utterance(start=start, end=end, transcript=text, words=choice.words)]


def _segment(one: _Utterance) -> SpokenSegment:
    return SpokenSegment(
        start_ms=milliseconds_of(one.start),
        end_ms=milliseconds_of(one.end),
        text=one.transcript,
        speaker=_label(one.speaker),
        words=_words(one.words),
    )


def _words(words: Sequence[_Word]) -> tuple[SpokenWord, ...]:
    return tuple(
        SpokenWord(
            start_ms=milliseconds_of(word.start),
            end_ms=milliseconds_of(word.end),
            text=word.punctuated_word or word.word,
            speaker=_label(word.speaker),
        )
        for word in words
    )


def _label(speaker: int | None) -> str | None:
    return None if speaker is None else str(speaker)
