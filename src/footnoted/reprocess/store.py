"""The SQL of redoing: what could be stale, what was answered before, and putting items back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence  # noqa: TC003 - tools read the fields of a row
from datetime import datetime  # noqa: TC003 - as above
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from footnoted.model.status import ItemKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.reprocess.scope import Scope

VIDEO_REDONE = "video.redone"
PAGE_GROUP_REDONE = "page_group.redone"

_VIDEOS = """
  SELECT v.id, v.profile, v.creator_id, v.status, e.title,
    v.lease_owner IS NOT NULL AS is_in_work
  FROM videos v JOIN media e ON e.id = v.media_id LEFT JOIN sources s ON s.id = v.source_id
  WHERE (CAST(:profiles AS text[]) IS NULL OR v.profile = ANY(:profiles)) AND {statuses}
    AND (CAST(:ids AS bigint[]) IS NULL OR v.id = ANY(:ids))
    AND (CAST(:source AS bigint) IS NULL OR v.source_id = :source)
    AND (CAST(:owner AS text) IS NULL OR COALESCE(s.owner, e.owner) = :owner)
    AND (CAST(:since AS timestamptz) IS NULL OR v.created_at >= :since)
  ORDER BY v.creator_id, v.id
"""
_DONE = "v.status = 'indexed'"
_WAITING = "v.status NOT IN ('indexed', 'failed', 'quarantined', 'skipped', 'cancelled')"
_REOPENED = """v.status NOT IN ('indexed', 'failed', 'quarantined', 'skipped', 'cancelled')
  AND EXISTS (
    SELECT 1 FROM topics t WHERE t.video_id = v.id AND t.transcript_id <> v.transcript_id)"""

_GROUPS = text("""
  SELECT g.id, g.profile, g.creator_id, g.status, g.category || ', ' || c.name AS title,
    g.lease_owner IS NOT NULL AS is_in_work, g.wanted > g.done OR g.status = 'stale' AS is_due
  FROM page_groups g JOIN creators c ON c.id = g.creator_id
  WHERE g.profile = :profile AND g.creator_id = :creator ORDER BY g.id
""")

_PREVIOUS = text("""
  SELECT answer FROM llm_calls
  WHERE item_kind = :kind AND item_id = :id AND stage = :stage AND label = :label
    AND state = 'answered' AND usable ORDER BY answered_at DESC, id DESC LIMIT 5
""")

_HISTORY = text("""
  SELECT stage, model, (usage->>'output_tokens')::bigint AS output_tokens, cost_usd,
    batch_id IS NOT NULL AS is_batch,
    COALESCE((usage->>'input_tokens')::bigint, 0)
      + COALESCE((usage->>'cache_creation_5m_tokens')::bigint, 0)
      + COALESCE((usage->>'cache_creation_1h_tokens')::bigint, 0)
      + COALESCE((usage->>'cache_read_tokens')::bigint, 0) AS prompt_tokens, usable
  FROM (SELECT *, row_number() OVER (PARTITION BY stage, model ORDER BY id DESC) AS nth
        FROM llm_calls WHERE state = 'answered' AND reserved_usd > 0 AND usage IS NOT NULL) c
  WHERE nth <= 500
""")


class Item(NamedTuple):
    """A work item that could be redone."""

    kind: ItemKind
    id: int
    profile: str
    creator_id: int
    status: str
    title: str
    is_in_work: bool
    is_due: bool = False


class PaidCall(NamedTuple):
    """An answered call of the past: what it was about, its tokens, and what it cost (USD)."""

    stage: str
    model: str
    prompt_tokens: int
    output_tokens: int
    cost_usd: Any
    usable: bool
    is_batch: bool = False


class Among(StrEnum):
    """Which videos of a scope are meant.

    Finished ones, those that wait, or those of them that have another transcript now than what
    they last made was made of.
    """

    DONE = _DONE
    WAITING = _WAITING
    REOPENED = _REOPENED


async def videos_in(
    session: AsyncConnection, scope: Scope, profiles: Sequence[str], among: Among
) -> list[Item]:
    """Return those videos of a scope, by creator and id."""
    statement = text(_VIDEOS.format(statuses=among.value))
    rows = await session.execute(
        statement,
        {
            "profiles": list(profiles),
            "ids": list(scope.video_ids) or None,
            "source": scope.source_id,
            "owner": scope.owner,
            "since": scope.since,
        },
    )
    return [Item(ItemKind.VIDEO, **row) for row in rows.mappings()]


async def groups_of(session: AsyncConnection, profile: str, creator_id: int) -> list[Item]:
    """Return the page groups of a creator, by id."""
    rows = await session.execute(_GROUPS, {"profile": profile, "creator": creator_id})
    return [Item(ItemKind.PAGE_GROUP, **row) for row in rows.mappings()]


async def groups_fed_by(session: AsyncConnection, video_ids: Collection[int]) -> set[int]:
    """Return the page groups that rest on one of these videos."""
    found = await session.scalars(
        text("SELECT DISTINCT group_id FROM contributions WHERE video_id = ANY(:ids)"),
        {"ids": sorted(video_ids)},
    )
    return set(found.all())


async def creators_with_pages(
    session: AsyncConnection, profiles: Sequence[str], *, is_due: bool = False
) -> set[Any]:
    """Return the (profile, creator) of every page group; `is_due`: of those that wait."""
    rows = await session.execute(
        text("""SELECT DISTINCT profile, creator_id FROM page_groups
                WHERE profile = ANY(:names) AND (NOT :is_due OR wanted > done OR status = 'stale')
             """),
        {"names": list(profiles), "is_due": is_due},
    )
    return {(row.profile, row.creator_id) for row in rows}


async def missing_in(session: AsyncConnection, scope: Scope) -> str | None:
    """Return what a scope names that is not there, in words; None when all of it is."""
    found = await session.scalars(
        text("SELECT id FROM videos WHERE id = ANY(:ids)"), {"ids": list(scope.video_ids)}
    )
    if missing := sorted(set(scope.video_ids) - set(found.all())):
        return f"video {', '.join(map(str, missing))}"
    row = await session.execute(
        text("""SELECT
                  EXISTS (SELECT 1 FROM sources WHERE id = :source) AS has_source,
                  EXISTS (SELECT 1 FROM sources WHERE owner = :owner)
                    OR EXISTS (SELECT 1 FROM media WHERE owner = :owner) AS has_owner"""),
        {"source": scope.source_id, "owner": scope.owner},
    )
    has_source, has_owner = row.one()
    if scope.source_id is not None and not has_source:
        return f"source {scope.source_id}; `footnoted source list` shows them"
    if scope.owner is not None and not has_owner:
        return f"owner {scope.owner!r}"
    return None


async def recorded_parts(
    session: AsyncConnection, kind: ItemKind, ids: Sequence[int]
) -> dict[int, dict[str, Mapping[str, str]]]:
    """Return what each finished stage of these items was made by, but for those with an override.

    Overridden stages are left out: what is right for them only their order knows.
    """
    rows = await session.execute(
        text("""SELECT item_id, stage, parts FROM work_orders
                WHERE item_kind = :kind AND item_id = ANY(:ids) AND override IS NULL
                  AND output_sha256 IS NOT NULL"""),
        {"kind": kind.value, "ids": list(ids)},
    )
    found: dict[int, dict[str, Mapping[str, str]]] = defaultdict(dict)
    for row in rows:
        found[row.item_id][row.stage] = row.parts
    return found


async def transcript_versions(
    session: AsyncConnection, video_id: int
) -> tuple[int | None, int | None]:
    """Return the transcript version that a video's topics were made of, and that it has now."""
    row = await session.execute(
        text("""
          SELECT (SELECT max(t.version) FROM topics p JOIN transcripts t ON t.id = p.transcript_id
                  WHERE p.video_id = v.id),
            (SELECT t.version FROM transcripts t WHERE t.id = v.transcript_id)
          FROM videos v WHERE v.id = :id"""),
        {"id": video_id},
    )
    found = row.one_or_none()
    return (None, None) if found is None else (found[0], found[1])


async def previous_answers(
    session: AsyncConnection, item: tuple[str, int], stage: str, label: str
) -> list[str]:
    """Return what was last answered to a call of this name, newest first."""
    values = {"kind": item[0], "id": item[1], "stage": stage, "label": label}
    return list((await session.scalars(_PREVIOUS, values)).all())


async def paid_calls(session: AsyncConnection) -> list[PaidCall]:
    """Return the newest paid calls of each stage and model."""
    return [PaidCall(**row) for row in (await session.execute(_HISTORY)).mappings()]


async def usual_batch_min(session: AsyncConnection) -> float | None:
    """Return how long a batch took from being sent to its end, the median of the last (minutes).

    None: none ever ended.
    """
    took: float | None = await session.scalar(
        text("""SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY
                  extract(epoch FROM ended_at - sent_at)::float8 / 60)
                FROM (SELECT ended_at, sent_at FROM call_batches
                      WHERE state = 'ended' AND sent_at IS NOT NULL AND ended_at IS NOT NULL
                      ORDER BY id DESC LIMIT 50) b""")
    )
    return took


async def limit_lock_waits(session: AsyncConnection, seconds: float) -> None:
    """Give up on a row that somebody holds after that long, for the rest of the transaction."""
    await session.execute(text(f"SET LOCAL lock_timeout = '{round(seconds * 1000)}ms'"))


_REDO_VIDEOS = text("""
  WITH picked AS (
    SELECT id, status FROM videos
    WHERE id = :id AND status = :from AND lease_owner IS NULL FOR UPDATE
  ), moved AS (
    UPDATE videos i SET status = :to, wait_reason = NULL, wait_detail = NULL, not_before = NULL,
      deadline = NULL, attempts = 0, crashes = 0, failure_code = NULL, failure_detail = NULL,
      fence = i.fence + 1, resume_from = NULL, updated_at = :now
    FROM picked p WHERE i.id = p.id RETURNING i.id
  ), ended AS (
    UPDATE runs r SET status = 'cancelled', finished_at = :now FROM moved m
    WHERE r.item_kind = 'video' AND r.item_id = m.id AND r.status = 'running'
  ), run AS (
    INSERT INTO runs (item_kind, item_id, run_number, trigger, status, started_at)
    SELECT 'video', m.id, 1 + COALESCE((SELECT max(r.run_number) FROM runs r
      WHERE r.item_kind = 'video' AND r.item_id = m.id), 0), :trigger, 'running', :now
    FROM moved m RETURNING id, item_id
  ), told AS (
    INSERT INTO events (run_id, item_kind, item_id, name, stage, fields, at)
    SELECT run.id, 'video', run.item_id, :event, :stage, :fields, :now FROM run
  )
  SELECT count(*) FROM moved
""").bindparams(bindparam("fields", type_=JSONB))

_REDO_GROUP = text("""
  WITH moved AS (
    UPDATE page_groups i SET status = 'stale', wanted = wanted + 1, wanted_at = :now,
      wait_reason = NULL, wait_detail = NULL, not_before = NULL, deadline = NULL, attempts = 0,
      crashes = 0, failure_code = NULL, failure_detail = NULL, updated_at = :now
    WHERE i.id = :id AND lease_owner IS NULL RETURNING id
  ), told AS (
    INSERT INTO events (item_kind, item_id, name, stage, fields, at)
    SELECT 'page_group', id, :event, :stage, :fields, :now FROM moved
  )
  SELECT count(*) FROM moved
""").bindparams(bindparam("fields", type_=JSONB))

_FRESH = text("""
  UPDATE work_orders SET generation = generation + 1,
    given_sha256 = CASE WHEN closed_at IS NULL THEN given_sha256 ELSE '' END
  WHERE item_kind = :kind AND item_id = :id AND stage = ANY(:stages)
""")


class Redoing(NamedTuple):
    """An item that is put back to before a stage, why, and what its run says began it."""

    kind: ItemKind
    id: int
    profile: str
    before: str
    to: str
    stage: str
    why: Sequence[str]
    trigger: str = "reprocess"


async def put_back(session: AsyncConnection, redoing: Redoing, now: datetime) -> bool:
    """Put an item back in a new run; return False when it moved or is worked on meanwhile."""
    values = {
        "id": redoing.id,
        "stage": redoing.stage,
        "fields": {"why": list(redoing.why)},
        "now": now,
    }
    if redoing.kind is ItemKind.PAGE_GROUP:
        return bool(await session.scalar(_REDO_GROUP, {**values, "event": PAGE_GROUP_REDONE}))
    moving = {"from": redoing.before, "to": redoing.to, "trigger": redoing.trigger}
    return bool(await session.scalar(_REDO_VIDEOS, {**values, **moving, "event": VIDEO_REDONE}))


async def want_fresh(
    session: AsyncConnection, kind: ItemKind, item_id: int, stages: Iterable[str]
) -> None:
    """Let the next answers of these stages be bought anew."""
    values = {"kind": kind.value, "id": item_id, "stages": list(stages)}
    await session.execute(_FRESH, values)


async def read_video_item(session: AsyncConnection, video_id: int) -> Item | None:
    """Return a video as an item to be redone, or None when there is none."""
    statement = text(_VIDEOS.format(statuses="v.id = :id"))
    values = {"profiles": None, "ids": None, "source": None, "owner": None, "since": None}
    rows = await session.execute(statement, {**values, "id": video_id})
    row = rows.mappings().one_or_none()
    return None if row is None else Item(ItemKind.VIDEO, **row)


async def milestone_of(session: AsyncConnection, video_id: int) -> str:
    """Return how far a video has come; of one that stopped, where it would be taken up again."""
    found: str = await session.scalar(
        text("""SELECT CASE WHEN status IN ('failed', 'quarantined', 'skipped', 'cancelled')
                  THEN COALESCE(resume_from, 'discovered') ELSE status END
                FROM videos WHERE id = :id"""),
        {"id": video_id},
    )
    return found


async def set_override(
    session: AsyncConnection, item_id: int, stage: str, override: Mapping[str, Any] | None
) -> None:
    """Set, or forget, what one stage of one video works with."""
    await session.execute(
        text("""UPDATE work_orders SET override = :override
                WHERE item_kind = 'video' AND item_id = :id AND stage = :stage""").bindparams(
            bindparam("override", type_=JSONB(none_as_null=True))
        ),
        {"override": None if override is None else dict(override), "id": item_id, "stage": stage},
    )


async def distrust_orders(session: AsyncConnection, item_id: int) -> None:
    """Have each stage that a video has passed work on it anew; what was set for it stays."""
    await session.execute(
        text("""UPDATE work_orders SET given_sha256 = ''
                WHERE item_kind = 'video' AND item_id = :id AND closed_at IS NOT NULL"""),
        {"id": item_id},
    )


async def forget_orders(session: AsyncConnection, item_id: int) -> None:
    """Forget what a video's outputs were made by, so that each stage works on it anew.

    Its generations stay: what a person once wanted answered anew is not taken from before.
    """
    await session.execute(
        text("""UPDATE work_orders SET given_sha256 = '', override = NULL
                WHERE item_kind = 'video' AND item_id = :id"""),
        {"id": item_id},
    )
