"""The SQL of contributions: every change of what a video says marks the groups it touches.

Locks are taken in one order, so that nobody waits in a circle: first all groups of the creator by
id (`lock_groups`), then moments and evidence, then new groups by category. A composing group's row
is locked before anything else it writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select, text, update

from footnoted.db.rows import insert_missing
from footnoted.db.tables import contributions, creators, page_groups, page_versions, videos
from footnoted.knowledge.groups.group import PageGroup
from footnoted.knowledge.versions import Provenance
from footnoted.model.status import GROUP_CURRENT

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

_WANT = text("""
  UPDATE page_groups SET
    wanted = wanted + 1,
    wanted_at = COALESCE(wanted_at, now()),
    status = CASE WHEN status IN ('current', 'failed') THEN 'stale' ELSE status END,
    attempts = CASE WHEN status = 'failed' THEN 0 ELSE attempts END,
    failure_code = CASE WHEN status = 'failed' THEN NULL ELSE failure_code END,
    failure_detail = CASE WHEN status = 'failed' THEN NULL ELSE failure_detail END,
    updated_at = now()
  WHERE id = ANY(:ids)
""")

_FINISH = text("""
  UPDATE page_groups SET
    done = :loaded,
    status = CASE WHEN wanted > :loaded THEN 'stale' ELSE status END,
    wanted_at = CASE WHEN wanted > :loaded THEN wanted_at END
  WHERE id = :id
  RETURNING wanted > :loaded
""")

_UNSUPPORTED = text("""
  WITH touched AS (
    SELECT DISTINCT ce.claim_id FROM claim_evidence ce
    JOIN evidence e ON e.id = ce.evidence_id WHERE e.video_id = :video_id
  ), dropped AS (
    DELETE FROM claims c USING touched t
    WHERE c.id = t.claim_id AND NOT EXISTS (
      SELECT 1 FROM claim_evidence ce JOIN evidence e ON e.id = ce.evidence_id
      WHERE ce.claim_id = c.id AND e.video_id <> :video_id)
    RETURNING c.id
  )
  SELECT DISTINCT p.id FROM touched t
  JOIN claims c ON c.id = t.claim_id
  JOIN pages p ON p.current_version_id = c.page_version_id
  WHERE p.retired_at IS NULL ORDER BY p.id
""")

_UNGROUNDED = text("""
  WITH ours AS (
    SELECT COALESCE(jsonb_agg(id), '[]') AS ids FROM evidence WHERE video_id = :video_id
  ), touched AS (
    SELECT DISTINCT c.page_version_id AS id FROM claim_evidence ce
    JOIN evidence e ON e.id = ce.evidence_id AND e.video_id = :video_id
    JOIN claims c ON c.id = ce.claim_id
  ), left_over AS (
    SELECT v.id, v.grounds->'summary' <@ o.ids AS is_gone,
      (SELECT COALESCE(jsonb_object_agg(n.key, n.value), '{}')
       FROM jsonb_each(v.grounds->'tags') n WHERE NOT n.value <@ o.ids) AS tags,
      (SELECT COALESCE(jsonb_object_agg(n.key, n.value), '{}')
       FROM jsonb_each(v.grounds->'tools') n WHERE NOT n.value <@ o.ids) AS tools
    FROM page_versions v JOIN touched t ON t.id = v.id, ours o WHERE v.grounds <> '{}'
  )
  UPDATE page_versions v SET
    summary = CASE WHEN l.is_gone THEN '' ELSE v.summary END,
    tags = ARRAY(SELECT n FROM unnest(v.tags) n WHERE NOT v.grounds->'tags' ? n OR l.tags ? n),
    tools = ARRAY(SELECT n FROM unnest(v.tools) n WHERE NOT v.grounds->'tools' ? n OR l.tools ? n),
    grounds = v.grounds || jsonb_build_object('tags', l.tags, 'tools', l.tools)
  FROM left_over l WHERE v.id = l.id
""")

_RESTING_ON = text("""
  SELECT DISTINCT v.id, v.provenance FROM page_versions v
  JOIN claims c ON c.page_version_id = v.id
  JOIN claim_evidence ce ON ce.claim_id = c.id
  JOIN evidence e ON e.id = ce.evidence_id AND e.video_id = :video_id
  WHERE v.provenance ? 'origins' ORDER BY v.id
""")

_RETIRE_EMPTY = text("""
  UPDATE pages p SET retired_at = now(), updated_at = now()
  WHERE p.id = ANY(:ids) AND NOT EXISTS (
    SELECT 1 FROM claims c WHERE c.page_version_id = p.current_version_id)
""")


async def lock_groups(session: AsyncConnection, video_id: int) -> None:
    """Keep the pages that a video may be on from being published until the transaction ends.

    To be called before its moments or their evidence are touched. Publishing holds the page group
    before it looks at those; the other way around the two would wait for each other.
    """
    await session.execute(
        select(page_groups.c.id)
        .join(
            videos,
            (videos.c.creator_id == page_groups.c.creator_id)
            & (videos.c.profile == page_groups.c.profile),
        )
        .where(videos.c.id == video_id)
        .order_by(page_groups.c.id)
        .with_for_update(of=page_groups, key_share=True)
    )


async def contribute(
    session: AsyncConnection,
    video_id: int,
    categories: Collection[str],
    touched: Collection[str] = (),
) -> None:
    """Record that a video has moments in `categories` now, and want the pages of what changed.

    Wanted are the groups it joins or leaves, and those of `touched`, where moments it keeps have
    changed. A video that moved to another creator joins and leaves groups by the same call.
    """
    new = await _groups_of(session, video_id, sorted(set(categories)))
    rows = await session.scalars(
        select(contributions.c.group_id).where(contributions.c.video_id == video_id)
    )
    old, joined = set(rows.all()), set(new.values())
    changed = {new[category] for category in touched if category in new}
    await want(session, (old ^ joined) | changed)
    await session.execute(
        delete(contributions).where(
            contributions.c.video_id == video_id, contributions.c.group_id.in_(old - joined)
        )
    )
    added = [{"video_id": video_id, "group_id": group} for group in sorted(joined - old)]
    await insert_missing(session, contributions, added)


async def retract_video(session: AsyncConnection, video_id: int) -> tuple[UUID, ...]:
    """Take back all that a video contributed; return the published pages it was cited on.

    To be called before the video is deleted, in the same transaction, one video each, its groups
    locked (`lock_groups`). Claims that nothing else supports go at once, and so do summaries, tags
    and tools; pages without claims retire, and every group the video touched is composed anew. The
    documents of the returned pages are out of date.
    """
    await contribute(session, video_id, ())
    await session.execute(_UNGROUNDED, {"video_id": video_id})
    await _forget_origin(session, video_id)
    pages = tuple((await session.scalars(_UNSUPPORTED, {"video_id": video_id})).all())
    await session.execute(_RETIRE_EMPTY, {"ids": list(pages)})
    return pages


async def _forget_origin(session: AsyncConnection, video_id: int) -> None:
    """Have no page version name what made the moments of a video that is taken back."""
    rows = (await session.execute(_RESTING_ON, {"video_id": video_id})).all()
    for row in rows:
        left = Provenance.model_validate(row.provenance).without(video_id)
        await session.execute(
            update(page_versions)
            .where(page_versions.c.id == row.id)
            .values(provenance=left.model_dump(mode="json"))
        )


async def want_groups(session: AsyncConnection, group_ids: Collection[int]) -> None:
    """Have the pages of groups composed anew, whatever changed about them."""
    await want(session, group_ids)


async def read_group(session: AsyncConnection, group_id: int) -> PageGroup | None:
    """Return a group with how often it was wanted so far, or None when it is gone."""
    row = (
        (
            await session.execute(
                select(
                    page_groups.c.id,
                    page_groups.c.profile,
                    page_groups.c.creator_id,
                    creators.c.name.label("creator"),
                    page_groups.c.category,
                    page_groups.c.wanted,
                )
                .join(creators, creators.c.id == page_groups.c.creator_id)
                .where(page_groups.c.id == group_id)
            )
        )
        .mappings()
        .one_or_none()
    )
    return PageGroup.model_validate(row) if row is not None else None


async def finish_group(session: AsyncConnection, group_id: int, loaded: int) -> bool:
    """Set `done` to the `wanted` that was loaded; return whether the group was wanted since."""
    return bool(await session.scalar(_FINISH, {"id": group_id, "loaded": loaded}))


async def _groups_of(
    session: AsyncConnection, video_id: int, categories: list[str]
) -> dict[str, int]:
    """Return the group of each category for the video's creator, made where there was none."""
    if not categories:
        return {}
    owner = (
        await session.execute(
            select(videos.c.profile, videos.c.creator_id).where(videos.c.id == video_id)
        )
    ).one()
    key = {"profile": owner.profile, "creator_id": owner.creator_id}
    wished = [{**key, "category": name, "status": GROUP_CURRENT} for name in categories]
    await insert_missing(session, page_groups, wished)
    rows = await session.execute(
        select(page_groups.c.category, page_groups.c.id).where(
            page_groups.c.profile == owner.profile,
            page_groups.c.creator_id == owner.creator_id,
            page_groups.c.category.in_(categories),
        )
    )
    return {row.category: row.id for row in rows}


async def want(session: AsyncConnection, group_ids: Collection[int]) -> None:
    """Have the pages of these groups composed anew."""
    if not group_ids:
        return
    await session.execute(
        select(page_groups.c.id)
        .where(page_groups.c.id.in_(group_ids))
        .order_by(page_groups.c.id)
        .with_for_update(key_share=True)
    )
    await session.execute(_WANT, {"ids": sorted(group_ids)})
