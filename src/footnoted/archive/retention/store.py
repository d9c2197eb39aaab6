"""The SQL of retention: what there is of each kind, what of it may go, and letting it go.

Each kind is a query for `id`, `at` (its age), `bytes`, and `may_go`: that nothing needs it. What is
too much is counted from the newest on, so what went changes nothing for what is left.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - tools read the fields of a row
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import text

from footnoted.archive.retention.rules import Kind
from footnoted.ledger.journal import FREE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from sqlalchemy.ext.asyncio import AsyncConnection

# A call that is on its way is touched by nobody, and what an item works with now is not old.
_SETTLED: Final = "c.state NOT IN ('reserved', 'sent')"
_IDLE: Final = """NOT EXISTS (
  SELECT 1 FROM work_orders o WHERE o.item_kind = c.item_kind AND o.item_id = c.item_id
    AND o.closed_at IS NULL)"""

_OF_CALLS: Final = """
  SELECT c.id, COALESCE(c.answered_at, c.sent_at, c.reserved_at) AS at,
    octet_length(c.{column}) AS bytes, {may_go} AS may_go
  FROM llm_calls c WHERE c.{column} <> ''
"""

# What says that something was erased stays, and so does the newest event of an item: of sources it
# is what the last look found.
_EVENTS: Final = """
  SELECT e.id, e.at, pg_column_size(e.*) AS bytes,
    e.name NOT IN ('video.purged', 'source.removed')
      AND e.id < max(e.id) OVER (PARTITION BY e.item_kind, e.item_id, e.name)
      AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.id = e.run_id AND r.status = 'running') AS may_go
  FROM events e
"""

# A recording plays elsewhere when it has an address; its words are in the database, whatever
# becomes of the file, and the file they were read from stays while anything rests on them.
_MEDIA: Final = """
  SELECT f.id, f.seen_at AS at, f.size_bytes AS bytes,
    CASE f.role
      WHEN 'media' THEN m.url IS NOT NULL
        AND EXISTS (SELECT 1 FROM transcripts t WHERE t.media_id = m.id)
      WHEN 'transcript' THEN EXISTS (
          SELECT 1 FROM transcripts t JOIN transcripts n
            ON n.media_id = t.media_id AND n.version > t.version
          WHERE t.media_id = m.id AND t.file_sha256 = f.sha256
            AND NOT EXISTS (SELECT 1 FROM videos v WHERE v.transcript_id = t.id)
            AND NOT EXISTS (SELECT 1 FROM evidence e WHERE e.transcript_id = t.id))
      ELSE false END
    AND NOT EXISTS (
      SELECT 1 FROM videos v WHERE v.media_id = m.id
        AND v.status NOT IN ('indexed', 'failed', 'quarantined', 'skipped', 'cancelled'))
    AND NOT EXISTS (
      SELECT 1 FROM transcriptions x WHERE x.media_id = m.id
        AND x.status NOT IN ('heard', 'failed', 'quarantined', 'skipped', 'cancelled')) AS may_go
  FROM media_files f JOIN media m ON m.id = f.media_id
  WHERE f.missing_at IS NULL AND starts_with(f.path, :prefix)
"""

_HELD: Final = {
    Kind.EVENTS: _EVENTS,
    Kind.PREVIEWS: _OF_CALLS.format(column="prompt_preview", may_go=_SETTLED),
    Kind.PROMPTS: _OF_CALLS.format(column="prompt_text", may_go=_SETTLED),
    Kind.ANSWERS: _OF_CALLS.format(column="body", may_go=f"{_SETTLED} AND {_IDLE}"),
    Kind.REPLAYS: _OF_CALLS.format(column="answer", may_go=f"{_SETTLED} AND {_IDLE}"),
    Kind.MEDIA: _MEDIA,
}

_DROPS: Final = {
    # What a run tells of itself is counted from its events: it keeps the sum of those that go.
    Kind.EVENTS: """
      WITH gone AS (DELETE FROM events WHERE id = ANY(:ids) RETURNING *), sums AS (
        SELECT run_id, count(*) AS events,
          COALESCE(sum((fields->'calls'->>'replayed')::int), 0) AS replayed,
          (array_agg(stage ORDER BY id DESC) FILTER (WHERE name = 'stage.advanced'))[1] AS reached
        FROM gone WHERE run_id IS NOT NULL GROUP BY run_id
      ), kept AS (
        UPDATE runs r SET pruned_events = r.pruned_events + s.events,
          pruned_replayed = r.pruned_replayed + s.replayed,
          pruned_reached = COALESCE(s.reached, r.pruned_reached)
        FROM sums s WHERE r.id = s.run_id
      )
      SELECT id FROM gone""",
    Kind.PREVIEWS: "UPDATE llm_calls SET prompt_preview = NULL WHERE id = ANY(:ids)",
    Kind.PROMPTS: "UPDATE llm_calls SET prompt_text = NULL WHERE id = ANY(:ids)",
    Kind.ANSWERS: "UPDATE llm_calls SET body = NULL WHERE id = ANY(:ids)",
    Kind.REPLAYS: """
      UPDATE llm_calls SET answer = '', usable = false, unusable_code = 'purged',
        unusable_reason = 'pruned' WHERE id = ANY(:ids) AND state = 'answered'""",
}


class Limit(NamedTuple):
    """What goes: what is from before a time, and what is beyond so many of the newest bytes."""

    before: datetime | None
    most_bytes: int | None
    prefix: str
    """How stored paths in the data directory begin."""


class Holding(NamedTuple):
    """What there is of a kind; `needed` is what its rule would let go and something needs."""

    rows: int
    bytes: int
    oldest_at: datetime | None
    going: int
    going_bytes: int
    needed: int


class DoomedFile(NamedTuple):
    """A file that nothing needs, by its row, stored path and size."""

    id: int
    path: str
    size_bytes: int


def _ranked(kind: Kind) -> str:
    return f"""
      SELECT h.*, may_go AND too_old_or_much AS goes, too_old_or_much AND NOT may_go AS needed
      FROM (SELECT i.*, COALESCE(i.at < :before, false) OR COALESCE(
              sum(i.bytes) OVER (ORDER BY i.at DESC, i.id DESC) > :most_bytes, false)
              AS too_old_or_much
            FROM ({_HELD[kind]}) i) h"""  # noqa: S608 - constants


def _values(kind: Kind, limit: Limit) -> dict[str, object]:
    values = limit._asdict()
    if kind is not Kind.MEDIA:
        del values["prefix"]
    return values


async def measure(session: AsyncConnection, kind: Kind, limit: Limit) -> Holding:
    """Return what there is of a kind, and what would go."""
    row = await session.execute(
        text(f"""
          SELECT count(*), COALESCE(sum(bytes), 0)::bigint, min(at),
            count(*) FILTER (WHERE goes), COALESCE(sum(bytes) FILTER (WHERE goes), 0)::bigint,
            count(*) FILTER (WHERE needed)
          FROM ({_ranked(kind)}) r"""),  # noqa: S608 - constants
        _values(kind, limit),
    )
    return Holding(*row.one())


async def going(session: AsyncConnection, kind: Kind, limit: Limit, most: int) -> list[int]:
    """Return rows of a kind that may go now, the oldest first, `most` of them at most."""
    found = await session.scalars(
        text(f"SELECT id FROM ({_ranked(kind)}) r WHERE goes ORDER BY at, id LIMIT :most"),  # noqa: S608 - constants
        {**_values(kind, limit), "most": most},
    )
    return list(found.all())


async def drop(session: AsyncConnection, kind: Kind, ids: Sequence[int]) -> int:
    """Let rows of a kind go that is no file; return how many there were."""
    dropped = await session.execute(text(_DROPS[kind]), {"ids": list(ids)})
    return len(dropped.all()) if dropped.returns_rows else dropped.rowcount


async def lock_files(session: AsyncConnection, ids: Sequence[int]) -> list[DoomedFile]:
    """Return files that are about to go, held so that nobody takes them up meanwhile."""
    rows = await session.execute(
        text("""SELECT id, path, size_bytes FROM media_files
                WHERE id = ANY(:ids) AND missing_at IS NULL ORDER BY id FOR UPDATE"""),
        {"ids": list(ids)},
    )
    return [DoomedFile(*row) for row in rows]


async def note_gone(session: AsyncConnection, ids: Sequence[int], now: datetime) -> None:
    """Note that files are not there any more; what they held is still known by its hash."""
    await session.execute(
        text("UPDATE media_files SET missing_at = :now WHERE id = ANY(:ids)"),
        {"ids": list(ids), "now": now},
    )


async def price_of_replays(session: AsyncConnection, limit: Limit) -> Decimal:
    """Return what the answers cost whose text would go (USD): what asking again may cost."""
    price: Decimal | None = await session.scalar(
        text(f"""
          SELECT sum(c.cost_usd) FROM llm_calls c
          JOIN ({_ranked(Kind.REPLAYS)}) r ON r.id = c.id AND r.goes"""),  # noqa: S608 - constants
        _values(Kind.REPLAYS, limit),
    )
    return price or FREE
