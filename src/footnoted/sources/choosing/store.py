"""The SQL of what was decided of a folder's recordings, kept as that of items on the net is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from footnoted.sources.choosing.choice import Decision
from footnoted.sources.choosing.item import item_of, key_of
from footnoted.sources.net.store import STATE, TAKEN, put_items, taken_media

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.sources.choosing.choice import Refusal
    from footnoted.sources.port import FoundMedia


async def read_decisions(
    session: AsyncConnection, source_id: int, *, taken: bool
) -> tuple[Decision, ...]:
    """Return what was decided of a folder's recordings; of what was taken with `taken` only."""
    rows = await session.execute(
        text(f"""
          SELECT i.key, {STATE}, i.reason, i.detail, i.published_at, i.decide_at, i.item
          FROM source_items i
          WHERE i.source_id = :source AND (:taken OR i.state <> 'taken') ORDER BY i.id"""),  # noqa: S608 - a constant
        {"source": source_id, "taken": taken},
    )
    return tuple(_decision(row) for row in rows)


def _decision(row: Row[Any]) -> Decision:
    item: dict[str, Any] = row.item or {}
    return Decision(
        key=row.key,
        state=row.state,
        reason=row.reason,
        detail=row.detail,
        published_at=row.published_at,
        decide_at=row.decide_at,
        files=item.get("files", ()),
    )


async def note_taken(
    session: AsyncConnection,
    source_id: int,
    taken: Sequence[tuple[FoundMedia, int]],
    now: datetime,
) -> None:
    """Write down recordings that a folder brought, each once, whatever its files become."""
    known = await taken_media(session, source_id, [media_id for _, media_id in taken])
    new = {media_id: media for media, media_id in reversed(taken) if media_id not in known}
    keys = await _keys_of(session, source_id, list(new.values()))
    rows = [
        {**_row(source_id, media, now), "state": TAKEN, "media_id": media_id}
        for media_id, media in new.items()
    ]
    for row, media in zip(rows, new.values(), strict=True):
        row["key"] = keys.get(key_of(media), row["key"])
    await put_items(session, rows)


async def note_refused(
    session: AsyncConnection, source_id: int, refused: Sequence[Refusal], now: datetime
) -> None:
    """Write down recordings that are left or put off, with their files as they are."""
    keys = await _keys_of(session, source_id, [refusal.media for refusal in refused])
    await put_items(session, [_refused_row(source_id, one, keys, now) for one in refused])


def _refused_row(
    source_id: int, refusal: Refusal, keys: dict[str, str], now: datetime
) -> dict[str, Any]:
    row = _row(source_id, refusal.media, now)
    files = [file.model_dump(mode="json") for file in refusal.media.files]
    return {
        **row,
        "key": keys.get(row["key"], row["key"]),
        "state": refusal.state,
        "reason": refusal.reason,
        "detail": refusal.detail,
        "decide_at": refusal.decide_at,
        "item": {"files": files},
    }


def _row(source_id: int, media: FoundMedia, now: datetime) -> dict[str, Any]:
    item = item_of(media)
    return {
        "source_id": source_id,
        "key": item.keys[0],
        "title": item.facts.title,
        "published_at": item.facts.published_at,
        "reason": None,
        "detail": None,
        "decide_at": None,
        "item": None,
        "media_id": None,
        "seen_at": now,
    }


async def _keys_of(
    session: AsyncConnection, source_id: int, media: Sequence[FoundMedia]
) -> dict[str, str]:
    """Return by their own key the keys that recordings were decided under, where one was.

    A transcript that comes later is the first file of a recording that was known by its sound.
    """
    own = {f"file:{file.path}": key_of(one) for one in media for file in one.recording_files}
    rows = await session.execute(
        text("""SELECT key FROM source_items
                WHERE source_id = :source AND state <> 'taken' AND key = ANY(:keys)"""),
        {"source": source_id, "keys": list(own)},
    )
    return {own[row.key]: row.key for row in rows}


async def forget_gone(session: AsyncConnection, source_id: int, keys: Sequence[str]) -> None:
    """Forget what was left of a folder and is not there any more."""
    await session.execute(
        text("""DELETE FROM source_items
                WHERE source_id = :source AND state <> 'taken' AND key = ANY(:keys)"""),
        {"source": source_id, "keys": list(keys)},
    )
