"""The SQL of the machine: claim, renew, settle. The same statements serve every kind.

Every change of an item is a compare-and-set on its id, status and fence; a lost one changes no row
and its event is not written either, because both are one statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from footnoted.model.claim import Claim
from footnoted.model.status import ItemKind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime, timedelta
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.pipeline.flows import Lane
    from footnoted.pipeline.gate import Change

TABLES = {
    ItemKind.VIDEO: "videos",
    ItemKind.PAGE_GROUP: "page_groups",
    ItemKind.SOURCE: "sources",
    ItemKind.TRANSCRIPTION: "transcriptions",
}
_HAVE_PROFILE = frozenset({ItemKind.VIDEO, ItemKind.PAGE_GROUP})
_EXTRA_CONDITION = {
    ItemKind.VIDEO: "",
    ItemKind.PAGE_GROUP: """
      AND (i.wanted_at <= :oldest_wish OR NOT EXISTS (
        SELECT 1 FROM videos v
        WHERE v.creator_id = i.creator_id AND v.profile = i.profile
          AND v.status NOT IN ('indexed', 'failed', 'quarantined', 'skipped', 'cancelled')
          AND v.not_before IS NULL))""",
    ItemKind.SOURCE: " AND NOT i.paused",
    ItemKind.TRANSCRIPTION: "",
}


@dataclass(frozen=True, slots=True)
class Lease:
    """Who takes claims, from when, for how long; `group_delay` bounds how long a page waits."""

    owner: UUID
    now: datetime
    duration: timedelta
    group_delay: timedelta


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items may be taken, at most how many.

    `interrupted` asks for items a process died with, and only them. `before` leaves out items that
    changed since; `only` takes no other ids.
    """

    limit: int
    interrupted: bool = False
    before: datetime | None = None
    only: frozenset[int] | None = None


@cache
def claim_statement(kind: ItemKind, lanes: int, *, interrupted: bool) -> TextClause:
    """Return the one statement that claims from `lanes` lanes of a kind."""
    table, has_profile = TABLES[kind], kind in _HAVE_PROFILE
    lane_filter = "i.profile = :profile_{n} AND " if has_profile else ""
    profile = "i.profile" if has_profile else "''"
    crashes = "> 0" if interrupted else "= 0"
    branches = [
        f"""SELECT * FROM (
          SELECT i.id, i.priority, CAST(:rank_{n} AS int) AS rank, i.turn FROM {table} i
          WHERE {lane_filter.format(n=n)}i.status = :status_{n}
            AND i.status NOT IN ({_FINISHED[kind]})
            AND i.not_before IS NULL AND i.lease_owner IS NULL
            AND i.crashes {crashes}{_EXTRA_CONDITION[kind]}
            AND (CAST(:before AS timestamptz) IS NULL OR i.updated_at < :before)
            AND (CAST(:only AS bigint[]) IS NULL OR i.id = ANY(CAST(:only AS bigint[])))
          ORDER BY i.priority DESC, i.turn, i.id LIMIT :limit FOR UPDATE OF i SKIP LOCKED
        ) lane_{n}"""  # noqa: S608 - table and condition come from the constants above
        for n in range(lanes)
    ]
    return text(f"""
      WITH candidate AS ({" UNION ALL ".join(branches)}),
      chosen AS (
        SELECT id, priority, rank, turn FROM candidate
        ORDER BY priority DESC, rank DESC, turn, id LIMIT :limit
      ),
      claimed AS (
        UPDATE {table} i SET fence = i.fence + 1, lease_owner = :owner, lease_expires_at = :expires
        FROM chosen WHERE i.id = chosen.id
        RETURNING i.id, {profile} AS profile, i.status, i.fence, i.attempts, i.crashes,
          i.wait_reason, i.deadline, chosen.priority, chosen.rank, chosen.turn
      )
      SELECT * FROM claimed ORDER BY priority DESC, rank DESC, turn, id
    """)  # noqa: S608 - as above


_FINISHED = {
    ItemKind.VIDEO: "'indexed', 'failed', 'quarantined', 'skipped', 'cancelled'",
    ItemKind.PAGE_GROUP: "'current'",
    ItemKind.SOURCE: "'followed'",
    ItemKind.TRANSCRIPTION: "'heard', 'failed', 'quarantined', 'skipped', 'cancelled'",
}
"""The statuses the partial indexes leave out; the claim repeats them so that they are used."""


async def claim(
    session: AsyncConnection, lanes: Sequence[Lane], lease: Lease, wanted: Wanted
) -> list[Claim]:
    """Take ready items of one kind from `lanes`, best first, under a new fence and lease."""
    kind = lanes[0].kind
    values: dict[str, Any] = {
        "limit": wanted.limit,
        "before": wanted.before,
        "only": None if wanted.only is None else sorted(wanted.only),
        "owner": lease.owner,
        "expires": lease.now + lease.duration,
    }
    if kind is ItemKind.PAGE_GROUP:
        values["oldest_wish"] = lease.now - lease.group_delay
    for n, lane in enumerate(lanes):
        values |= {f"status_{n}": lane.status, f"rank_{n}": lane.rank}
        if kind in _HAVE_PROFILE:
            values[f"profile_{n}"] = lane.profile
    statement = claim_statement(kind, len(lanes), interrupted=wanted.interrupted)
    rows = await session.execute(statement, values)
    return [
        Claim(
            kind,
            row.id,
            row.profile,
            row.status,
            row.fence,
            row.attempts,
            row.crashes,
            row.wait_reason,
            row.deadline,
        )
        for row in rows
    ]


async def renew(
    session: AsyncConnection, kinds: Sequence[ItemKind], owner: UUID, expires: datetime
) -> None:
    """Extend every lease of this process over items of `kinds`."""
    for kind in kinds:
        await session.execute(
            text(f"UPDATE {TABLES[kind]} SET lease_expires_at = :expires WHERE lease_owner = :o"),  # noqa: S608
            {"expires": expires, "o": owner},
        )


async def release(
    session: AsyncConnection, owner: UUID, *, but: Collection[tuple[ItemKind, int]] = ()
) -> None:
    """Give back the leases of this process `but` those items; nobody's crash is counted."""
    for kind, table in TABLES.items():
        kept = sorted(item_id for kept_kind, item_id in but if kept_kind is kind)
        await session.execute(
            text(f"""UPDATE {table} SET lease_owner = NULL, lease_expires_at = NULL
                     WHERE lease_owner = :owner AND id <> ALL(CAST(:kept AS bigint[]))"""),  # noqa: S608
            {"owner": owner, "kept": kept},
        )


async def count_crash(session: AsyncConnection, claim: Claim) -> None:
    """Count that working on an item ended this process, while the claim still holds."""
    await session.execute(
        text(f"""UPDATE {TABLES[claim.kind]} SET crashes = crashes + 1
                 WHERE id = :id AND fence = :fence AND lease_owner IS NOT NULL"""),  # noqa: S608
        {"id": claim.id, "fence": claim.fence},
    )


def crash_of(kind: ItemKind) -> str:
    """Return the SQL of an item's crashes after another death of whoever held it.

    An item that a provider was still answering did nothing that could end a process, so the death
    is not held against it, and it need not run alone. `:now` is the time of the count.
    """
    return f"""CASE WHEN EXISTS (
      SELECT 1 FROM llm_calls c
      WHERE c.item_kind = '{kind.value}' AND c.item_id = {TABLES[kind]}.id
        AND c.state = 'sent' AND c.deadline_at > :now)
      THEN crashes ELSE crashes + 1 END"""  # noqa: S608 - constants of ours


async def release_dead(session: AsyncConnection, now: datetime) -> int:
    """End every lease, when the caller is the only daemon; return how many there were."""
    total = 0
    for kind, table in TABLES.items():
        result = await session.execute(
            text(f"""UPDATE {table} SET lease_owner = NULL, lease_expires_at = NULL,
                       crashes = {crash_of(kind)} WHERE lease_owner IS NOT NULL"""),  # noqa: S608
            {"now": now},
        )
        total += result.rowcount
    return total


_REMEMBERED = {
    ItemKind.VIDEO: """, resume_from = CASE
            WHEN CAST(:status AS text) IN ('failed', 'quarantined', 'skipped') THEN i.status END""",
    ItemKind.PAGE_GROUP: "",
    ItemKind.SOURCE: "",
}
_REMEMBERED[ItemKind.TRANSCRIPTION] = _REMEMBERED[ItemKind.VIDEO]
"""What stops keeps the milestone it had reached, for `retry`; others have one stage."""


@cache
def settle_statement(kind: ItemKind) -> TextClause:
    """Return the one statement that changes an item and tells it, if the claim still holds."""
    table = TABLES[kind]
    return text(f"""
      WITH moved AS (
        UPDATE {table} i SET status = :status, wait_reason = :wait_reason,
          wait_detail = :wait_detail, not_before = :not_before, deadline = :deadline,
          attempts = :attempts, crashes = 0, failure_code = :failure_code,
          failure_detail = :failure_detail, lease_owner = NULL, lease_expires_at = NULL,
          updated_at = :now{_REMEMBERED[kind]}
        WHERE id = :id AND fence = :fence AND status = :from RETURNING id
      ), noted AS (
        INSERT INTO events (run_id, item_kind, item_id, name, stage, fields, at)
        SELECT (SELECT max(r.id) FROM runs r
                WHERE r.item_kind = :kind AND r.item_id = :id AND r.status = 'running'),
          :kind, :id, :event, :stage, :fields, :now
        FROM moved WHERE :is_news
      )
      SELECT count(*) FROM moved
    """).bindparams(bindparam("fields", type_=JSONB))  # noqa: S608 - the table is a constant


@dataclass(frozen=True, slots=True)
class Note:
    """What the event of a change says: the stage, and fields for a person."""

    stage: str
    fields: Mapping[str, Any]


async def settle(
    session: AsyncConnection, claim: Claim, change: Change, note: Note, now: datetime
) -> bool:
    """Write `change` and its event if the claim still holds; return whether it did."""
    values = {
        "id": claim.id,
        "fence": claim.fence,
        "from": claim.status,
        "kind": claim.kind.value,
        "status": change.status,
        "wait_reason": change.wait_reason,
        "wait_detail": change.wait_detail,
        "not_before": change.not_before,
        "deadline": change.deadline,
        "attempts": change.attempts,
        "failure_code": change.failure_code,
        "failure_detail": change.failure_detail,
        "event": change.event,
        "is_news": change.is_news,
        "stage": note.stage,
        "fields": dict(note.fields),
        "now": now,
    }
    moved = await session.scalar(settle_statement(claim.kind), values)
    return bool(moved)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: as `done` or `failed`, at which stage, and how the program was set up."""

    status: str
    setup: Mapping[str, Any]
    error_stage: str | None = None


_HOLD_PLANS = text("""
  SELECT 1 FROM plans WHERE id IN (
    SELECT plan_id FROM plan_items WHERE item_kind = :kind AND item_id = :id)
  ORDER BY id FOR NO KEY UPDATE
""")
"""The last two videos of a plan may end at once: each would see that the other is still there."""

_LET_PAGES_OUT = text("""
  DELETE FROM plan_items i USING page_groups g
  WHERE i.item_kind = 'page_group' AND g.id = i.item_id AND g.status = 'current'
    AND NOT EXISTS (SELECT 1 FROM plan_items v
                    WHERE v.plan_id = i.plan_id AND v.item_kind = 'video')
""")
"""Pages that no redone video wanted anew are no part of a plan once its videos are done."""


async def close_run(session: AsyncConnection, claim: Claim, ending: Ending, now: datetime) -> None:
    """End the running run of an item, and with success what a plan wanted of it."""
    await session.execute(
        text("""UPDATE runs SET status = :status, error_stage = :stage, finished_at = :now,
                  setup = :setup || jsonb_build_object('spec', COALESCE(
                    (SELECT left(sha256, 16) FROM embedding_specs WHERE state = 'serving'
                     AND jsonb_array_length(spec->'channels') > 1), 'words'))
                WHERE item_kind = :kind AND item_id = :id AND status = 'running'""").bindparams(
            bindparam("setup", type_=JSONB)
        ),
        {
            "status": ending.status,
            "stage": ending.error_stage,
            "setup": dict(ending.setup),
            "kind": claim.kind.value,
            "id": claim.id,
            "now": now,
        },
    )
    if ending.status == "done":
        of = {"kind": claim.kind.value, "id": claim.id}
        await session.execute(_HOLD_PLANS, of)
        await session.execute(
            text("DELETE FROM plan_items WHERE item_kind = :kind AND item_id = :id"), of
        )
        await session.execute(_LET_PAGES_OUT)
