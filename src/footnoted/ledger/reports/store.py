"""The SQL of what calls cost: one scan of the journal per grouping, and the budgets of now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from footnoted.ledger.reports.report import CapLine, CostLine, Grouping, Spending, Tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.ledger.budgets.budget import Charge
    from footnoted.ledger.reports.report import CostQuery

_DAY = "to_char(date_trunc('day', c.reserved_at, 'UTC') AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
_MONTH = "to_char(date_trunc('month', c.reserved_at, 'UTC') AT TIME ZONE 'UTC', 'YYYY-MM')"
# Per grouping: the key of a line, the kind of what it is about, and its id where it has one.
_KEYS = {
    Grouping.DAY: (_DAY, "NULL", "NULL"),
    Grouping.MONTH: (_MONTH, "NULL", "NULL"),
    Grouping.MODEL: ("c.model", "NULL", "NULL"),
    Grouping.STAGE: ("c.stage", "NULL", "NULL"),
    Grouping.SOURCE: ("c.source_id::text", "'source'", "c.source_id"),
    Grouping.VIDEO: ("c.item_kind || ' ' || c.item_id", "c.item_kind", "c.item_id"),
}
_NEWEST_FIRST = "key DESC"
_DEAREST_FIRST = "at_stake_usd DESC, calls DESC, kind, ref, key"

# What was answered without a cost on record counts at its worst case.
_CALLS = """
  SELECT {key} AS key, CAST({kind} AS text) AS kind, CAST({ref} AS bigint) AS ref, c.usage,
    CASE c.state WHEN 'answered' THEN COALESCE(c.cost_usd, c.reserved_usd) ELSE 0 END AS spent,
    CASE WHEN c.state IN ('reserved', 'sent') THEN c.reserved_usd ELSE 0 END AS reserved,
    CASE c.state WHEN 'unknown' THEN c.reserved_usd ELSE 0 END AS unknown
  FROM llm_calls c
  WHERE c.state <> 'released'
    AND c.reserved_at >= COALESCE(CAST(:since AS timestamptz), '-infinity')
    AND c.reserved_at < COALESCE(CAST(:until AS timestamptz), 'infinity')
"""

_TOKENS = {
    "input": "input_tokens",
    "cache_write_5m": "cache_creation_5m_tokens",
    "cache_write_1h": "cache_creation_1h_tokens",
    "cache_read": "cache_read_tokens",
    "output": "output_tokens",
    "thinking": "thinking_tokens",
    "speech_ms": "speech_ms",
}
_SUMS = """
  count(*) AS calls, count(*) FILTER (WHERE spent + reserved + unknown > 0) AS paid_calls,
  COALESCE(sum(spent), 0) AS spent_usd, COALESCE(sum(reserved), 0) AS reserved_usd,
  COALESCE(sum(unknown), 0) AS unknown_usd, sum(spent + reserved + unknown) AS at_stake_usd
""" + "".join(
    f", COALESCE(sum(CAST(usage ->> '{field}' AS bigint)), 0) AS {name}"
    for name, field in _TOKENS.items()
)

_TITLE = """
  CASE kind
    WHEN 'video' THEN (SELECT m.title FROM videos v JOIN media m ON m.id = v.media_id
                       WHERE v.id = ref)
    WHEN 'transcription' THEN (SELECT 'speech of ' || m.title FROM transcriptions t
                               JOIN media m ON m.id = t.media_id WHERE t.id = ref)
    WHEN 'page_group' THEN (SELECT 'pages of ' || cr.name || ' in ' || g.category
                            FROM page_groups g JOIN creators cr ON cr.id = g.creator_id
                            WHERE g.id = ref)
    WHEN 'source' THEN (SELECT s.title FROM sources s WHERE s.id = ref)
  END
"""


async def see_one_moment(session: AsyncConnection) -> None:
    """Let all that this transaction reads be as of one moment; it can write nothing."""
    await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))


async def cost_lines(
    session: AsyncConnection, query: CostQuery
) -> tuple[tuple[CostLine, ...], int]:
    """Return the first lines of a grouping, and how many there are; the newest or dearest first."""
    is_dated = query.grouping in (Grouping.DAY, Grouping.MONTH)
    order = _NEWEST_FIRST if is_dated else _DEAREST_FIRST
    rows = await session.execute(
        text(f"""
          WITH calls AS ({_calls(query.grouping)}), lines AS (
            SELECT key, kind, ref, {_SUMS}, count(*) OVER () AS all_lines
            FROM calls GROUP BY key, kind, ref ORDER BY {order} LIMIT :limit)
          SELECT lines.*, {_TITLE} AS title FROM lines ORDER BY {order}"""),  # noqa: S608 - constants
        {"since": query.since, "until": query.until, "limit": query.limit},
    )
    found = rows.mappings().all()
    lines = tuple(
        CostLine(key=row["key"], title=row["title"], **_spending_fields(row)) for row in found
    )
    return lines, found[0]["all_lines"] if found else 0


async def cost_total(session: AsyncConnection, query: CostQuery) -> Spending:
    """Return what all calls of a query cost and hold together."""
    rows = await session.execute(
        text(f"WITH calls AS ({_calls(query.grouping)}) SELECT {_SUMS} FROM calls"),  # noqa: S608 - constants
        {"since": query.since, "until": query.until},
    )
    return Spending.model_validate(_spending_fields(rows.mappings().one()))


async def cap_lines(session: AsyncConnection, charges: Sequence[Charge]) -> tuple[CapLine, ...]:
    """Return what is spent and held of each budget, in the given order; one never used has none."""
    rows = await session.execute(
        text("""SELECT g.scope, g.key, COALESCE(b.spent_usd, 0) AS spent_usd,
                  COALESCE(b.reserved_usd, 0) AS held_usd
                FROM unnest(CAST(:scopes AS text[]), CAST(:keys AS text[]))
                  WITH ORDINALITY AS g (scope, key, place)
                LEFT JOIN budgets b ON b.scope = g.scope AND b.key = g.key ORDER BY g.place"""),
        {"scopes": [one.scope.value for one in charges], "keys": [one.key for one in charges]},
    )
    caps = zip(charges, rows.mappings(), strict=True)
    return tuple(CapLine(cap_usd=charge.cap, **row) for charge, row in caps)


def _calls(grouping: Grouping) -> str:
    key, kind, ref = _KEYS[grouping]
    return _CALLS.format(key=key, kind=kind, ref=ref)


def _spending_fields(row: RowMapping) -> dict[str, Any]:
    amounts = ("calls", "paid_calls", "spent_usd", "reserved_usd", "unknown_usd")
    tokens = Tokens.model_validate({name: row[name] for name in _TOKENS})
    return {**{name: row[name] for name in amounts}, "tokens": tokens}
