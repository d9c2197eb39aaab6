"""The SQL of transcriptions: opened with their recordings, read by the stages, told to videos."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - tools read the fields of a row
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel, ConfigDict
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from footnoted.fetch.port import OFFLINE
from footnoted.model.status import (
    CANCELLED,
    SKIPPED,
    TRANSCRIPTION_HEARD,
    TRANSCRIPTION_OBTAINED,
    TRANSCRIPTION_WANTED,
)
from footnoted.sources.items import FoundItem
from footnoted.sources.options import SourceOptions
from footnoted.sources.port import FileRole
from footnoted.sources.rules.judging import TOO_YOUNG
from footnoted.sources.videos.store import SPEECH_RECOGNITION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.sources.videos.store import Opening


_SAME_MS = 5_000
"""How far two tellings of one length may be apart: publishers round."""
_HEARD = "heard"
"""The key in `transcriptions.history` that is ours, beside those of whoever looks."""


def was_cut(before_ms: int | None, now_ms: int | None) -> bool:
    """Return whether two lengths that a publisher told (ms) are not of the same recording."""
    if before_ms is None or now_ms is None:
        return False
    return abs(now_ms - before_ms) > _SAME_MS


class HeardFile(NamedTuple):
    """A file of a recording that is there: its stored path, role, content, and age."""

    path: str
    role: FileRole
    origin: str | None
    sha256: str
    modified_ns: int


class HeardIn(BaseModel):
    """In which language a recording was expected when it was heard, and was found to be.

    `told_ms` is how long its publisher said it was (ms).
    """

    model_config = ConfigDict(frozen=True)

    expected: str | None
    found: str | None
    told_ms: int | None = None


class Subject(NamedTuple):
    """What a transcription is about, with everything the stages decide by.

    `is_wanted` says that a video still waits for it or was made from it; `seen_at` is when it was
    opened. `told_ms` is how long its publisher says it is (ms), None where a person said otherwise.
    """

    id: int
    media_id: int
    source_id: int | None
    language: str | None
    published_at: datetime | None
    seen_at: datetime
    item: FoundItem | None
    options: SourceOptions
    history: dict[str, Any]
    files: tuple[HeardFile, ...]
    has_version: bool
    is_wanted: bool
    heard: HeardIn | None = None
    language_is_edited: bool = False
    told_ms: int | None = None

    @property
    def was_cut(self) -> bool:
        """Return whether its publisher made it shorter, or longer, since it was heard."""
        return self.heard is not None and was_cut(self.heard.told_ms, self.told_ms)

    @property
    def expected_language(self) -> str | None:
        """Return the language to hear in, as it was before anything was heard.

        What hearing found out is no news to it: else hearing again would ask, and pay, anew.
        """
        if self.heard is None or self.heard.expected or self.language_is_edited:
            return self.language
        return None if self.heard.found in (None, self.language) else self.language


class Progress(NamedTuple):
    """How a transcription fares, as the videos that wait for it say it."""

    status: str
    wait_reason: str | None
    wait_detail: str | None
    not_before: datetime | None
    failure_code: str | None
    failure_detail: str | None
    is_at_work: bool = False

    @property
    def is_heard(self) -> bool:
        """Return whether there is nothing left to get."""
        return self.status == TRANSCRIPTION_HEARD

    @property
    def is_under_way(self) -> bool:
        """Return whether something may still come of it."""
        return self.status in (TRANSCRIPTION_WANTED, TRANSCRIPTION_OBTAINED)


async def open_transcription(
    session: AsyncConnection, media_id: int, opening: Opening, priority: int = 0
) -> int | None:
    """Return the id of the new transcription of a recording; None when it has one."""
    row_id: int | None = await session.scalar(
        text("""
          INSERT INTO transcriptions
            (media_id, source_id, status, priority, turn, created_at, updated_at)
          VALUES (:media, :source, :status, :priority, :turn, :now, :now)
          ON CONFLICT (media_id) DO NOTHING RETURNING id"""),
        {
            "media": media_id,
            "source": opening.source_id,
            "status": TRANSCRIPTION_WANTED,
            "priority": priority,
            "turn": opening.turn,
            "now": opening.now,
        },
    )
    return row_id


async def reopen_transcription(session: AsyncConnection, media_id: int, now: datetime) -> bool:
    """Have a recording heard anew; return whether it has a transcription that was over."""
    row_id = await session.scalar(
        text("""
          UPDATE transcriptions SET status = :wanted, wait_reason = NULL, wait_detail = NULL,
            not_before = NULL, deadline = NULL, attempts = 0, crashes = 0, failure_code = NULL,
            failure_detail = NULL, resume_from = NULL, next_check_at = NULL, updated_at = :now
          WHERE media_id = :media AND status NOT IN (:wanted, :obtained) RETURNING id"""),
        {
            "media": media_id,
            "wanted": TRANSCRIPTION_WANTED,
            "obtained": TRANSCRIPTION_OBTAINED,
            "now": now,
        },
    )
    return row_id is not None


async def left_by_rules(session: AsyncConnection, source_id: int) -> list[int]:
    """Return the recordings of a source that its rules left when their pages were looked at."""
    rows = await session.scalars(
        text("""SELECT media_id FROM transcriptions
                WHERE source_id = :source AND status = :skipped ORDER BY id"""),
        {"source": source_id, "skipped": SKIPPED},
    )
    return list(rows.all())


async def wake_young(session: AsyncConnection, source_id: int) -> None:
    """End the waits of a source for items to be older: another age may be asked now."""
    await session.execute(
        text("""UPDATE transcriptions SET not_before = NULL
                WHERE source_id = :source AND wait_reason = :reason"""),
        {"source": source_id, "reason": TOO_YOUNG},
    )


async def take_up(session: AsyncConnection, video_ids: Sequence[int], now: datetime) -> list[int]:
    """Let what these videos wait for, or stopped with, be tried again now; return which it is."""
    rows = await session.scalars(
        text("""
          UPDATE transcriptions t SET
            status = CASE WHEN status IN (:wanted, :obtained) THEN status
                          ELSE COALESCE(resume_from, :wanted) END,
            not_before = NULL, deadline = NULL, wait_reason = NULL, wait_detail = NULL,
            attempts = 0, crashes = 0, failure_code = NULL, failure_detail = NULL,
            resume_from = NULL, updated_at = :now
          WHERE media_id IN (SELECT media_id FROM videos WHERE id = ANY(:ids)
                             AND status = 'discovered')
            AND status <> :heard AND lease_owner IS NULL
          RETURNING t.id"""),
        {
            "ids": list(video_ids),
            "wanted": TRANSCRIPTION_WANTED,
            "obtained": TRANSCRIPTION_OBTAINED,
            "heard": TRANSCRIPTION_HEARD,
            "now": now,
        },
    )
    return list(rows.all())


async def read_subject(session: AsyncConnection, transcription_id: int) -> Subject | None:
    """Return what a transcription is about; None when it is gone."""
    rows = await session.execute(
        text("""
          SELECT t.id, t.media_id, t.source_id, m.language, m.published_at, t.created_at, m.item,
            s.options, t.history, 'language' = ANY(m.edited_fields) AS language_is_edited,
            CASE WHEN 'duration_ms' <> ALL(m.edited_fields) THEN m.duration_ms END AS told_ms,
            EXISTS (SELECT 1 FROM transcripts r WHERE r.media_id = m.id) AS has_version,
            EXISTS (SELECT 1 FROM videos v WHERE v.media_id = m.id AND v.status <> :cancelled)
              AS is_wanted
          FROM transcriptions t JOIN media m ON m.id = t.media_id
            LEFT JOIN sources s ON s.id = t.source_id
          WHERE t.id = :id"""),
        {"id": transcription_id, "cancelled": CANCELLED},
    )
    row = rows.one_or_none()
    if row is None:
        return None
    files = await session.execute(
        text("""SELECT path, role, origin, sha256, modified_ns FROM media_files
                WHERE media_id = :media AND missing_at IS NULL AND role <> 'metadata'
                ORDER BY id"""),
        {"media": row.media_id},
    )
    return Subject(
        id=row.id,
        media_id=row.media_id,
        source_id=row.source_id,
        language=row.language,
        published_at=row.published_at,
        seen_at=row.created_at,
        item=None if row.item is None else FoundItem.model_validate(row.item),
        options=SourceOptions.model_validate(row.options or {}),
        history={name: value for name, value in row.history.items() if name != _HEARD},
        files=tuple(
            HeardFile(f.path, FileRole(f.role), f.origin, f.sha256, f.modified_ns) for f in files
        ),
        has_version=row.has_version,
        is_wanted=row.is_wanted,
        heard=HeardIn.model_validate(row.history[_HEARD]) if _HEARD in row.history else None,
        language_is_edited=row.language_is_edited,
        told_ms=row.told_ms,
    )


async def progress_of(session: AsyncConnection, media_id: int) -> Progress | None:
    """Return how the transcription of a recording fares; None when it has none."""
    rows = await session.execute(
        text("""SELECT status, wait_reason, wait_detail, not_before, failure_code,
                  failure_detail, lease_owner IS NOT NULL AS is_at_work
                FROM transcriptions WHERE media_id = :media"""),
        {"media": media_id},
    )
    row = rows.one_or_none()
    return None if row is None else Progress(*row)


async def remember(
    session: AsyncConnection,
    transcription_id: int,
    history: Mapping[str, Any],
    next_check_at: datetime | None,
) -> None:
    """Keep what a look saw, and when to look again at what is over."""
    await session.execute(
        text("""
          UPDATE transcriptions SET next_check_at = :next_check_at, history = :history ||
            CASE WHEN history ? 'heard' THEN jsonb_build_object('heard', history -> 'heard')
                 ELSE '{}' END
          WHERE id = :id""").bindparams(bindparam("history", type_=JSONB)),
        {"id": transcription_id, "history": dict(history), "next_check_at": next_check_at},
    )


async def note_heard(session: AsyncConnection, transcription_id: int, heard: HeardIn) -> None:
    """Keep in which language a recording was heard; later looks leave it as it is."""
    await session.execute(
        text("""UPDATE transcriptions SET history = history || :noted WHERE id = :id""").bindparams(
            bindparam("noted", type_=JSONB)
        ),
        {"id": transcription_id, "noted": {_HEARD: heard.model_dump(mode="json")}},
    )


async def recording_of(session: AsyncConnection, transcription_id: int) -> int | None:
    """Return the id of the recording a transcription is of; None when it is gone."""
    media_id: int | None = await session.scalar(
        text("SELECT media_id FROM transcriptions WHERE id = :id"), {"id": transcription_id}
    )
    return media_id


async def works_on(session: AsyncConnection, media_ids: Sequence[int]) -> dict[int, bool]:
    """Return those of these recordings that have a transcription, and whether it is at work."""
    rows = await session.execute(
        text("""SELECT media_id, status IN ('wanted', 'obtained') AS works FROM transcriptions
                WHERE media_id = ANY(:media)"""),
        {"media": list(media_ids)},
    )
    return {row.media_id: row.works for row in rows}


async def wake_offline(session: AsyncConnection) -> None:
    """End the waits for the net: it may be asked now."""
    for table in ("sources", "transcriptions"):
        await session.execute(
            text(f"UPDATE {table} SET not_before = NULL WHERE wait_reason = :reason"),  # noqa: S608 - our names
            {"reason": OFFLINE},
        )


async def wake_unheard(session: AsyncConnection) -> None:
    """End the waits for speech recognition: something hears now."""
    await session.execute(
        text("UPDATE transcriptions SET not_before = NULL WHERE wait_reason = :reason"),
        {"reason": SPEECH_RECOGNITION},
    )
