"""From a recording to what is said in it: a replayable function over journaled stretches.

    file -> chunks, cut at quiet places -> each replayed or bought -> without what was said over
    silence -> stitched -> Hearing (a transcript and the file it is kept in)

What was answered is never bought again, so a crash in the middle of a long recording costs what was
on its way, and the rest is replayed.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.errors import (
    BudgetExceededError,
    FootnotedError,
    PermanentError,
    TransientError,
)
from footnoted.ledger.journal import FREE
from footnoted.stages.hearing import ChunkTooLargeError, Hearer
from footnoted.transcripts.speech.cutting import halves
from footnoted.transcripts.speech.hearing import Findings, hearing_of
from footnoted.transcripts.speech.loudness import loudness_of
from footnoted.transcripts.speech.port import RecognizedSpeech
from footnoted.transcripts.speech.silence import without_silence
from footnoted.transcripts.speech.source import ChunkSource, MeasuredChunk
from footnoted.transcripts.speech.stitching import Heard, stitch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from decimal import Decimal
    from pathlib import Path

    from footnoted.stages.hearing import HearingDeps, HearingRequest
    from footnoted.transcripts.speech.hearing import Hearing
    from footnoted.transcripts.speech.port import AudioChunk, SpeechRecognizer, SpeechRequest
    from footnoted.transcripts.speech.source import SourceFacts

_LEAST_HALVED_MS = 20_000
_NOTHING = RecognizedSpeech(segments=())


@dataclass(frozen=True, slots=True)
class _Part:
    """What became of a chunk: mostly one answer, more where it was halved."""

    heard: tuple[Heard, ...]
    dropped: int = 0
    is_silent: bool = False


async def transcribe_audio(path: Path, request: HearingRequest, deps: HearingDeps) -> Hearing:
    """Return what is said in a recording; whatever was journaled before is replayed at $0.

    Raises AudioUnreadableError for a file without speech that can be had, TransientError and
    BudgetExceededError while something has to be waited for, PermanentError where the recogniser
    refuses this recording for good. Everything that was sent is journaled before anything is
    raised.
    """
    hearing = _Hearing(request, deps)
    async with ChunkSource(path, hearing.reach) as source:
        parts = await hearing.parts(source)
        lines = await asyncio.to_thread(stitch, [one for part in parts for one in part.heard])
        return hearing_of(lines, hearing.findings(path, parts, source.facts))


def cost_of_recording(
    duration_ms: int, speech: SpeechRequest, recognizer: SpeechRecognizer, at: datetime
) -> Decimal:
    """Return about what a recording of that length costs (USD) then, overlaps included."""
    prices = recognizer.prices_at(at)
    if prices is None:
        return FREE
    reach = recognizer.reach(speech)
    joints = max(0, -(-duration_ms // int(reach.chunk_s * 1000)) - 1)
    overlaps_ms = joints * int(reach.overlap_s * 1000)
    return prices.cost(
        duration_ms + overlaps_ms, speakers=speech.wants_speakers, words=bool(speech.words)
    )


class _Hearing:
    """One recording on its way through the recogniser."""

    def __init__(self, request: HearingRequest, deps: HearingDeps) -> None:
        self._speech, self._recognizer = deps.expecting(request.speech), deps.recognizer
        self._hearer = Hearer(request, deps)
        self.reach = deps.recognizer.reach(self._speech)

    async def parts(self, source: ChunkSource) -> list[_Part]:
        """Return what became of each chunk, in order, a few of them heard at the same time.

        After a failure no more are begun; what is on its way ends before the failure is told.
        """
        begun: deque[asyncio.Task[_Part]] = deque()
        parts: list[_Part] = []
        try:
            async for one in source:
                begun.append(asyncio.create_task(self._part(one)))
                if len(begun) >= self._recognizer.at_once:
                    parts.append(await begun.popleft())
            while begun:
                parts.append(await begun.popleft())
        except FootnotedError as error:
            others = await asyncio.gather(*begun, return_exceptions=True)
            raise _foremost([error, *others]) from None
        finally:
            for task in begun:
                task.cancel()  # whoever waits for an answer goes; the answer is still journaled
        return parts

    async def _part(self, one: MeasuredChunk) -> _Part:
        if one.loudness.is_silent:
            return _Part((_heard(one.chunk, _NOTHING),), is_silent=True)
        try:
            speech = await self._hearer.hear(one.chunk)
        except ChunkTooLargeError as error:
            return await self._in_halves(one.chunk, error)
        believed = without_silence(speech, one.loudness, one.chunk.duration_ms)
        return _Part((_heard(one.chunk, believed.speech),), believed.dropped)

    async def _in_halves(self, chunk: AudioChunk, error: ChunkTooLargeError) -> _Part:
        if chunk.duration_ms < _LEAST_HALVED_MS:
            message = f"{self._recognizer.name} takes not even {chunk.duration_ms} ms: {error}"
            raise PermanentError(message, failure_code="speech_rejected")
        found: list[_Part] = []
        for half in halves(chunk, self.reach):
            loudness = await asyncio.to_thread(loudness_of, half.samples)
            found.append(await self._part(MeasuredChunk(half, loudness)))
        heard = tuple(one for part in found for one in part.heard)
        return _Part(heard, sum(part.dropped for part in found))

    def findings(self, path: Path, parts: Sequence[_Part], facts: SourceFacts) -> Findings:
        """Return what the transcript says about itself."""
        speeches = [one.speech for part in parts for one in part.heard if one.speech.segments]
        told = Counter(speech.language for speech in speeches if speech.language)
        common = told.most_common(1)
        return Findings(
            name=os.fsencode(path.name).decode(errors="replace"),
            model=self._recognizer.name,
            language=self._speech.language or (common[0][0] if common else None),
            duration_ms=facts.duration_ms,
            chunks=facts.chunks,
            dropped=sum(part.dropped for part in parts),
            notes=tuple(self._notes(parts, speeches, facts)),
        )

    def _notes(
        self, parts: Sequence[_Part], speeches: Sequence[RecognizedSpeech], facts: SourceFacts
    ) -> Iterator[str]:
        stretches = "1 stretch" if facts.chunks == 1 else f"{facts.chunks} stretches"
        yield f"recognised by {self._recognizer.name} in {stretches}"
        if silent := sum(part.is_silent for part in parts):
            yield f"{silent} of them without any sound, not sent"
        if dropped := sum(part.dropped for part in parts):
            yield f"{dropped} lines over silence left out"
        if any(not speech.is_timed for speech in speeches):
            yield "times are those of whole stretches: the recogniser gave no others"
        segments = [segment for speech in speeches for segment in speech.segments]
        if self._speech.wants_speakers and not any(one.speaker for one in segments):
            yield "speakers were asked for, and not told apart"
        if facts.broken:
            yield f"{facts.broken} packets of the recording could not be decoded"


def _heard(chunk: AudioChunk, speech: RecognizedSpeech) -> Heard:
    return Heard(chunk.start_ms, chunk.cut_ms, chunk.end_ms, speech)


def _foremost(found: Sequence[object]) -> Exception:
    """Return which of several failures is told: what holds up everything comes first."""
    return min((one for one in found if isinstance(one, Exception)), key=_rank)


def _rank(failure: Exception) -> tuple[int, float]:
    match failure:
        case TransientError() if failure.wait_reason == "provider_stopped":
            return 1, 0.0
        case BudgetExceededError():
            return 2, -failure.until.timestamp()
        case TransientError():
            return 3, -(failure.retry_after_s or 0.0)
        case FootnotedError():
            return 4, 0.0
        case _:
            return 0, 0.0
