"""The SQL of the state of everything: counts, and a few examples of each."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - tools read the fields of a row
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

from footnoted.db.recordings import WAITED_FOR, WITHHELD
from footnoted.model.status import ItemKind
from footnoted.pipeline.reports.report import (
    BrokenLine,
    GroupCounts,
    SourceCounts,
    StatusCount,
    WithheldLine,
    WorkLine,
)
from footnoted.sources.youtube import availability

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

    from sqlalchemy.ext.asyncio import AsyncConnection

EXAMPLES = 3
"""Examples of each wait and failure that `status` names."""

_ITEMS = f"""
  SELECT 'video' AS kind, v.id, m.title, v.status, v.wait_reason, v.wait_detail,
    COALESCE(w.not_before, v.not_before) AS not_before,
    COALESCE(w.deadline, v.deadline) AS deadline, v.failure_code, v.failure_detail,
    v.lease_owner, v.lease_expires_at
  FROM videos v JOIN media m ON m.id = v.media_id {WAITED_FOR}
  UNION ALL
  SELECT 'page_group', g.id, 'pages of ' || c.name || ' in ' || g.category, g.status,
    g.wait_reason, g.wait_detail, g.not_before, g.deadline, g.failure_code, g.failure_detail,
    g.lease_owner, g.lease_expires_at
  FROM page_groups g JOIN creators c ON c.id = g.creator_id
  UNION ALL
  SELECT 'source', s.id, s.title, s.status, s.wait_reason, s.wait_detail, s.not_before,
    s.deadline, s.failure_code, s.failure_detail, s.lease_owner, s.lease_expires_at
  FROM sources s
"""  # noqa: S608 - a constant

_WORK = f"""{_ITEMS}
  UNION ALL
  SELECT 'transcription', t.id, m.title, t.status, t.wait_reason, t.wait_detail, t.not_before,
    t.deadline, t.failure_code, t.failure_detail, t.lease_owner, t.lease_expires_at
  FROM transcriptions t JOIN media m ON m.id = t.media_id
"""  # noqa: S608 - a constant
"""What is worked on. What a transcription waits for and why it stopped, its videos say."""

NOT_TAKEN = "not_taken"
"""What `status` calls the end of what a rule left out after all: no failure, so it has no code."""

_ENDED = "(i.failure_code IS NOT NULL OR i.status = 'skipped')"
_CODE = f"COALESCE(i.failure_code, '{NOT_TAKEN}')"

_EXAMPLES = """
  SELECT kind, id, title, key, detail FROM (
    SELECT i.kind, i.id, i.title, {key} AS key, {detail} AS detail,
      row_number() OVER (PARTITION BY i.kind, {key} ORDER BY i.not_before, i.id) AS place
    FROM ({items}) i WHERE {condition}) e
  WHERE place <= :limit ORDER BY kind, key, place
"""


class WaitGroup(NamedTuple):
    """Items of a kind that wait for the same thing."""

    kind: ItemKind
    reason: str
    size: int
    next_at: datetime
    last_at: datetime
    deadline: datetime | None


class StopGroup(NamedTuple):
    """Items of a kind that ended the same way."""

    kind: ItemKind
    status: str
    code: str
    size: int


class ExampleRow(NamedTuple):
    """An item of the group `key`."""

    kind: ItemKind
    id: int
    title: str
    key: str
    detail: str | None


async def see_one_moment(session: AsyncConnection) -> None:
    """Let all that this transaction reads be as of one moment; it can write nothing."""
    await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))


async def video_counts(session: AsyncConnection) -> tuple[StatusCount, ...]:
    """Return how many videos stand at each status, by profile."""
    rows = await session.execute(
        text("""SELECT profile, status, count(*) AS count FROM videos
                GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2""")
    )
    return tuple(StatusCount.model_validate(row) for row in rows.mappings())


async def count_ready(session: AsyncConnection, profiles: Sequence[str], now: datetime) -> int:
    """Return how many videos, sources and transcriptions a daemon would begin with at `now`.

    Those whose wait or pause is over count, though nobody woke them yet.
    """
    count: int = await session.scalar(
        text("""
          SELECT
            (SELECT count(*) FROM videos WHERE profile = ANY(:profiles)
             AND status NOT IN ('indexed', 'failed', 'quarantined', 'skipped', 'cancelled')
             AND (not_before IS NULL OR not_before <= :now) AND lease_owner IS NULL)
            + (SELECT count(*) FROM sources WHERE NOT paused AND lease_owner IS NULL
               AND (status = 'due' OR (status = 'followed' AND next_poll_at <= :now))
               AND (not_before IS NULL OR not_before <= :now))
            + (SELECT count(*) FROM transcriptions
               WHERE status NOT IN ('heard', 'failed', 'quarantined', 'skipped', 'cancelled')
               AND (not_before IS NULL OR not_before <= :now) AND lease_owner IS NULL)"""),
        {"profiles": list(profiles), "now": now},
    )
    return count


async def broken_lines(
    session: AsyncConnection, broken: Mapping[str, str]
) -> tuple[BrokenLine, ...]:
    """Return what depends on each broken profile, given by name with why it is."""
    rows = await session.execute(
        text("""
          SELECT p.profile,
            (SELECT count(*) FROM videos v WHERE v.profile = p.profile AND v.status
               NOT IN ('indexed', 'failed', 'quarantined', 'skipped', 'cancelled')) AS videos,
            (SELECT count(*) FROM page_groups g
             WHERE g.profile = p.profile AND g.status <> 'current') AS page_groups,
            (SELECT count(*) FROM sources s WHERE p.profile = ANY(s.profiles)) AS sources
          FROM unnest(CAST(:names AS text[])) WITH ORDINALITY AS p (profile, place)
          ORDER BY p.place"""),
        {"names": list(broken)},
    )
    return tuple(
        BrokenLine.model_validate({**row, "fault": broken[row["profile"]]})
        for row in rows.mappings()
    )


async def items_in_work(session: AsyncConnection, now: datetime) -> tuple[WorkLine, ...]:
    """Return what processes work on at `now`, by kind and id."""
    rows = await session.execute(
        text(f"""
          SELECT kind, id, title, status, lease_expires_at AS until FROM ({_WORK}) i
          WHERE lease_owner IS NOT NULL AND lease_expires_at > :now ORDER BY kind, id"""),  # noqa: S608 - a constant
        {"now": now},
    )
    return tuple(WorkLine.model_validate(row) for row in rows.mappings())


async def wait_groups(session: AsyncConnection) -> list[WaitGroup]:
    """Return what is waited for, what ends first on top."""
    rows = await session.execute(
        text(f"""
          SELECT kind, wait_reason, count(*), min(not_before), max(not_before), min(deadline)
          FROM ({_ITEMS}) i WHERE not_before IS NOT NULL
          GROUP BY kind, wait_reason ORDER BY min(not_before), kind, wait_reason""")  # noqa: S608 - a constant
    )
    return [WaitGroup(*row)._replace(kind=ItemKind(row.kind)) for row in rows]


async def wait_examples(session: AsyncConnection) -> list[ExampleRow]:
    """Return some items of each wait, what ends first on top; the key is the reason."""
    return await _examples(session, "i.wait_reason", "i.wait_detail", "i.not_before IS NOT NULL")


async def stop_groups(session: AsyncConnection) -> list[StopGroup]:
    """Return how items ended other than well, most first."""
    rows = await session.execute(
        text(f"""
          SELECT kind, status, {_CODE} AS code, count(*) FROM ({_ITEMS}) i
          WHERE {_ENDED} GROUP BY kind, status, code ORDER BY count(*) DESC, kind, status, code""")  # noqa: S608 - a constant
    )
    return [StopGroup(*row)._replace(kind=ItemKind(row.kind)) for row in rows]


async def stop_examples(session: AsyncConnection) -> list[ExampleRow]:
    """Return some items of each failure; the key is status and code."""
    return await _examples(
        session,
        f"i.status || ' ' || {_CODE}",
        "i.failure_detail",
        _ENDED,
    )


async def withheld_groups(session: AsyncConnection) -> tuple[WithheldLine, ...]:
    """Return the videos whose recordings are not to be had any more, by reason, most first."""
    rows = await session.execute(
        text(f"""
          SELECT reason, count(*) AS count, min(next_at) AS next_at, jsonb_agg(
            jsonb_build_object('id', id, 'title', title, 'detail', detail) ORDER BY place)
            FILTER (WHERE place <= :limit) AS examples
          FROM (
            SELECT w.*, row_number() OVER (PARTITION BY reason ORDER BY next_at, id) AS place
            FROM (
              SELECT v.id, m.title, COALESCE(h.failure_code, h.wait_reason) AS reason,
                COALESCE(h.failure_detail, h.wait_detail) AS detail, h.not_before AS next_at
              FROM videos v JOIN media m ON m.id = v.media_id JOIN {WITHHELD}) w) p
          GROUP BY reason ORDER BY count(*) DESC, reason"""),  # noqa: S608 - a constant
        {"limit": EXAMPLES, "withheld": list(availability.WITHHELD)},
    )
    return tuple(WithheldLine.model_validate(row) for row in rows.mappings())


async def _examples(
    session: AsyncConnection, key: str, detail: str, condition: str
) -> list[ExampleRow]:
    statement = _EXAMPLES.format(items=_ITEMS, key=key, detail=detail, condition=condition)
    rows = await session.execute(text(statement), {"limit": EXAMPLES})
    return [ExampleRow(*row)._replace(kind=ItemKind(row.kind)) for row in rows]


async def group_counts(
    session: AsyncConnection, now: datetime, group_delay: timedelta
) -> GroupCounts:
    """Return how many page groups are due, and how many wait for more of their creator."""
    row = await session.execute(
        text("""
          WITH stale AS (
            SELECT g.wanted_at, g.wanted_at <= :oldest_wish OR NOT EXISTS (
              SELECT 1 FROM videos v WHERE v.creator_id = g.creator_id AND v.profile = g.profile
                AND v.status NOT IN ('indexed', 'failed', 'quarantined', 'skipped', 'cancelled')
                AND v.not_before IS NULL) AS is_due
            FROM page_groups g WHERE g.status = 'stale' AND g.not_before IS NULL)
          SELECT count(*) FILTER (WHERE is_due) AS due,
            count(*) FILTER (WHERE NOT is_due) AS gathering,
            min(wanted_at) FILTER (WHERE NOT is_due) AS wanted_at
          FROM stale"""),
        {"oldest_wish": now - group_delay},
    )
    due, gathering, wanted_at = row.one()
    until = None if wanted_at is None else wanted_at + group_delay
    return GroupCounts(due=due, gathering=gathering, gathering_until=until)


async def count_pages(session: AsyncConnection) -> int:
    """Return how many pages are published."""
    count: int = await session.scalar(text("SELECT count(*) FROM pages WHERE retired_at IS NULL"))
    return count


async def source_counts(session: AsyncConnection) -> SourceCounts:
    """Return how many sources are followed, paused and failed, and when the next is looked at."""
    row = await session.execute(
        text("""
          SELECT count(*) FILTER (WHERE NOT paused AND status IN ('due', 'followed')) AS followed,
            count(*) FILTER (WHERE paused) AS paused,
            count(*) FILTER (WHERE NOT paused AND status NOT IN ('due', 'followed')) AS failed,
            min(next_poll_at) FILTER (WHERE NOT paused AND status = 'followed') AS next_poll_at
          FROM sources""")
    )
    return SourceCounts.model_validate(row.mappings().one())
