"""An upload that is kept, written down: a recording with a video per profile, once per content."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from footnoted.model.path import stored_path
from footnoted.model.transcript import TranscriptOrigin
from footnoted.sources.names import NotTaken, read_name, title_of
from footnoted.sources.port import Facts, FileRole, FoundFile, FoundMedia, Scan
from footnoted.sources.record import Origin, record
from footnoted.sources.uploads import store
from footnoted.sources.videos.store import notify_work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.sources.record import Told
    from footnoted.sources.uploads.store import UploadedVideo
    from footnoted.sources.uploads.taking import Upload

NOBODY = "Uploads"
"""Who made an upload of which nothing is said."""


async def record_upload(
    database: Database, upload: Upload, profiles: Sequence[str], told: Told, *, clock: Clock
) -> list[UploadedVideo]:
    """Return the videos of an upload, by profile; those that content has already are known.

    The name it comes with says what a new one is called and spoken in, and nothing of a known one.
    """
    name = read_name(upload.name)
    named = told.language or (None if isinstance(name, NotTaken) else name.language)
    origin = Origin.by_hand(profiles, replace(told, language=named))
    stem = upload.name if isinstance(name, NotTaken) else name.stem
    scan = Scan(found=(_found(upload, told, title_of(stem, NOBODY)),))
    async with database.transaction() as session:
        recorded = await record(session, scan, origin, clock.now())
        await notify_work(session)
        return await store.videos_of(session, recorded.media_ids[0], profiles)


def _found(upload: Upload, told: Told, title: str) -> FoundMedia:
    facts = upload.path.stat()
    file = FoundFile(
        path=stored_path(str(upload.path)),
        role=FileRole.MEDIA if upload.is_media else FileRole.TRANSCRIPT,
        origin=None if upload.is_media else TranscriptOrigin.IMPORTED,
        sha256=upload.sha256,
        size_bytes=facts.st_size,
        modified_ns=facts.st_mtime_ns,
    )
    return FoundMedia(
        stem=upload.sha256,
        folder=told.creator or told.owner or NOBODY,
        files=(file,),
        called=title,
        facts=Facts(language=told.language),
    )
