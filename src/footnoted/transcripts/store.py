"""The SQL of transcripts: immutable versions of what was said in one recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from footnoted.db.tables import events, media, runs, transcripts
from footnoted.db.texts import storable
from footnoted.errors import PermanentError
from footnoted.model.status import ItemKind
from footnoted.model.transcript import (
    Cue,
    CueKind,
    Transcript,
    TranscriptFormat,
    TranscriptOrigin,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection

TRANSCRIPT_CHOSEN = "transcript.chosen"


@dataclass(frozen=True, slots=True)
class StoredTranscript:
    """One version of what was said. `file_sha256` is the file it was read from."""

    id: int
    media_id: int
    version: int
    file_sha256: str
    transcript: Transcript
    quality: Mapping[str, Any]
    created_at: datetime

    @property
    def cues(self) -> tuple[Cue, ...]:
        """Return the cues, in order."""
        return self.transcript.cues


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A transcript that may become a version, with the verdict it passed."""

    file_sha256: str
    transcript: Transcript
    quality: Mapping[str, Any]


class TranscriptGoneError(PermanentError):
    """The version of the transcript was removed, together with its recording."""

    code = "transcript_gone"

    def __init__(self, transcript_id: int) -> None:
        """Name the version that is gone."""
        super().__init__(
            f"transcript version {transcript_id} is gone", failure_code="transcript_gone"
        )


async def read_transcript_version(session: AsyncConnection, transcript_id: int) -> StoredTranscript:
    """Return a version. Raises TranscriptGoneError when its recording was removed."""
    rows = await session.execute(select(transcripts).where(transcripts.c.id == transcript_id))
    row = rows.mappings().one_or_none()
    if row is None:
        raise TranscriptGoneError(transcript_id)
    return _stored(row)


async def latest_for_media(session: AsyncConnection, media_id: int) -> StoredTranscript | None:
    """Return the newest version of a recording, or None while there is none."""
    rows = await session.execute(
        select(transcripts)
        .where(transcripts.c.media_id == media_id)
        .order_by(transcripts.c.version.desc())
        .limit(1)
    )
    row = rows.mappings().one_or_none()
    return None if row is None else _stored(row)


async def files_read(session: AsyncConnection, media_id: int) -> list[str]:
    """Return the hashes of the files that a recording's versions were read from, oldest first."""
    rows = await session.execute(
        select(transcripts.c.file_sha256)
        .where(transcripts.c.media_id == media_id)
        .order_by(transcripts.c.version)
    )
    return list(rows.scalars())


async def insert_version(
    session: AsyncConnection, media_id: int, new: NewVersion, now: datetime
) -> int:
    """Write a version unless one was read from that file already; return the id of either.

    Versions count from 1. The recording is locked meanwhile: two profiles that read the same file
    at once share one version.
    """
    await session.execute(
        select(media.c.id).where(media.c.id == media_id).with_for_update(key_share=True)
    )
    last = select(func.coalesce(func.max(transcripts.c.version), 0)).where(
        transcripts.c.media_id == media_id
    )
    await session.execute(
        insert(transcripts)
        .values(
            media_id=media_id,
            version=last.scalar_subquery() + 1,
            created_at=now,
            **_columns(new),
        )
        .on_conflict_do_nothing(index_elements=["media_id", "file_sha256"])
    )
    version_id = await find_version(session, media_id, new.file_sha256)
    if version_id is None:
        message = f"the recording {media_id} has no version after one was written"
        raise RuntimeError(message)
    return version_id


async def find_version(session: AsyncConnection, media_id: int, file_sha256: str) -> int | None:
    """Return the id of the version that was read from that file, or None."""
    version_id: int | None = await session.scalar(
        select(transcripts.c.id).where(
            transcripts.c.media_id == media_id, transcripts.c.file_sha256 == file_sha256
        )
    )
    return version_id


async def use_version(session: AsyncConnection, video_id: int, version_id: int) -> None:
    """Give a video its transcript.

    Length and language of the recording are taken from it where nobody said them.
    """
    await session.execute(
        text("UPDATE videos SET transcript_id = :version WHERE id = :video"),
        {"version": version_id, "video": video_id},
    )
    await session.execute(
        text("""
          UPDATE media m SET duration_ms = COALESCE(m.duration_ms, t.duration_ms),
            language = COALESCE(m.language, t.language)
          FROM transcripts t WHERE t.id = :version AND m.id = t.media_id
            AND (m.duration_ms IS NULL OR m.language IS NULL)"""),
        {"version": version_id},
    )


async def note_choice(
    session: AsyncConnection, video_id: int, fields: Mapping[str, Any], now: datetime
) -> None:
    """Tell which file a video's transcript was read from, and which were passed over."""
    await session.execute(
        insert(events).values(
            run_id=select(func.max(runs.c.id))
            .where(
                runs.c.item_kind == ItemKind.VIDEO.value,
                runs.c.item_id == video_id,
                runs.c.status == "running",
            )
            .scalar_subquery(),
            item_kind=ItemKind.VIDEO.value,
            item_id=video_id,
            name=TRANSCRIPT_CHOSEN,
            stage="transcribe",
            fields=dict(fields),
            at=now,
        )
    )


def _columns(new: NewVersion) -> dict[str, Any]:
    transcript = new.transcript
    return {
        "origin": transcript.origin.value,
        "format": transcript.format.value,
        "language": transcript.language,
        "file_sha256": new.file_sha256,
        "text_sha256": transcript.text_sha256,
        "word_count": transcript.word_count,
        "cue_count": len(transcript.cues),
        "duration_ms": transcript.duration_ms,
        "is_timed": transcript.is_timed,
        "cues": [list(cue) for cue in transcript.cues],
        "notes": list(transcript.notes),
        "quality": dict(new.quality),
    }


def _stored(row: RowMapping) -> StoredTranscript:
    transcript = Transcript(
        format=TranscriptFormat(row["format"]),
        origin=TranscriptOrigin(row["origin"]),
        language=row["language"],
        cues=tuple(_cue(fields) for fields in row["cues"]),
        notes=tuple(row["notes"]),
    )
    return StoredTranscript(
        row["id"],
        row["media_id"],
        row["version"],
        row["file_sha256"],
        transcript,
        row["quality"],
        row["created_at"],
    )


def _cue(fields: list[Any]) -> Cue:
    index, start_ms, end_ms, words, speaker, kind = fields
    return Cue(index, start_ms, end_ms, words, speaker, CueKind(kind))


def storable_transcript(transcript: Transcript) -> Transcript:
    """Return the transcript as it can be stored: what PostgreSQL refuses shows as U+FFFD."""
    cues = tuple(
        cue._replace(
            text=storable(cue.text), speaker=None if cue.speaker is None else storable(cue.speaker)
        )
        for cue in transcript.cues
    )
    return transcript.model_copy(
        update={"cues": cues, "notes": tuple(storable(note) for note in transcript.notes)}
    )
