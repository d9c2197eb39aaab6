"""The SQL of recordings: what is known of them, their files, and who made them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Text, case, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert

from footnoted.db.tables import creators, media, media_files
from footnoted.model.transcript import TranscriptOrigin
from footnoted.sources.facts import StoredFacts, same_name, slug_of
from footnoted.sources.placement import FileRow, Known
from footnoted.sources.port import FileRole, FoundFile, KnownFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

_LOCK = 0x666F6F74  # any constant that no other advisory lock uses
_FACT_COLUMNS = (
    media.c.title,
    media.c.url,
    media.c.published_at,
    media.c.duration_ms,
    media.c.language,
    media.c.description,
    media.c.chapters,
    media.c.tags,
    media.c.creator_id,
)


async def lock_discovery(session: AsyncConnection) -> None:
    """Let one transaction at a time decide whose files are whose; it ends with the transaction."""
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


class Places(NamedTuple):
    """Where somebody looks: stored paths of single files, and of folders with all below them."""

    files: Sequence[str]
    folders: Sequence[str]


async def known_files(
    session: AsyncConnection, places: Places, profiles: Sequence[str], source_id: int | None
) -> dict[str, KnownFile]:
    """Return by path what needs no second look unless it changed.

    These are the files of the source, and files at or below `places` whose recording has a video
    in each of `profiles`, whoever brought them; or had one that a person removed, where a source
    looks.
    """
    rows = await session.execute(
        text("""
          SELECT f.path, f.role, f.origin, f.sha256, f.size_bytes, f.modified_ns,
            f.missing_at IS NOT NULL AS is_missing
          FROM media_files f JOIN media m ON m.id = f.media_id
          WHERE m.source_id = CAST(:source AS bigint)
            OR ((f.path = ANY(:files) OR EXISTS (
                  SELECT 1 FROM unnest(CAST(:folders AS text[])) folder
                  WHERE starts_with(f.path, folder || '/')))
                AND NOT EXISTS (
                  SELECT 1 FROM unnest(CAST(:profiles AS text[])) p (profile)
                  WHERE NOT EXISTS (SELECT 1 FROM videos v
                                    WHERE v.media_id = f.media_id AND v.profile = p.profile)
                    AND NOT EXISTS (SELECT 1 FROM removals r
                                    WHERE r.profile = p.profile
                                      AND r.keys @> ARRAY['sha256:' || f.sha256]
                                      AND CAST(:source AS bigint) IS NOT NULL)))
          ORDER BY f.id"""),
        {
            "source": source_id,
            "files": list(places.files),
            "folders": [folder.rstrip("/") for folder in places.folders],
            "profiles": list(profiles),
        },
    )
    return {
        row.path: KnownFile(
            FileRole(row.role),
            TranscriptOrigin(row.origin) if row.origin else None,
            row.sha256,
            row.size_bytes,
            row.modified_ns,
            row.is_missing,
        )
        for row in rows
    }


async def touched(
    session: AsyncConnection,
    paths: Iterable[str],
    hashes: Iterable[str],
    missing: AbstractSet[str],
) -> Known:
    """Return the rows at these paths or with these contents, and all rows of their recordings."""
    hashes = list(hashes)
    rows = await session.execute(
        text("""
          SELECT f.id, f.media_id, f.path, f.role, f.sha256, f.size_bytes,
            f.missing_at IS NOT NULL AS is_missing
          FROM media_files f WHERE f.media_id IN (
            SELECT media_id FROM media_files WHERE path = ANY(:paths)
            UNION SELECT media_id FROM media_files WHERE sha256 = ANY(:hashes)
            UNION SELECT id FROM media WHERE identity = ANY(:identities))
          ORDER BY f.id"""),
        {
            "paths": list(paths),
            "hashes": hashes,
            "identities": [identity_of(sha256) for sha256 in hashes],
        },
    )
    known = [FileRow(*row)._replace(role=FileRole(row.role)) for row in rows]
    named = await session.execute(
        select(media.c.identity, media.c.id).where(
            media.c.identity.in_([identity_of(sha256) for sha256 in hashes])
        )
    )
    identities = {row.identity.partition(":")[2]: row.id for row in named}
    return Known(known, missing, identities)


def identity_of(sha256: str) -> str:
    """Return the identity of a recording that was first seen with this content."""
    return f"sha256:{sha256}"


async def paths_of_contents(session: AsyncConnection, hashes: Sequence[str]) -> list[str]:
    """Return the paths of files with these contents that are not marked as missing."""
    rows = await session.execute(
        select(media_files.c.path)
        .where(media_files.c.sha256.in_(hashes), media_files.c.missing_at.is_(None))
        .order_by(media_files.c.id)
    )
    return list(rows.scalars())


async def file_at(session: AsyncConnection, path: str) -> int | None:
    """Return the row of the file at a stored path, or None."""
    row_id: int | None = await session.scalar(
        select(media_files.c.id).where(media_files.c.path == path)
    )
    return row_id


async def creator_id(session: AsyncConnection, name: str, now: datetime) -> int:
    """Return the creator who has or had that name, made when there is none; slugs are unique."""
    base = slug_of(name)
    rows = await session.execute(
        text("""
          SELECT id, slug, name FROM creators WHERE slug ~ ('^' || :base || '(-[0-9]+)?$')
          UNION ALL SELECT creator_id, slug, name FROM creator_aliases
          WHERE slug ~ ('^' || :base || '(-[0-9]+)?$')"""),
        {"base": base},
    )
    taken = {row.slug: row for row in rows}
    for row in sorted(taken.values(), key=lambda row: row.id):
        if same_name(row.name, name):
            return int(row.id)
    free = (slug for n in range(2, len(taken) + 3) if (slug := f"{base}-{n}") not in taken)
    slug = base if base not in taken else next(free)
    return int(
        await session.scalar(
            insert(creators).values(slug=slug, name=name, created_at=now).returning(creators.c.id)
        )
        or 0
    )


async def insert_media(session: AsyncConnection, values: Mapping[str, Any]) -> int:
    """Return the id of a new recording."""
    return int(
        (await session.execute(insert(media).values(**values).returning(media.c.id))).scalar_one()
    )


async def arrival_times(session: AsyncConnection, source_id: int) -> list[datetime]:
    """Return when a source last brought something new, once for each of its latest days."""
    rows = await session.execute(
        text("""SELECT max(created_at) AS at FROM media WHERE source_id = :source
                GROUP BY (created_at AT TIME ZONE 'UTC')::date ORDER BY at DESC LIMIT 30"""),
        {"source": source_id},
    )
    return [row.at for row in rows]


async def read_facts(session: AsyncConnection, media_id: int) -> StoredFacts | None:
    """Return what is stored of a recording, locked until the transaction ends; None if gone."""
    rows = await session.execute(
        select(*_FACT_COLUMNS, media.c.edited_fields, media.c.source_id)
        .where(media.c.id == media_id)
        .with_for_update(key_share=True)
    )
    row = rows.mappings().one_or_none()
    if row is None:
        return None
    edited = {"creator_id" if name == "creator" else name for name in row["edited_fields"]}
    return StoredFacts(dict(row), frozenset(edited), row["source_id"])


async def update_media(session: AsyncConnection, media_id: int, values: Mapping[str, Any]) -> None:
    """Set columns of a recording."""
    await session.execute(update(media).where(media.c.id == media_id).values(**values))


async def vacate(session: AsyncConnection, moved: Sequence[int], displaced: Sequence[int]) -> None:
    """Free the paths of files that moved or whose path another file took."""
    await session.execute(
        text("DELETE FROM media_files WHERE id = ANY(:ids)"), {"ids": list(displaced)}
    )
    await session.execute(
        text("UPDATE media_files SET path = 'moving:' || id WHERE id = ANY(:ids)"),
        {"ids": list(moved)},
    )


async def put_file(
    session: AsyncConnection, media_id: int, row_id: int | None, file: FoundFile, now: datetime
) -> None:
    """Write a file that is there now, into its row or a new one.

    A transcript that a person edited stays theirs, whatever its name says.
    """
    values = {
        **file.model_dump(mode="json"),
        "media_id": media_id,
        "missing_at": None,
        "seen_at": now,
    }
    if row_id is None:
        await session.execute(insert(media_files).values(**values))
    else:
        edited = TranscriptOrigin.EDITED.value
        found = literal(values.pop("origin"), Text)
        stays = (media_files.c.origin == edited) & found.is_not(None)
        origin = case((stays, edited), else_=found)
        await session.execute(
            update(media_files).where(media_files.c.id == row_id).values(**values, origin=origin)
        )


async def mark_files(
    session: AsyncConnection, paths: Sequence[str], now: datetime, *, missing: bool
) -> list[int]:
    """Mark files as missing or as back; return the recordings of those that changed."""
    rows = await session.execute(
        text("""
          UPDATE media_files SET missing_at = CASE WHEN :missing THEN CAST(:now AS timestamptz) END
          WHERE path = ANY(:paths) AND (missing_at IS NULL) = :missing RETURNING media_id"""),
        {"paths": list(paths), "missing": missing, "now": now},
    )
    return sorted({row.media_id for row in rows})


async def mark_media(session: AsyncConnection, media_ids: Iterable[int], now: datetime) -> None:
    """Mark recordings of which nothing is left as missing, and the others as there."""
    await session.execute(
        text("""
          UPDATE media m SET missing_at = CASE WHEN x.is_there THEN NULL
                                          ELSE CAST(:now AS timestamptz) END
          FROM (SELECT i.id, EXISTS (
                  SELECT 1 FROM media_files f WHERE f.media_id = i.id AND f.role <> 'metadata'
                    AND f.missing_at IS NULL) AS is_there
                FROM unnest(CAST(:ids AS bigint[])) i(id)) x
          WHERE m.id = x.id AND (m.missing_at IS NULL) <> x.is_there"""),
        {"ids": sorted(media_ids), "now": now},
    )


class RecordingFile(NamedTuple):
    """A file of a recording that is there, as the last look recorded it."""

    id: int
    path: str
    role: FileRole
    origin: TranscriptOrigin | None
    sha256: str
    modified_ns: int


class Recording(NamedTuple):
    """What a video is read from; `files` in the order they were first seen.

    Those of one that is `from_net` are its own, whatever they are called.
    """

    media_id: int
    title: str
    language: str | None
    duration_ms: int | None
    quality_accepted: bool
    from_net: bool
    files: tuple[RecordingFile, ...]


async def recording_of_video(session: AsyncConnection, video_id: int) -> Recording | None:
    """Return the recording of a video with the files that are there; None when it is gone."""
    rows = await session.execute(
        text("""
          SELECT m.id, m.title, m.language, m.duration_ms, v.quality_accepted,
            m.item IS NOT NULL AS from_net
          FROM videos v JOIN media m ON m.id = v.media_id WHERE v.id = :id"""),
        {"id": video_id},
    )
    row = rows.one_or_none()
    if row is None:
        return None
    files = await session.execute(
        text("""
          SELECT id, path, role, origin, sha256, modified_ns FROM media_files
          WHERE media_id = :media AND missing_at IS NULL AND role <> 'metadata' ORDER BY id"""),
        {"media": row.id},
    )
    return Recording(
        row.id,
        row.title,
        row.language,
        row.duration_ms,
        row.quality_accepted,
        row.from_net,
        tuple(
            RecordingFile(
                file.id,
                file.path,
                FileRole(file.role),
                TranscriptOrigin(file.origin) if file.origin else None,
                file.sha256,
                file.modified_ns,
            )
            for file in files
        ),
    )
