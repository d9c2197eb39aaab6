"""The SQL of followed sources: their rows, when they were looked at, and what a look found."""

from __future__ import annotations

from datetime import datetime, timedelta  # noqa: TC003 - tools read the fields of a row
from decimal import Decimal  # noqa: TC003 - as above
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, case, func, text, update
from sqlalchemy.dialects.postgresql import JSONB, insert

from footnoted.db.tables import sources
from footnoted.model.status import CANCELLED, SKIPPED, SOURCE_DUE, SOURCE_FOLLOWED, ItemKind
from footnoted.sources.items import YOUTUBE_KIND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection

SOURCE_POLLED = "source.polled"


class Source(NamedTuple):
    """A followed source as `list` shows it and a poll uses it."""

    id: int
    kind: str
    locator: str
    title: str
    creator_name: str | None
    profiles: tuple[str, ...]
    paused: bool
    poll_interval_s: int
    next_poll_at: datetime
    polled_at: datetime | None
    status: str
    wait_reason: str | None
    wait_detail: str | None
    failure_code: str | None
    failure_detail: str | None
    owner: str | None
    priority: int
    schedule: str | None
    options: dict[str, Any]
    daily_cap_usd: Decimal | None
    poll_state: dict[str, Any]
    created_at: datetime
    media_count: int


class TakenRecording(NamedTuple):
    """A recording that a source took: its keys and those of its files, and what tells it apart."""

    media_id: int
    keys: tuple[str, ...]
    title: str
    published_at: datetime | None
    duration_ms: int | None


_SOURCE = """
  SELECT s.id, s.kind, s.locator, s.title, s.creator_name, s.profiles, s.paused, s.poll_interval_s,
    s.next_poll_at, s.polled_at, s.status, s.wait_reason, s.wait_detail, s.failure_code,
    s.failure_detail, s.owner, s.priority, s.schedule, s.options, s.daily_cap_usd, s.poll_state,
    s.created_at, (SELECT count(*) FROM media m WHERE m.source_id = s.id) AS media_count
  FROM sources s
"""


async def read_source(session: AsyncConnection, source_id: int) -> Source | None:
    """Return a source, or None."""
    rows = await session.execute(text(f"{_SOURCE} WHERE s.id = :id"), {"id": source_id})
    return next(map(_source, rows.mappings()), None)


async def find_source(session: AsyncConnection, kind: str, locator: str) -> Source | None:
    """Return the source that follows `locator`, or None."""
    rows = await session.execute(
        text(f"{_SOURCE} WHERE s.kind = :kind AND s.locator = :locator"),
        {"kind": kind, "locator": locator},
    )
    return next(map(_source, rows.mappings()), None)


async def find_channel(session: AsyncConnection, url: str) -> Source | None:
    """Return the source that follows a channel under another name, as far as a look told; or None.

    A handle was resolved at the first look, and is remembered as its channel's address.
    """
    rows = await session.execute(
        text(f"""{_SOURCE} WHERE s.kind = :kind AND s.locator <> :url
                 AND s.poll_state ->> 'moved_to' = :url ORDER BY s.id"""),
        {"kind": YOUTUBE_KIND, "url": url},
    )
    return next(map(_source, rows.mappings()), None)


async def list_sources(session: AsyncConnection) -> list[Source]:
    """Return every source, oldest first."""
    rows = await session.execute(text(f"{_SOURCE} ORDER BY s.id"))
    return list(map(_source, rows.mappings()))


def _source(row: RowMapping) -> Source:
    values: dict[str, Any] = {str(name): value for name, value in row.items()}
    values["profiles"] = tuple(values["profiles"])
    return Source(**values)


async def insert_source(session: AsyncConnection, values: Mapping[str, Any]) -> int | None:
    """Return the id of a new source that is due at once; None when the locator is followed."""
    statement = (
        insert(sources)
        .values(status=SOURCE_DUE, **values)
        .on_conflict_do_nothing()
        .returning(sources.c.id)
    )
    source_id: int | None = await session.scalar(statement)
    return source_id


async def set_paused(
    session: AsyncConnection, source_id: int, now: datetime, *, paused: bool
) -> bool:
    """Pause or resume; return whether anything changed. Whoever polls it now loses it."""
    changed = await session.scalar(
        text("""
          UPDATE sources SET paused = :paused, status = :status, fence = fence + 1,
            lease_owner = NULL, lease_expires_at = NULL, wait_reason = NULL, wait_detail = NULL,
            not_before = NULL, deadline = NULL, attempts = 0, crashes = 0, failure_code = NULL,
            failure_detail = NULL, next_poll_at = CASE WHEN :paused THEN next_poll_at ELSE :now END,
            updated_at = :now
          WHERE id = :id AND paused <> :paused RETURNING id"""),
        {
            "id": source_id,
            "paused": paused,
            "status": SOURCE_FOLLOWED if paused else SOURCE_DUE,
            "now": now,
        },
    )
    return changed is not None


async def hasten(session: AsyncConnection, source_id: int, now: datetime) -> None:
    """Let the next look at a source be due now, whatever it waits for."""
    await session.execute(
        text("""UPDATE sources SET next_poll_at = :now, not_before = NULL, updated_at = :now
                WHERE id = :id AND lease_owner IS NULL"""),
        {"id": source_id, "now": now},
    )


_MOVED_TO = text("jsonb_strip_nulls(jsonb_build_object('moved_to', poll_state -> 'moved_to'))")


async def change(
    session: AsyncConnection,
    source_id: int,
    values: Mapping[str, Any],
    now: datetime,
    *,
    rereads: bool,
) -> None:
    """Set columns of a source; with `rereads` it is looked at in full again, at once.

    Where it moved to is no part of a look and stays: by that a channel is known under its handle.
    """
    forgotten: dict[str, Any] = {"poll_state": _MOVED_TO, "next_poll_at": now} if rereads else {}
    await session.execute(
        update(sources)
        .where(sources.c.id == source_id)
        .values(**{**values, **forgotten}, updated_at=now)
    )


async def taken_recordings(session: AsyncConnection, source_id: int) -> list[TakenRecording]:
    """Return what a source took that somebody still wants: not all of it cancelled or left out."""
    rows = await session.execute(
        text("""
          SELECT m.id, m.title, m.published_at, m.duration_ms, ARRAY(
              SELECT key FROM media_keys WHERE media_id = m.id
              UNION SELECT 'sha256:' || sha256 FROM media_files
              WHERE media_id = m.id AND role <> 'metadata' AND size_bytes > 0
              UNION SELECT m.identity ORDER BY 1) AS keys
          FROM media m
          WHERE (m.source_id = :source OR EXISTS (
              SELECT 1 FROM source_items i
              WHERE i.source_id = :source AND i.state = 'taken' AND i.media_id = m.id))
            AND EXISTS (SELECT 1 FROM videos v WHERE v.media_id = m.id
                        AND v.status NOT IN (:skipped, :cancelled))
          ORDER BY m.id"""),
        {"source": source_id, "skipped": SKIPPED, "cancelled": CANCELLED},
    )
    return [
        TakenRecording(row.id, tuple(row.keys), row.title, row.published_at, row.duration_ms)
        for row in rows
    ]


async def set_polled(
    session: AsyncConnection, source_id: int, polled_at: datetime, next_in: timedelta
) -> None:
    """Note a look at a source and when the next is due."""
    await session.execute(
        update(sources)
        .where(sources.c.id == source_id)
        .values(
            polled_at=polled_at,
            next_poll_at=polled_at + next_in,
            poll_interval_s=func.greatest(
                case(
                    (sources.c.schedule.is_(None), sources.c.poll_interval_s),
                    else_=ceil(next_in.total_seconds()),
                ),
                1,
            ),
        )
    )


async def set_remembered(
    session: AsyncConnection, source_id: int, state: Mapping[str, Any], title: str | None
) -> None:
    """Keep what a look at a source on the net remembers; a title nobody gave is its own."""
    await session.execute(
        text("""UPDATE sources SET poll_state = :state,
                  title = CASE WHEN title = locator THEN COALESCE(:title, title) ELSE title END
                WHERE id = :id""").bindparams(bindparam("state", type_=JSONB)),
        {"id": source_id, "state": dict(state), "title": title},
    )


async def note_poll(
    session: AsyncConnection, source_id: int, fields: Mapping[str, Any], now: datetime
) -> None:
    """Write what a look found, unless the look before it said the same."""
    await session.execute(
        text("""
          INSERT INTO events (item_kind, item_id, name, fields, at)
          SELECT :kind, :id, :name, CAST(:fields AS jsonb), :now
          WHERE CAST(:fields AS jsonb) IS DISTINCT FROM (
            SELECT e.fields FROM events e
            WHERE e.item_kind = :kind AND e.item_id = :id AND e.name = :name
            ORDER BY e.id DESC LIMIT 1)""").bindparams(bindparam("fields", type_=JSONB)),
        {
            "kind": ItemKind.SOURCE.value,
            "id": source_id,
            "name": SOURCE_POLLED,
            "fields": dict(fields),
            "now": now,
        },
    )
