"""The stage `listen`: from sound to words, for recordings that nobody wrote captions for.

    words are here already: on at once
    nothing that hears is configured: a wait that says so
    else fetch the sound (a file of a folder is there already) -> hear it -> keep the transcript

Every chunk that was heard is journaled, so a stage that is run again pays for nothing twice.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, ConfigDict

from footnoted.llm.call import CallScope
from footnoted.model.outcome import Stopped, Waiting
from footnoted.model.path import real_path, stored_path
from footnoted.model.status import TRANSCRIPTION_HEARD, ItemKind, Resource
from footnoted.model.transcript import TranscriptOrigin
from footnoted.sources.languages import is_language
from footnoted.sources.obtain.port import Wanted
from footnoted.sources.port import FileRole, FoundFile
from footnoted.sources.recordings import store as recordings
from footnoted.sources.transcriptions import store
from footnoted.sources.transcriptions.store import HeardIn
from footnoted.sources.videos import store as videos
from footnoted.sources.videos.store import FOR_A_PERSON, SPEECH_RECOGNITION
from footnoted.stages.obtain import not_wanted, wanted_of
from footnoted.stages.port import ItemGoneError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.clock import Clock
    from footnoted.sources.transcriptions.store import Subject
    from footnoted.sources.uploads.storage import MediaStorage
    from footnoted.stages.hearing import HearingDeps
    from footnoted.stages.obtain import Obtainers
    from footnoted.stages.port import StageContext
    from footnoted.transcripts.speech.hearing import Hearing

_DAY = timedelta(days=1)


class ListenInput(BaseModel):
    """A recording: its sound here or on the net, or neither where its words are here already."""

    model_config = ConfigDict(frozen=True)

    transcription_id: int
    media_id: int
    is_wanted: bool
    has_words: bool
    sound_path: str | None
    wanted: Wanted | None
    language: str | None
    words: tuple[str, ...]
    wants_speakers: bool
    told_ms: int | None = None


class ListenOutput(BaseModel):
    """The file of the transcript; None where there was nothing to hear."""

    model_config = ConfigDict(frozen=True)

    file: FoundFile | None = None
    heard: HeardIn | None = None
    counts: dict[str, int] = {}


class ListenStage:
    """obtained -> heard."""

    name: ClassVar[str] = "listen"
    version: ClassVar[int] = 1
    kind: ClassVar[ItemKind] = ItemKind.TRANSCRIPTION
    gives: ClassVar[str] = TRANSCRIPTION_HEARD
    resource: ClassVar[Resource] = Resource.SPEECH
    asks: ClassVar[bool] = False
    time_limit_s: ClassVar[float] = 6 * 3_600.0
    given_type: type[ListenInput] = ListenInput

    def __init__(
        self,
        obtainers: Obtainers,
        ears: HearingDeps | None,
        clock: Clock,
        folder: Path,
        storage: MediaStorage,
    ) -> None:
        """Hear with `ears`, None where nothing hears; keep transcripts below `folder`.

        Sound is fetched while `storage` has room.
        """
        self._storage = storage
        self._obtainers = obtainers
        self._ears = ears
        self._clock = clock
        self._folder = folder

    @property
    def parts(self) -> Mapping[str, str]:
        """Return nothing: what was heard is kept by its content."""
        return {}

    async def load(self, session: AsyncConnection, item_id: int) -> ListenInput:
        """Return the recording. Raises ItemGoneError when it was removed."""
        subject = await store.read_subject(session, item_id)
        if subject is None:
            raise ItemGoneError(item_id)
        words = [file.origin for file in subject.files if file.role is FileRole.TRANSCRIPT]
        is_outdated = subject.was_cut and set(words) == {TranscriptOrigin.ASR}
        sounds = [file.path for file in subject.files if file.role is FileRole.MEDIA]
        options = subject.options
        return ListenInput(
            transcription_id=item_id,
            media_id=subject.media_id,
            is_wanted=subject.is_wanted,
            has_words=bool(words) and not (is_outdated and self._ears is not None),
            sound_path=sounds[0] if sounds else None,
            wanted=wanted_of(subject, self._folder, hears=self._ears is not None),
            language=subject.expected_language,
            words=options.words_to_expect,
            wants_speakers=options.wants_speakers,
            told_ms=subject.told_ms,
        )

    async def run(
        self, given: ListenInput, context: StageContext
    ) -> ListenOutput | Waiting | Stopped:
        """Return the transcript of what was said, or what is waited for.

        Raises TransientError and BudgetExceededError for waits, PermanentError for what can never
        be heard.
        """
        del context
        if given.has_words:
            return ListenOutput()
        if not given.is_wanted:
            return not_wanted()
        if self._ears is None:
            detail = "there is a recording without a transcript; it waits for speech recognition"
            now = self._clock.now()
            return Waiting(now + _DAY, SPEECH_RECOGNITION, detail, now + FOR_A_PERSON)
        return await self._hear(given, self._ears)

    async def _hear(self, given: ListenInput, ears: HearingDeps) -> ListenOutput:
        # They load what decodes sound, which a daemon that hears nothing should not wait for.
        from footnoted.stages.hearing import HearingRequest  # noqa: PLC0415
        from footnoted.stages.recognize import transcribe_audio  # noqa: PLC0415
        from footnoted.transcripts.speech.port import SpeechRequest  # noqa: PLC0415

        path = await self._sound_of(given)
        speech = SpeechRequest(given.language, given.words, given.wants_speakers)
        scope = CallScope(ItemKind.TRANSCRIPTION, given.transcription_id, self.name)
        hearing = await transcribe_audio(path, HearingRequest(speech, scope), ears)
        file = await asyncio.to_thread(self._keep, given.media_id, hearing)
        counts = {
            "minutes": round(hearing.duration_ms / 60_000),
            "chunks": hearing.chunks,
            "dropped": hearing.dropped,
        }
        heard = HeardIn(
            expected=given.language, found=hearing.transcript.language, told_ms=given.told_ms
        )
        return ListenOutput(file=file, heard=heard, counts=counts)

    async def _sound_of(self, given: ListenInput) -> Path:
        """Return the file with the sound; one that was fetched before is used again."""
        if given.sound_path is not None:
            return Path(real_path(given.sound_path))
        if given.wanted is None:
            raise ItemGoneError(given.media_id)
        begins = f"sound-{given.told_ms or 0}-"  # what was cut since is another sound
        left = await asyncio.to_thread(_left_in, given.wanted.folder, begins)
        if left is not None:
            return left
        await self._storage.require_room()
        fetched = await self._obtainers.of(given.wanted.item).fetch_sound(given.wanted)
        return await asyncio.to_thread(fetched.rename, fetched.with_name(begins + fetched.name))

    def _keep(self, media_id: int, hearing: Hearing) -> FoundFile:
        """Write the transcript under a name that says what it is; whole or not at all."""
        folder = self._folder / str(media_id)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        language = hearing.transcript.language
        tag = f".{language}" if language and is_language(language) else ""
        path = folder / f"{hearing.file_sha256[:16]}{tag}.json"
        part = folder / f"part-{os.getpid()}-{hearing.file_sha256[:16]}"
        try:
            part.write_bytes(hearing.file)
            part.replace(path)
        finally:
            with suppress(FileNotFoundError):
                part.unlink()
        facts = path.stat()
        return FoundFile(
            path=stored_path(str(path)),
            role=FileRole.TRANSCRIPT,
            origin=TranscriptOrigin.ASR,
            sha256=hearing.file_sha256,
            size_bytes=facts.st_size,
            modified_ns=facts.st_mtime_ns,
        )

    async def save(self, session: AsyncConnection, item_id: int, out: ListenOutput) -> None:
        """Record the transcript; the change of status wakes the videos of the recording."""
        subject = await store.read_subject(session, item_id)
        if subject is None:
            raise ItemGoneError(item_id)
        if out.file is None:
            await _note_length(session, subject)
            return
        row_id = await recordings.file_at(session, out.file.path)
        await recordings.put_file(session, subject.media_id, row_id, out.file, self._clock.now())
        if out.heard is not None:
            await store.note_heard(session, item_id, out.heard)
        if subject.has_version:  # it was cut since it was heard
            turn = await videos.first_turn(session, subject.source_id)
            opening = videos.Opening(subject.source_id, videos.SCHEDULED, self._clock.now(), turn)
            await videos.reopen_videos(
                session, subject.media_id, opening, ["transcript"], forgets=True
            )


async def _note_length(session: AsyncConnection, subject: Subject) -> None:
    """Keep how long a recording is told to be that was heard when nobody told it."""
    heard = subject.heard
    if heard is not None and heard.told_ms is None and subject.told_ms is not None:
        noted = heard.model_copy(update={"told_ms": subject.told_ms})
        await store.note_heard(session, subject.id, noted)


def _left_in(folder: Path, begins: str) -> Path | None:
    """Return the sound that an earlier try fetched whole, if it is still there."""
    found = sorted(folder.glob(f"{begins}*")) if folder.is_dir() else []
    return found[0] if found else None
