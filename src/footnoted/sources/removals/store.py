"""The SQL of removals: by what an erased recording is known again, until somebody adds it by hand.

Keys are those of the net (`youtube:…`, `guid:…`) and `sha256:…` of files. Beside them stand its
date, its length and a hash of its title; nothing else of a recording is kept.
"""

from __future__ import annotations

import hashlib
from datetime import datetime  # noqa: TC003 - tools read the fields of a row
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import text

from footnoted.sources.feeds.identity import plain_title, same_item
from footnoted.sources.port import Facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.sources.items import FoundItem


class Removal(NamedTuple):
    """A recording that was erased under a profile, and when; the title in `facts` is a hash."""

    keys: frozenset[str]
    facts: Facts
    profile: str
    removed_at: datetime


class Removals:
    """Those of some recordings."""

    def __init__(self, removals: Sequence[Removal]) -> None:
        """Know these."""
        self._removals = removals

    def of(self, item: FoundItem, profiles: Iterable[str]) -> dict[str, datetime]:
        """Return which of the profiles an item was erased under, and when.

        It is known again as a recording that is there would be: a key that episodes share by
        mistake erases none but the one that was meant.
        """
        said = item.facts.model_copy(update={"title": _hashed(item.facts.title)})
        meant = item.model_copy(update={"facts": said})
        at = {
            one.profile: one.removed_at
            for one in self._removals
            if same_item(one.keys, one.facts, meant)
        }
        return {profile: at[profile] for profile in profiles if profile in at}


def _hashed(title: str | None) -> str | None:
    plain = plain_title(title)
    return None if plain is None else hashlib.sha256(plain.encode()).hexdigest()


def told(at: datetime) -> str:
    """Return the sentence about a recording that is left alone since it was removed."""
    return f"it was removed by hand on {at:%Y-%m-%d}; `footnoted add` takes it"


def content_key(sha256: str) -> str:
    """Return the key of a file's content."""
    return f"sha256:{sha256}"


async def removals_of(session: AsyncConnection, keys: Iterable[str]) -> Removals:
    """Return the removals that have any of these keys, the oldest first."""
    rows = await session.execute(
        text("""
          SELECT keys, title_sha256, published_at, duration_ms, profile, removed_at FROM removals
          WHERE keys && CAST(:keys AS text[]) ORDER BY id"""),
        {"keys": list(keys)},
    )
    return Removals([_removal(row) for row in rows])


def _removal(row: Row[Any]) -> Removal:
    facts = Facts(
        title=row.title_sha256, published_at=row.published_at, duration_ms=row.duration_ms
    )
    return Removal(frozenset(row.keys), facts, row.profile, row.removed_at)


async def note_removal(
    session: AsyncConnection, media_id: int, profile: str, now: datetime
) -> None:
    """Remember that a recording was erased under a profile; call it while it is there."""
    title = await session.scalar(
        text("SELECT title FROM media WHERE id = :media"), {"media": media_id}
    )
    await session.execute(
        text("""
          INSERT INTO removals (profile, keys, title_sha256, published_at, duration_ms, removed_at)
          SELECT :profile, ARRAY(
              SELECT m.identity
              UNION SELECT key FROM media_keys WHERE media_id = m.id
              UNION SELECT 'sha256:' || sha256 FROM media_files
              WHERE media_id = m.id AND role <> 'metadata' AND size_bytes > 0 ORDER BY 1),
            :title, m.published_at, m.duration_ms, :now
          FROM media m WHERE m.id = :media"""),
        {"profile": profile, "title": _hashed(title), "media": media_id, "now": now},
    )


async def tell_sources(session: AsyncConnection, media_id: int, now: datetime) -> None:
    """Write at each source that took a recording that it was removed; of files, which they were.

    It stays as it is while another profile uses the recording: call it with its last video gone.
    """
    await session.execute(
        text("""
          UPDATE source_items i SET state = 'left', reason = 'removed', detail = :detail,
            media_id = NULL, item = CASE WHEN starts_with(i.key, 'file:') THEN jsonb_build_object(
              'files', (SELECT jsonb_agg(jsonb_build_object('path', f.path, 'role', f.role,
                'origin', f.origin, 'sha256', f.sha256, 'size_bytes', f.size_bytes,
                'modified_ns', f.modified_ns) ORDER BY f.id)
                FROM media_files f WHERE f.media_id = :media)) END
          WHERE i.media_id = :media
            AND NOT EXISTS (SELECT 1 FROM videos v WHERE v.media_id = :media)"""),
        {"media": media_id, "detail": told(now)},
    )


async def take_back(
    session: AsyncConnection, media_id: int, keys: Iterable[str], profiles: Sequence[str]
) -> None:
    """Forget that a recording was erased: somebody added it by hand, for these profiles.

    Sources that offer it have taken it again.
    """
    rows = await session.scalars(
        text("""DELETE FROM removals WHERE keys && CAST(:keys AS text[])
                  AND profile = ANY(:profiles) RETURNING keys"""),
        {"keys": list(keys), "profiles": list(profiles)},
    )
    held = list(rows.all())
    if not held:
        return
    known = sorted({*keys, *(key for row in held for key in row)})
    await session.execute(
        text("""
          UPDATE source_items i SET state = 'taken', reason = NULL, detail = NULL, item = NULL,
            media_id = :media
          WHERE i.reason = 'removed' AND (i.key = ANY(:keys) OR EXISTS (
            SELECT 1 FROM jsonb_array_elements(i.item -> 'files') f
            WHERE 'sha256:' || (f ->> 'sha256') = ANY(:keys)))"""),
        {"media": media_id, "keys": known},
    )
