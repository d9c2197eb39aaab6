"""One stretch of sound: replayed from the journal, or bought from the recogniser and journaled."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from pydantic import ValidationError

from footnoted.errors import ContractViolationError, PermanentError
from footnoted.ledger import store as journal
from footnoted.ledger.faults import CallFailedError, FaultKind, wait_of
from footnoted.ledger.journal import Flaw
from footnoted.llm.port import RawAnswer, Usage
from footnoted.llm.speech.call import SpeechCall, Tariff
from footnoted.transcripts.speech.port import RecognizedSpeech

if TYPE_CHECKING:
    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.ledger.faults import Fault
    from footnoted.ledger.journal import Entry
    from footnoted.llm.call import CallScope
    from footnoted.llm.flights import Flights
    from footnoted.llm.port import CallOptions
    from footnoted.transcripts.speech.port import AudioChunk, SpeechRecognizer, SpeechRequest

_SHAPE = 1
"""The shape of a journaled answer; a new one makes every request a new one."""

_LOST_WAIT_S, _LOST_WAIT_CAP_S = 30.0, 21_600.0


@dataclass(frozen=True, slots=True)
class HearingDeps:
    """What recognising needs: who hears, what buys it, and where that is journaled.

    `language` is expected where nobody says one.
    """

    recognizer: SpeechRecognizer
    flights: Flights[SpeechCall]
    database: Database
    clock: Clock
    language: str | None = None

    def expecting(self, request: SpeechRequest) -> SpeechRequest:
        """Return a request with the language to expect, where it has none."""
        return request if request.language else replace(request, language=self.language)


@dataclass(frozen=True, slots=True)
class HearingRequest:
    """What is wanted of a recording, and in whose name."""

    speech: SpeechRequest
    scope: CallScope


class ChunkTooLargeError(Exception):
    """The recogniser takes nothing as large as this chunk."""


class Hearer:
    """Hears chunks for one request."""

    def __init__(self, request: HearingRequest, deps: HearingDeps) -> None:
        """Hear in the name of `request`."""
        self._request = replace(request, speech=deps.expecting(request.speech))
        self._deps = deps

    async def hear(self, chunk: AudioChunk) -> RecognizedSpeech:
        """Return what is said in a chunk, at $0 where it was answered before.

        Raises ChunkTooLargeError, TransientError and BudgetExceededError for waits, PermanentError
        where the service refuses this chunk for good.
        """
        digest = self.digest(chunk)
        async with self._deps.database.transaction() as session:
            entry = (await journal.latest_entries(session, [digest])).get(digest)
        if entry is None or not self._is_answer(entry):
            entry = await self._bought(chunk, digest, entry)
        try:
            return RecognizedSpeech.model_validate_json(entry.answer or "")
        except ValidationError as error:
            return await self._refused(entry, error)

    def digest(self, chunk: AudioChunk) -> str:
        """Return the hash of all that an answer depends on: sound, recogniser, what is asked."""
        recognizer = self._deps.recognizer
        parts = {
            "shape": _SHAPE,
            "recognizer": recognizer.name,
            "parameters": recognizer.parameters,
            "request": asdict(self._request.speech),
            "audio": chunk.sha256,
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def _is_answer(self, entry: Entry) -> bool:
        is_of_today = entry.generation >= self._request.scope.generation
        return is_of_today and entry.is_answered and bool(entry.usable)

    async def _bought(self, chunk: AudioChunk, digest: str, known: Entry | None) -> Entry:
        call = self._call(chunk, digest, known)
        try:
            return await self._deps.flights.bought(call)
        except CallFailedError as error:
            raise self._outcome(chunk, error.fault, known) from None

    def _outcome(self, chunk: AudioChunk, fault: Fault, known: Entry | None) -> Exception:
        if fault.kind is FaultKind.TOO_LARGE:
            return ChunkTooLargeError(fault.message)
        wait = wait_of(fault)
        if wait is None:
            message = f"{_place(chunk)}: {self._deps.recognizer.name}: {fault.message}"
            return PermanentError(message, failure_code="speech_rejected")
        if fault.may_be_billed and known is not None and known.lost:
            patience_s = min(_LOST_WAIT_S * 2.0**known.lost, _LOST_WAIT_CAP_S)
            wait.retry_after_s = max(wait.retry_after_s or 0.0, patience_s)
        return wait

    async def _refused(self, entry: Entry, error: ValidationError) -> RecognizedSpeech:
        async with self._deps.database.transaction() as session:
            await journal.mark_unusable(session, entry.id, Flaw.INVALID, str(error))
        message = f"call {entry.id}: the journaled answer of a recogniser cannot be read"
        raise ContractViolationError(message)

    def _call(self, chunk: AudioChunk, digest: str, known: Entry | None) -> SpeechCall:
        words = ", ".join(self._request.speech.words)
        return SpeechCall(
            scope=self._request.scope,
            label=f"{chunk.start_ms}-{chunk.end_ms}",
            model_name=self._deps.recognizer.name,
            digest=digest,
            audio_sha256=chunk.sha256,
            preview=f"sound, {_place(chunk)}" + (f"; words to expect: {words}" if words else ""),
            tariff=self._tariff(chunk),
            send=lambda options: self._asked(chunk, options),
            seen=frozenset([known.id] if known is not None and known.is_answered else []),
        )

    def _tariff(self, chunk: AudioChunk) -> Tariff | None:
        prices = self._deps.recognizer.prices_at(self._deps.clock.now())
        if prices is None:
            return None
        speakers, words = self._request.speech.wants_speakers, bool(self._request.speech.words)
        return Tariff(
            prices.worst_case(chunk.duration_ms, speakers=speakers, words=words),
            lambda speech_ms: prices.cost(speech_ms, speakers=speakers, words=words),
        )

    async def _asked(self, chunk: AudioChunk, options: CallOptions) -> RawAnswer:
        heard = await self._deps.recognizer.recognize(
            chunk, self._request.speech, timeout_s=options.timeout_s
        )
        billed_ms = max(heard.speech.billed_ms or 0, chunk.duration_ms)
        text = heard.speech.model_dump_json()
        return RawAnswer(
            text=text,
            stop_reason=None,
            usage=Usage(speech_ms=billed_ms),
            model=heard.speech.served_by or self._deps.recognizer.name,
            provider_request_id=heard.provider_request_id,
            body=None if heard.body == text else heard.body,
        )


def _place(chunk: AudioChunk) -> str:
    return f"{_clock(chunk.start_ms)} to {_clock(chunk.end_ms)}"


def _clock(at_ms: int) -> str:
    seconds = at_ms // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
