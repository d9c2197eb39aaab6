"""The SQL of declared items."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, text, update

from footnoted.db.recordings import CREATOR_CALLED, MEDIA_PATH
from footnoted.db.rows import upsert
from footnoted.knowledge.groups.store import contribute, lock_groups
from footnoted.knowledge.store import cited_moments, prune_evidence, save_evidence
from footnoted.model.citation import deep_link, playable_url
from footnoted.profiles.declared.tables import declared_items as items
from footnoted.profiles.declared.types import ListedItem, StoredItem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from sqlalchemy import RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.knowledge.audit.store import MomentSource
    from footnoted.knowledge.groups.group import PageGroup
    from footnoted.profiles.declared.types import ItemsOutput, Wanted

_STORED = """
  SELECT i.id, i.evidence_id, i.video_id, m.identity AS recording, i.kind, i.title, i.category,
    i.fields, e.first_cue, e.last_cue, e.text AS quote, e.start_ms, e.end_ms
  FROM declared_items i
  JOIN evidence e ON e.id = i.evidence_id AND e.match <> 'rejected'
  JOIN videos v ON v.id = i.video_id
  JOIN media m ON m.id = v.media_id
  WHERE i.retired_at IS NULL
"""

_OF_VIDEO = text(_STORED + " AND i.video_id = :video_id ORDER BY i.position, i.id")

_OF_GROUP = text(
    _STORED
    + """
    AND v.creator_id = :creator_id AND v.profile = :profile AND i.category = :category
  ORDER BY m.published_at NULLS LAST, m.identity, e.first_cue, e.last_cue, e.quote, i.kind,
    i.title, i.id
"""
)

_LISTED = text(f"""
  SELECT i.id, i.profile, i.kind, i.title, i.category, i.fields, i.video_id,
    m.title AS recording, c.name AS creator, m.published_at, e.text AS quote, e.first_cue,
    e.last_cue, e.start_ms, m.url, {MEDIA_PATH} AS media_path
  FROM declared_items i
  JOIN evidence e ON e.id = i.evidence_id AND e.match <> 'rejected'
  JOIN videos v ON v.id = i.video_id
  JOIN media m ON m.id = v.media_id
  JOIN creators c ON c.id = v.creator_id
  WHERE i.retired_at IS NULL
    AND (CAST(:profile AS text) IS NULL OR i.profile = :profile)
    AND (CAST(:video_id AS bigint) IS NULL OR i.video_id = :video_id)
    AND (CAST(:kind AS text) IS NULL OR lower(i.kind) = lower(:kind))
    AND (CAST(:creator AS text) IS NULL OR {CREATOR_CALLED})
    AND NOT EXISTS (
      SELECT 1 FROM unnest(CAST(:names AS text[]), CAST(:values AS text[])) AS w (name, value)
      WHERE lower(i.fields->>w.name) IS DISTINCT FROM lower(w.value))
  ORDER BY m.published_at DESC NULLS LAST, m.id DESC, i.profile, i.position, i.id
  LIMIT :most
""")  # noqa: S608 - a constant

_DROP_RETIRED = text("""
  WITH dropped AS (
    DELETE FROM declared_items i USING videos v
    WHERE v.id = i.video_id AND v.creator_id = :creator_id AND v.profile = :profile
      AND i.category = :category AND i.retired_at IS NOT NULL
      AND NOT EXISTS (
        SELECT 1 FROM claim_evidence ce
        JOIN claims c ON c.id = ce.claim_id
        JOIN pages p ON p.current_version_id = c.page_version_id AND p.retired_at IS NULL
        WHERE ce.moment_id = i.id)
    RETURNING i.id, i.evidence_id
  )
  DELETE FROM evidence e USING dropped d
  WHERE e.id = d.evidence_id
    AND NOT EXISTS (SELECT 1 FROM claim_evidence ce WHERE ce.evidence_id = e.id)
    AND NOT EXISTS (
      SELECT 1 FROM declared_items i WHERE i.evidence_id = e.id
        AND i.id NOT IN (SELECT id FROM dropped))
""")


async def replace_items(
    session: AsyncConnection, video_id: int, out: ItemsOutput, *, profile: str, has_pages: bool
) -> None:
    """Make the output all that a video says under its profile; equal items keep their rows.

    Items that left are deleted, or retired while a published page cites them. Where the profile
    `has_pages`, the groups of what changed or left are wanted anew.
    """
    await lock_groups(session, video_id)
    if out.transcript_id is not None:
        await save_evidence(session, video_id, out.transcript_id, out.evidence)
    before = await _categories(session, video_id)
    changed = await upsert(session, items, _rows(video_id, profile, out))
    gone = before.keys() - {item.id for item in out.items}
    await _let_go(session, gone)
    after = await _categories(session, video_id)
    touched = {after[key] for key in changed} | {
        before[key] for key in gone | changed & set(before)
    }
    await contribute(session, video_id, set(after.values()) if has_pages else (), touched)
    kept = await session.scalars(select(items.c.evidence_id).where(items.c.video_id == video_id))
    found = [item.id for item in out.evidence]
    await prune_evidence(session, video_id, [*kept.all(), *found])


async def read_video_items(session: AsyncConnection, video_id: int) -> tuple[StoredItem, ...]:
    """Return the live items of a video, in the order they were said."""
    rows = await session.execute(_OF_VIDEO, {"video_id": video_id})
    return tuple(map(StoredItem.model_validate, rows.mappings()))


async def list_items(session: AsyncConnection, wanted: Wanted) -> list[ListedItem]:
    """Return the live items that are wanted, newest recording first, in the order they were said.

    Fields compare as texts, without regard to case.
    """
    values = {
        **wanted.model_dump(include={"profile", "creator", "video_id", "kind", "most"}),
        "names": [name for name, _ in wanted.having],
        "values": [value for _, value in wanted.having],
    }
    rows = await session.execute(_LISTED, values)
    return [_listed(row) for row in rows.mappings()]


async def read_group_items(session: AsyncConnection, group: PageGroup) -> tuple[StoredItem, ...]:
    """Return the live items of a page group by publication, recording and place in it."""
    rows = await session.execute(_OF_GROUP, _key(group))
    return tuple(map(StoredItem.model_validate, rows.mappings()))


def live_items(profile: str) -> MomentSource:
    """Return what reads the evidence of every live item of a profile, for the audit."""
    return partial(_live, profile)


async def drop_retired(session: AsyncConnection, group: PageGroup) -> None:
    """Delete the group's retired items that no published page cites any more."""
    await session.execute(_DROP_RETIRED, _key(group))


async def _live(profile: str, session: AsyncConnection) -> Mapping[UUID, UUID]:
    rows = await session.execute(
        select(items.c.id, items.c.evidence_id)
        .where(items.c.profile == profile, items.c.retired_at.is_(None))
        .order_by(items.c.id)
    )
    return {row.id: row.evidence_id for row in rows}


async def _categories(session: AsyncConnection, video_id: int) -> dict[UUID, str]:
    """Return the category of each live item."""
    rows = await session.execute(
        select(items.c.id, items.c.category)
        .where(items.c.video_id == video_id, items.c.retired_at.is_(None))
        .order_by(items.c.id)
    )
    return {row.id: row.category for row in rows}


async def _let_go(session: AsyncConnection, gone: set[UUID]) -> None:
    """Retire the items that published pages cite, and delete the others."""
    cited = await cited_moments(session, sorted(gone))
    await session.execute(update(items).where(items.c.id.in_(cited)).values(retired_at=func.now()))
    await session.execute(delete(items).where(items.c.id.in_(gone - cited)))


def _listed(row: RowMapping) -> ListedItem:
    url = playable_url(row["url"], row["media_path"])
    link = None if url is None else deep_link(url, row["start_ms"])
    return ListedItem.model_validate({**row, "link": link})


def _key(group: PageGroup) -> dict[str, object]:
    return {
        "creator_id": group.creator_id,
        "profile": group.profile,
        "category": group.category,
    }


def _rows(video_id: int, profile: str, out: ItemsOutput) -> list[dict[str, object]]:
    return [
        {
            "video_id": video_id,
            "profile": profile,
            "position": position,
            "retired_at": None,
            **item.model_dump(mode="python"),
        }
        for position, item in enumerate(out.items)
    ]
