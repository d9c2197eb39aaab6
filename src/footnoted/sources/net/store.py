"""The SQL of what sources on the net offer: keys of recordings, and what became of each item."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - tools read the fields of a row
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB, insert

from footnoted.db.tables import media_keys, source_items
from footnoted.model.status import SKIPPED
from footnoted.sources.feeds.identity import KnownItem
from footnoted.sources.items import FoundItem
from footnoted.sources.port import Facts
from footnoted.sources.rules.judging import TOO_YOUNG

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

TAKEN = "taken"
LEFT = "left"
LATER = "later"
REMOVED = "removed"
"""What an item is that is left because a person erased it: the reason of its row."""

_STATE = f"CASE WHEN i.reason = '{REMOVED}' THEN i.reason ELSE i.state END"
STATE = f"{_STATE} AS state"


class OfferedItem(NamedTuple):
    """What became of an item of a source, as `source items` shows it."""

    key: str
    title: str
    published_at: datetime | None
    state: str
    reason: str | None
    detail: str | None
    decide_at: datetime | None
    media_id: int | None
    seen_at: datetime


class Decided(NamedTuple):
    """What was decided of an item: its state, why, and when it is decided anew."""

    state: str
    reason: str | None
    decide_at: datetime | None


TAKEN_BEFORE = Decided(TAKEN, None, None)


async def known_by_keys(session: AsyncConnection, keys: Iterable[str]) -> list[KnownItem]:
    """Return the recordings that have any of these keys, oldest first, with all their keys."""
    rows = await session.execute(
        text("""
          SELECT m.id, m.title, m.published_at, m.duration_ms, array_agg(k.key) AS keys
          FROM media m JOIN media_keys k ON k.media_id = m.id
          WHERE m.id IN (SELECT media_id FROM media_keys WHERE key = ANY(:keys))
          GROUP BY m.id ORDER BY m.id"""),
        {"keys": list(keys)},
    )
    return [
        KnownItem(
            row.id,
            frozenset(row.keys),
            Facts(title=row.title, published_at=row.published_at, duration_ms=row.duration_ms),
        )
        for row in rows
    ]


async def item_of(session: AsyncConnection, media_id: int) -> FoundItem | None:
    """Return what a recording was last found as; None for one that was never on the net."""
    found = await session.scalar(text("SELECT item FROM media WHERE id = :id"), {"id": media_id})
    return None if found is None else FoundItem.model_validate(found)


async def add_keys(session: AsyncConnection, media_id: int, keys: Iterable[str]) -> None:
    """Let a recording be known by these keys too; a key that is another's stays that one's."""
    values = [{"key": key, "media_id": media_id} for key in dict.fromkeys(keys)]
    if values:
        await session.execute(insert(media_keys).values(values).on_conflict_do_nothing())


async def offered(session: AsyncConnection, source_id: int) -> list[OfferedItem]:
    """Return what became of every item of a source, newest first.

    What was taken and its page showed to be unwanted is left, or put off, all the same.
    """
    rows = await session.execute(
        text(f"""
          SELECT i.key, COALESCE(m.title, i.title) AS title, i.published_at,
            COALESCE(p.state, {_STATE}) AS state, COALESCE(p.reason, i.reason) AS reason,
            CASE WHEN p.state IS NULL THEN i.detail ELSE p.detail END AS detail,
            COALESCE(p.decide_at, i.decide_at) AS decide_at, i.media_id, i.seen_at
          FROM source_items i LEFT JOIN media m ON m.id = i.media_id
          LEFT JOIN LATERAL (
            SELECT CASE t.status WHEN :skipped THEN 'left' ELSE 'later' END AS state,
              CASE t.status WHEN :skipped THEN 'not_taken' ELSE t.wait_reason END AS reason,
              CASE t.status WHEN :skipped THEN t.failure_detail ELSE t.wait_detail END AS detail,
              CASE t.status WHEN :skipped THEN NULL ELSE t.not_before END AS decide_at
            FROM transcriptions t
            WHERE t.media_id = i.media_id AND t.source_id = i.source_id
              AND i.state = 'taken' AND (t.status = :skipped OR t.wait_reason = :young)
          ) p ON true
          WHERE i.source_id = :source ORDER BY i.published_at DESC NULLS LAST, i.id"""),  # noqa: S608 - a constant
        {"source": source_id, "skipped": SKIPPED, "young": TOO_YOUNG},
    )
    return [OfferedItem(*row) for row in rows]


async def states_of(
    session: AsyncConnection, source_id: int, keys: Sequence[str]
) -> dict[str, Decided]:
    """Return by key what was decided of items of a source."""
    rows = await session.execute(
        text("""SELECT key, state, reason, decide_at FROM source_items
                WHERE source_id = :source AND key = ANY(:keys)"""),
        {"source": source_id, "keys": list(keys)},
    )
    return {row.key: Decided(row.state, row.reason, row.decide_at) for row in rows}


async def taken_media(
    session: AsyncConnection, source_id: int, media_ids: Sequence[int]
) -> frozenset[int]:
    """Return those of these recordings that a source took, under whatever key that was."""
    rows = await session.scalars(
        text("""SELECT media_id FROM source_items
                WHERE source_id = :source AND state = 'taken' AND media_id = ANY(:media)"""),
        {"source": source_id, "media": list(media_ids)},
    )
    return frozenset(rows.all())


async def followed_since_of_open(
    session: AsyncConnection, source_id: int, media_id: int
) -> datetime | None:
    """Return since when a source is followed that took a recording for its page to tell its date.

    None where it was taken for good: by its date, by its place, or because it is new. Its row keeps
    no item then, which is a null of JSON or of SQL.
    """
    since: datetime | None = await session.scalar(
        text("""SELECT s.created_at FROM source_items i JOIN sources s ON s.id = i.source_id
                WHERE i.source_id = :source AND i.media_id = :media
                  AND i.state = 'taken' AND jsonb_typeof(i.item) = 'object'"""),
        {"source": source_id, "media": media_id},
    )
    return since


async def settle_taken(
    session: AsyncConnection, media_id: int, published_at: datetime | None
) -> None:
    """Note that the page of a taken item was looked at: it told its date, and nothing is open."""
    await session.execute(
        text("""UPDATE source_items
                SET published_at = COALESCE(published_at, :at), item = NULL, detail = NULL
                WHERE media_id = :media AND state = 'taken'
                  AND (item IS NOT NULL OR detail IS NOT NULL OR published_at IS NULL)"""),
        {"media": media_id, "at": published_at},
    )


async def due_items(session: AsyncConnection, source_id: int, now: datetime) -> list[FoundItem]:
    """Return the items of a source that were to be decided by now."""
    rows = await session.execute(
        text("""SELECT item FROM source_items
                WHERE source_id = :source AND state = 'later' AND decide_at <= :now
                ORDER BY decide_at LIMIT 1000"""),
        {"source": source_id, "now": now},
    )
    return [FoundItem.model_validate(row.item) for row in rows if row.item is not None]


async def next_decision(session: AsyncConnection, source_id: int) -> datetime | None:
    """Return when the next item of a source is to be decided; None when none is."""
    at: datetime | None = await session.scalar(
        text("""SELECT min(decide_at) FROM source_items
                WHERE source_id = :source AND state = 'later'"""),
        {"source": source_id},
    )
    return at


async def put_items(session: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what became of items; what was taken stays taken, and what was removed removed."""
    if not rows:
        return
    statement = insert(source_items)
    new = statement.excluded
    changed = {
        name: new[name]
        for name in ("title", "published_at", "state", "reason", "detail", "item", "decide_at")
    }
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["source_id", "key"],
            set_={**changed, "media_id": new.media_id, "seen_at": new.seen_at},
            where=(source_items.c.state != TAKEN)
            & ((source_items.c.reason != REMOVED) | (new.reason == REMOVED)),
        ),
        list(rows),
    )


async def forget_left(session: AsyncConnection, source_id: int) -> int:
    """Forget why items of a source were left, so that they are decided anew; return how many.

    What a person removed stays removed.
    """
    result = await session.execute(
        text("""DELETE FROM source_items
                WHERE source_id = :source AND state <> 'taken' AND reason <> 'removed'"""),
        {"source": source_id},
    )
    return result.rowcount


async def publication_times(session: AsyncConnection, source_id: int) -> list[datetime]:
    """Return when the latest items of a source were published, newest first: its rhythm."""
    rows = await session.execute(
        text("""SELECT published_at FROM source_items
                WHERE source_id = :source AND published_at IS NOT NULL
                ORDER BY published_at DESC LIMIT 30"""),
        {"source": source_id},
    )
    return [row.published_at for row in rows]


async def set_item(session: AsyncConnection, media_id: int, item: FoundItem) -> None:
    """Keep what a recording was last found as."""
    await session.execute(
        text("UPDATE media SET item = :item WHERE id = :id").bindparams(
            bindparam("item", type_=JSONB)
        ),
        {"id": media_id, "item": item.model_dump(mode="json", exclude_defaults=True)},
    )
