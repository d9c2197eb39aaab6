"""The SQL of renewing: which documents are meant, and forgetting the vectors they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

_MEANT = text("""
  SELECT d.id FROM documents d
  LEFT JOIN videos v ON v.id = d.video_id LEFT JOIN media e ON e.id = v.media_id
  LEFT JOIN sources s ON s.id = v.source_id LEFT JOIN pages p ON p.id = d.page_id
  WHERE (CAST(:videos AS bigint[]) IS NULL OR d.video_id = ANY(:videos))
    AND (CAST(:owner AS text) IS NULL OR COALESCE(s.owner, e.owner) = :owner)
    AND (CAST(:since AS timestamptz) IS NULL OR COALESCE(v.created_at, p.updated_at) >= :since)
  ORDER BY d.id
""")


_HAS_OWNER = text("""
  SELECT EXISTS (SELECT 1 FROM sources WHERE owner = :owner)
    OR EXISTS (SELECT 1 FROM media WHERE owner = :owner)
""")


async def missing_videos(session: AsyncConnection, ids: Sequence[int]) -> list[int]:
    """Return those of `ids` that are no video, sorted."""
    found = await session.scalars(
        text("SELECT id FROM videos WHERE id = ANY(:ids)"), {"ids": list(ids)}
    )
    return sorted(set(ids) - set(found.all()))


async def has_owner(session: AsyncConnection, owner: str) -> bool:
    """Return whether a source or a recording has this label."""
    return bool(await session.scalar(_HAS_OWNER, {"owner": owner}))


async def meant_documents(
    session: AsyncConnection,
    videos: Sequence[int],
    owner: str | None,
    since: datetime | None,
) -> set[UUID]:
    """Return the documents of these videos (none: of all), of an owner, and taken in since.

    Pages are of no one video and of no owner.
    """
    values = {"videos": list(videos) or None, "owner": owner, "since": since}
    return set(await session.scalars(_MEANT, values))


async def forget_vectors(
    session: AsyncConnection, channel_sha256: str, text_sha256s: Collection[str]
) -> None:
    """Forget what is known of texts in a channel, refusals too."""
    await session.execute(
        text("""DELETE FROM embeddings
                WHERE channel_sha256 = :channel AND text_sha256 = ANY(:texts)""").bindparams(
            bindparam("texts", type_=ARRAY(Text))
        ),
        {"channel": channel_sha256, "texts": sorted(text_sha256s)},
    )
