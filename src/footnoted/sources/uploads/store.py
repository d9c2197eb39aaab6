"""The SQL of uploads: which videos one has, and which kept files nothing needs any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection


class UploadedVideo(NamedTuple):
    """A video of an upload: its id, what is made of it, and where it stands."""

    id: int
    profile: str
    status: str


async def videos_of(
    session: AsyncConnection, media_id: int, profiles: Sequence[str]
) -> list[UploadedVideo]:
    """Return the videos of a recording under these profiles, oldest first."""
    rows = await session.execute(
        text("""SELECT id, profile, status FROM videos
                WHERE media_id = :media AND profile = ANY(:profiles) ORDER BY id"""),
        {"media": media_id, "profiles": list(profiles)},
    )
    return [UploadedVideo(*row) for row in rows]


async def needed_files(session: AsyncConnection, paths: Sequence[str]) -> frozenset[str]:
    """Return those of these stored paths that a recording has."""
    rows = await session.scalars(
        text("SELECT path FROM media_files WHERE path = ANY(:paths)"), {"paths": list(paths)}
    )
    return frozenset(rows.all())
