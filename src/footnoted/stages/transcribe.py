"""The stage `transcribe`: from the files of a recording to one version of what was said.

    files, best first -> read before? share that version
                      -> read, parse, judge (in a thread) -> the first good one
    none good: why the best one is not; no file with words: a wait

The quality gate stands here, before anything is spent on a video.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, ConfigDict

from footnoted.errors import PermanentError, TransientError
from footnoted.model.outcome import Stopped, Waiting
from footnoted.model.path import real_path
from footnoted.model.status import QUARANTINED, TRANSCRIBED, ItemKind, Resource
from footnoted.model.transcript import Transcript, TranscriptOrigin
from footnoted.sources.contents import read_small
from footnoted.sources.names import NotTaken, group_key, read_name
from footnoted.sources.port import SOURCE_UNREACHABLE, FileRole
from footnoted.sources.recordings.store import recording_of_video
from footnoted.sources.transcriptions.store import Progress, progress_of
from footnoted.sources.videos.store import (
    FOR_A_PERSON,
    SPEECH_RECOGNITION,
    TRANSCRIPT_MISSING,
    TRANSCRIPTION_PENDING,
)
from footnoted.stages.port import ItemGoneError
from footnoted.transcripts import store
from footnoted.transcripts.choose import Candidate, rank
from footnoted.transcripts.language import forget_language_model
from footnoted.transcripts.quality import Quality, assess

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.clock import Clock
    from footnoted.sources.recordings.store import Recording, RecordingFile
    from footnoted.stages.port import StageContext
    from footnoted.transcripts.port import TranscriptReader

MAX_TRANSCRIPT_BYTES = 256 * 2**20
"""Larger files are refused unread; the reader has a smaller limit, with a sentence of its own."""

_DAY = timedelta(days=1)
_SOON = timedelta(minutes=1)
_AT_WORK = timedelta(seconds=10)
_HOUR = timedelta(hours=1)


class TranscribeInput(BaseModel):
    """The transcript files of a recording, and what is known about it.

    `read_before` are the hashes of files that have a version. Languages are BCP 47 tags.
    """

    model_config = ConfigDict(frozen=True)

    title: str
    language: str | None
    duration_ms: int | None
    quality_accepted: bool
    candidates: tuple[Candidate, ...]
    has_sound: bool
    read_before: frozenset[str]
    progress: Progress | None = None


class PassedOver(BaseModel):
    """A transcript file that was not used, and why."""

    model_config = ConfigDict(frozen=True)

    path: str
    reason: str


class TranscribeOutput(BaseModel):
    """The file used; `transcript` and `quality` are None when it had a version already."""

    model_config = ConfigDict(frozen=True)

    path: str
    file_sha256: str
    transcript: Transcript | None
    quality: Quality | None
    passed_over: tuple[PassedOver, ...]
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Good:
    sha256: str
    transcript: Transcript
    quality: Quality


@dataclass(slots=True)
class _Findings:
    """Why the files looked at so far are no good, best file first."""

    passed_over: list[PassedOver] = field(default_factory=list[PassedOver])
    verdicts: list[Stopped | PermanentError] = field(
        default_factory=list["Stopped | PermanentError"]
    )
    waits: list[Waiting] = field(default_factory=list[Waiting])

    def note(self, path: str, finding: Stopped | PermanentError | Waiting) -> None:
        if isinstance(finding, Waiting):
            self.waits.append(finding)
            reason = finding.detail or finding.reason
        else:
            self.verdicts.append(finding)
            reason = finding.detail if isinstance(finding, Stopped) else finding.message
        self.passed_over.append(PassedOver(path=path, reason=reason))


class TranscribeStage:
    """discovered -> transcribed."""

    name: ClassVar[str] = "transcribe"
    version: ClassVar[int] = 2
    kind: ClassVar[ItemKind] = ItemKind.VIDEO
    gives: ClassVar[str] = TRANSCRIBED
    resource: ClassVar[Resource] = Resource.CPU
    asks: ClassVar[bool] = False
    time_limit_s: ClassVar[float] = 600.0
    given_type: type[TranscribeInput] = TranscribeInput

    def __init__(
        self,
        reader: TranscriptReader,
        clock: Clock,
        languages: Sequence[str] = (),
        *,
        keep_model_s: float = 60.0,
    ) -> None:
        """Read files through `reader`; `languages` are preferred among translations.

        The model that tells languages is let go `keep_model_s` after the last file.
        """
        self._reader = reader
        self._clock = clock
        self._languages = tuple(languages)
        self._keep_model_s = keep_model_s
        self._letting_go: asyncio.TimerHandle | None = None

    @property
    def parts(self) -> Mapping[str, str]:
        """Return nothing: a version depends on its file and this code alone."""
        return {}

    async def load(self, session: AsyncConnection, item_id: int) -> TranscribeInput:
        """Return the files that are there. Raises ItemGoneError when the video was removed."""
        recording = await recording_of_video(session, item_id)
        if recording is None:
            raise ItemGoneError(item_id)
        home = group_key(recording.files[0].path) if recording.files else None
        return TranscribeInput(
            title=recording.title,
            language=recording.language,
            duration_ms=recording.duration_ms,
            quality_accepted=recording.quality_accepted,
            candidates=tuple(
                _candidate(file, file.origin, recording, home)
                for file in recording.files
                if file.origin is not None
            ),
            has_sound=any(file.role is FileRole.MEDIA for file in recording.files),
            read_before=frozenset(await store.files_read(session, recording.media_id)),
            progress=await progress_of(session, recording.media_id),
        )

    async def run(
        self, given: TranscribeInput, context: StageContext
    ) -> TranscribeOutput | Waiting | Stopped:
        """Return the best good transcript, or why there is none.

        Raises PermanentError when the best file cannot be read as a transcript.
        """
        del context
        try:
            return await self._best(given)
        finally:
            self._let_model_go_later()

    async def _best(self, given: TranscribeInput) -> TranscribeOutput | Waiting | Stopped:
        spoken = [given.language] if given.language else []
        findings = _Findings()
        for candidate in rank(given.candidates, [*spoken, *self._languages]):
            if candidate.sha256 in given.read_before:
                return _shared(candidate, findings)
            read = await asyncio.to_thread(self._read, candidate, given)
            if isinstance(read, _Good):
                return _output(candidate, read, findings)
            findings.note(candidate.path, read)
        return self._none_good(given, findings)

    def _let_model_go_later(self) -> None:
        # Not at once: a backlog in a language that needs it would load it again for each file.
        if self._letting_go is not None:
            self._letting_go.cancel()
        loop = asyncio.get_running_loop()
        self._letting_go = loop.call_later(self._keep_model_s, forget_language_model)

    async def save(self, session: AsyncConnection, item_id: int, out: TranscribeOutput) -> None:
        """Write the version, unless the file has one, and give it to the video."""
        recording = await recording_of_video(session, item_id)
        if recording is None:
            raise ItemGoneError(item_id)
        version_id = await self._version(session, recording.media_id, out)
        await store.use_version(session, item_id, version_id)
        if out.passed_over:
            fields = out.model_dump(mode="json", include={"path", "passed_over"})
            await store.note_choice(session, item_id, fields, self._clock.now())

    async def _version(self, session: AsyncConnection, media_id: int, out: TranscribeOutput) -> int:
        if out.transcript is not None and out.quality is not None:
            quality = out.quality.model_dump(mode="json")
            new = store.NewVersion(out.file_sha256, out.transcript, quality)
            return await store.insert_version(session, media_id, new, self._clock.now())
        version_id = await store.find_version(session, media_id, out.file_sha256)
        if version_id is None:
            message = f"the version read from {out.path} went away meanwhile; it is read again"
            raise TransientError(message, wait_reason=TRANSCRIPT_MISSING, retry_after_s=1.0)
        return version_id

    def _read(
        self, candidate: Candidate, given: TranscribeInput
    ) -> _Good | Stopped | PermanentError | Waiting:
        """Return what one file gives. It blocks, and a long transcript keeps a core busy."""
        path = real_path(candidate.path)
        try:
            data = read_small(path, MAX_TRANSCRIPT_BYTES)
            transcript = self._reader(
                data,
                os.path.basename(path),  # noqa: PTH119 - names may hold any bytes
                origin=candidate.origin,
                language_hint=candidate.language,
            )
        except OSError as error:
            return self._unreachable(candidate.path, error)
        except PermanentError as error:
            return error
        transcript = store.storable_transcript(transcript)
        quality = assess(
            transcript, expected_language=given.language, duration_ms=given.duration_ms
        )
        if not quality.passed and not given.quality_accepted:
            detail = f"{candidate.path}: {quality.reason} It begins: {quality.preview}"
            return Stopped(QUARANTINED, quality.code or "quality", detail)
        if transcript.language is None:
            transcript = transcript.model_copy(update={"language": quality.language})
        return _Good(hashlib.sha256(data).hexdigest(), transcript, quality)

    def _unreachable(self, path: str, error: OSError) -> PermanentError | Waiting:
        now = self._clock.now()
        match error:
            case FileNotFoundError() | NotADirectoryError():
                detail = f"{path} is not there any more; it is looked for again every day"
                return Waiting(now + _DAY, TRANSCRIPT_MISSING, detail, now + FOR_A_PERSON)
            case PermissionError():
                message = f"{path} may not be read by the user footnoted runs as"
                return PermanentError(message, failure_code="file_forbidden")
            case _ if error.errno:
                detail = f"{path} cannot be read: {error.strerror}"
                return Waiting(now + _SOON, SOURCE_UNREACHABLE, detail, now + _DAY)
            case _:
                message = f"{path} {error.strerror}"
                return PermanentError(message, failure_code="transcript_too_large")

    def _none_good(self, given: TranscribeInput, findings: _Findings) -> Waiting | Stopped:
        """Return or raise why the best file that is there is no good, else what is waited for."""
        for verdict in findings.verdicts:
            if isinstance(verdict, PermanentError):
                raise verdict
            return verdict
        now = self._clock.now()
        if given.progress is not None and not given.progress.is_heard:
            return _as_its_transcription(given.progress, now)
        if given.has_sound:
            detail = "there is a recording without a transcript; it waits for speech recognition"
            return Waiting(now + _DAY, SPEECH_RECOGNITION, detail, now + FOR_A_PERSON)
        if findings.waits:
            return findings.waits[0]
        detail = f"no file of {given.title!r} is there any more; it is looked for again every day"
        return Waiting(now + _DAY, TRANSCRIPT_MISSING, detail, now + FOR_A_PERSON)


def _candidate(
    file: RecordingFile,
    origin: TranscriptOrigin,
    recording: Recording,
    home: tuple[str, str] | None,
) -> Candidate:
    name = read_name(os.path.basename(file.path))  # noqa: PTH119 - names may hold any bytes
    language = None if isinstance(name, NotTaken) else name.language
    is_spoken = recording.language is not None and language == recording.language
    is_edited = origin is TranscriptOrigin.EDITED
    return Candidate(
        path=file.path,
        sha256=file.sha256,
        origin=origin,
        language=language,
        is_original=is_spoken or (not isinstance(name, NotTaken) and name.is_original),
        is_timed=not isinstance(name, NotTaken) and name.is_timed,
        is_copy=not (is_edited or recording.from_net) and group_key(file.path) != home,
        modified_ns=file.modified_ns,
    )


def _as_its_transcription(progress: Progress, now: datetime) -> Waiting | Stopped:
    """Return what a transcription says, as the outcome of a video that has no words without it.

    Whenever that one says something new it wakes the video; the time here only bounds a lost wake,
    which needs a transcription that is being worked on. A thousand in a queue are not looked at
    every ten seconds.
    """
    detail = progress.failure_detail or progress.wait_detail
    if progress.is_under_way:
        later = now + (_AT_WORK if progress.is_at_work else _HOUR)
        if progress.wait_reason is None:
            return Waiting(later, TRANSCRIPTION_PENDING, detail)
        until = min(max(progress.not_before or later, now + _SOON), later)
        return Waiting(until, progress.wait_reason, detail)
    code = progress.failure_code or progress.status
    return Stopped(progress.status, code, detail or "its transcription is over")


def _shared(candidate: Candidate, findings: _Findings) -> TranscribeOutput:
    return TranscribeOutput(
        path=candidate.path,
        file_sha256=candidate.sha256,
        transcript=None,
        quality=None,
        passed_over=tuple(findings.passed_over),
        counts={"shared": 1},
    )


def _output(candidate: Candidate, good: _Good, findings: _Findings) -> TranscribeOutput:
    transcript = good.transcript
    return TranscribeOutput(
        path=candidate.path,
        file_sha256=good.sha256,
        transcript=transcript,
        quality=good.quality,
        passed_over=tuple(findings.passed_over),
        counts={"cues": len(transcript.cues), "words": transcript.word_count},
    )
