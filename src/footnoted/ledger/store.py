"""The SQL of the journal. A hash and generation is one row: two callers can never both buy it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from footnoted.db.tables import llm_calls
from footnoted.ledger.journal import CallDraft, CallState, Entry, Settlement

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

ORPHAN_AGE = timedelta(minutes=15)
"""Age at which an unfinished call of another process counts as left lying; no call takes that."""


async def latest_entries(session: AsyncConnection, hashes: Sequence[str]) -> dict[str, Entry]:
    """Return the entry of the highest generation for each hash that is journaled."""
    rows = await session.execute(
        select(
            llm_calls.c.id,
            llm_calls.c.request_sha256,
            llm_calls.c.generation,
            llm_calls.c.state,
            llm_calls.c.usable,
            llm_calls.c.answer,
        )
        .ext(distinct_on(llm_calls.c.request_sha256))
        .where(llm_calls.c.request_sha256.in_(hashes))
        .order_by(llm_calls.c.request_sha256, llm_calls.c.generation.desc())
    )
    return {
        row.request_sha256: Entry(
            row.id, row.request_sha256, row.generation, CallState(row.state), row.usable, row.answer
        )
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class Taking:
    """What a reservation may take over beside released rows.

    Rows left lying by others, and those this process reserved (hash, when) and lost sight of. One
    that was sent and never answered only where sending it twice costs nothing (`may_resend`).
    """

    now: datetime
    may_resend: bool
    left_by_us: Sequence[tuple[str, datetime]] = ()


async def reserve(
    session: AsyncConnection, drafts: Sequence[CallDraft], taking: Taking
) -> dict[str, int]:
    """Journal the intent of calls; return the row id of each hash that is ours to send.

    A hash that another process is sending is left out.
    """
    now = taking.now
    statement = insert(llm_calls).values(
        [{**asdict(draft), "state": CallState.RESERVED, "reserved_at": now} for draft in drafts]
    )
    left_lying = [CallState.RESERVED, *([CallState.SENT] if taking.may_resend else [])]
    free_to_take = or_(
        llm_calls.c.state == CallState.RELEASED,
        and_(
            llm_calls.c.state.in_(left_lying),
            or_(
                llm_calls.c.reserved_at < now - ORPHAN_AGE,
                tuple_(llm_calls.c.request_sha256, llm_calls.c.reserved_at).in_(taking.left_by_us),
            ),
        ),
    )
    rows = await session.execute(
        statement.on_conflict_do_update(
            index_elements=[llm_calls.c.request_sha256, llm_calls.c.generation],
            set_={
                "state": CallState.RESERVED,
                "reserved_at": now,
                "reserved_usd": statement.excluded.reserved_usd,
                "item_kind": statement.excluded.item_kind,
                "item_id": statement.excluded.item_id,
                "stage": statement.excluded.stage,
                "label": statement.excluded.label,
            },
            where=free_to_take,
        ).returning(llm_calls.c.request_sha256, llm_calls.c.id)
    )
    return {row.request_sha256: row.id for row in rows}


async def mark_sent(session: AsyncConnection, call_ids: Sequence[int], now: datetime) -> None:
    """Record, before anything leaves, that these calls may be billed from here on."""
    await session.execute(
        update(llm_calls)
        .where(llm_calls.c.id.in_(call_ids), llm_calls.c.state == CallState.RESERVED)
        .values(state=CallState.SENT, sent_at=now)
    )


async def release_orphans(session: AsyncConnection, free_models: Sequence[str]) -> int:
    """Release what dead processes left, when the caller is the only one; return how many calls.

    Reserved calls were never sent. Sent ones are only released for `free_models`, which bill
    nothing; any other may have been billed and stays as it is.
    """
    lost = llm_calls.c.state == CallState.SENT
    result = await session.execute(
        update(llm_calls)
        .where(
            or_(
                llm_calls.c.state == CallState.RESERVED,
                and_(lost, llm_calls.c.model.in_(free_models)),
            )
        )
        .values(state=CallState.RELEASED)
    )
    return result.rowcount


async def release(session: AsyncConnection, call_ids: Sequence[int]) -> None:
    """Record that these calls were provably not billed."""
    await session.execute(
        update(llm_calls)
        .where(llm_calls.c.id.in_(call_ids), llm_calls.c.state != CallState.ANSWERED)
        .values(state=CallState.RELEASED)
    )


async def settle(
    session: AsyncConnection, call_id: int, settlement: Settlement, now: datetime
) -> None:
    """Journal a raw answer and its cost; it counts as usable until validation says otherwise."""
    await session.execute(
        update(llm_calls)
        .where(llm_calls.c.id == call_id)
        .values(state=CallState.ANSWERED, usable=True, answered_at=now, **asdict(settlement))
    )


async def mark_unusable(session: AsyncConnection, call_id: int, reason: str) -> None:
    """Record that an answer was paid for and cannot be used, and why."""
    await session.execute(
        update(llm_calls)
        .where(llm_calls.c.id == call_id)
        .values(usable=False, unusable_reason=reason[:2_000])
    )


async def erase_answers(session: AsyncConnection, item_kind: str, item_ids: Sequence[int]) -> None:
    """Forget what models were asked and answered about these items; when, and its cost, stays.

    Calls without an answer have a prompt too.
    """
    await session.execute(
        text("""
          UPDATE llm_calls SET prompt_text = NULL, prompt_preview = NULL, body = NULL,
            answer = CASE WHEN state = 'answered' THEN '' END,
            usable = CASE WHEN state = 'answered' THEN false END,
            unusable_reason = CASE WHEN state = 'answered' THEN 'purged' END
          WHERE item_kind = :kind AND item_id = ANY(:ids)"""),
        {"kind": item_kind, "ids": list(item_ids)},
    )


async def totals(session: AsyncConnection, since: datetime) -> tuple[int, str]:
    """Return how many calls were journaled since a time, and their cost in USD as text."""
    row = (
        await session.execute(
            text("""SELECT count(*) AS calls,
                      COALESCE(sum(COALESCE(cost_usd, reserved_usd))
                        FILTER (WHERE state <> 'released'), 0) AS cost_usd
                    FROM llm_calls WHERE reserved_at >= :since"""),
            {"since": since},
        )
    ).one()
    return row.calls, format(row.cost_usd, "f")
