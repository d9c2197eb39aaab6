"""The SQL of the journal. A hash and generation is one row: two callers can never both buy it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from footnoted.db.tables import llm_calls
from footnoted.ledger.budgets import store as budgets
from footnoted.ledger.journal import PURGED, CallDraft, CallState, Entry, Flaw, Settlement

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

ORPHAN_AGE = timedelta(minutes=15)
"""Age at which an unfinished call of another process counts as left lying; no call takes that."""


async def latest_entries(session: AsyncConnection, hashes: Sequence[str]) -> dict[str, Entry]:
    """Return the entry of the highest generation for each hash that is journaled."""
    calls = llm_calls.c
    lost = func.count().filter(calls.state == CallState.UNKNOWN)
    rows = await session.execute(
        select(
            calls.id,
            calls.request_sha256,
            calls.generation,
            calls.state,
            calls.usable,
            calls.answer,
            calls.unusable_code,
            calls.deadline_at,
            calls.usage,
            calls.batch_id,
            calls.fault_code,
            lost.over(partition_by=calls.request_sha256).label("lost"),
        )
        .ext(distinct_on(calls.request_sha256))
        .where(calls.request_sha256.in_(hashes))
        .order_by(calls.request_sha256, calls.generation.desc())
    )
    return {
        row.request_sha256: Entry(
            row.id,
            row.request_sha256,
            row.generation,
            CallState(row.state),
            row.usable,
            row.answer,
            row.unusable_code,
            row.deadline_at,
            *_lengths(row.usage),
            row.lost,
            row.batch_id,
            row.fault_code,
        )
        for row in rows
    }


def _lengths(usage: dict[str, int] | None) -> tuple[int, int]:
    """Return the tokens of an answer, and those of them that were thinking."""
    return (usage.get("output_tokens", 0), usage.get("thinking_tokens", 0)) if usage else (0, 0)


@dataclass(frozen=True, slots=True)
class Taking:
    """What a reservation may take over beside released rows.

    Rows left lying by others, and those this process began (hash, when) and knows it never sent.
    One that another sent and never saw answered only where sending it twice costs nothing
    (`may_resend`). `state` is what the row becomes.
    """

    now: datetime
    may_resend: bool
    left_by_us: Sequence[tuple[str, datetime]] = ()
    state: CallState = CallState.RESERVED


async def reserve(session: AsyncConnection, draft: CallDraft, taking: Taking) -> int | None:
    """Journal the intent of a call; return its row's id, or None while another process sends it."""
    fresh = {
        "state": taking.state,
        "reserved_at": taking.now,
        "sent_at": taking.now if taking.state is CallState.SENT else None,
        "deadline_at": None,
    }
    statement = insert(llm_calls).values({**asdict(draft), **fresh})
    changed = {name: statement.excluded[name] for name in asdict(draft)}
    row = await session.execute(
        statement.on_conflict_do_update(
            index_elements=[llm_calls.c.request_sha256, llm_calls.c.generation],
            set_={**changed, **fresh, "fault_code": None},
            where=_free_to_take(taking),
        ).returning(llm_calls.c.id)
    )
    call_id: int | None = row.scalar()
    return call_id


def _free_to_take(taking: Taking) -> ColumnElement[bool]:
    left_lying = [CallState.RESERVED, *([CallState.SENT] if taking.may_resend else [])]
    return or_(
        llm_calls.c.state == CallState.RELEASED,
        and_(llm_calls.c.state.in_(left_lying), llm_calls.c.reserved_at < taking.now - ORPHAN_AGE),
        _begun_and_unsent(taking.left_by_us),
    )


async def mark_sent(
    session: AsyncConnection, call_id: int, now: datetime, deadline: datetime
) -> bool:
    """Record, before anything leaves, that a call may be billed from here on.

    Return False when somebody else took it meanwhile: then it must not be sent.
    """
    result = await session.execute(
        update(llm_calls)
        .where(llm_calls.c.id == call_id, llm_calls.c.state == CallState.RESERVED)
        .values(state=CallState.SENT, sent_at=now, deadline_at=deadline)
    )
    return result.rowcount == 1


async def give_up_overdue(session: AsyncConnection, now: datetime) -> int:
    """Turn sent calls whose deadline has passed into unknown ones, whoever sent them.

    Not those of batches: their answers are kept for weeks, and whoever looks after batches knows.
    What they hold stays held: they may have been billed. Return how many there were.
    """
    result = await session.execute(
        update(llm_calls)
        .where(
            llm_calls.c.state == CallState.SENT,
            llm_calls.c.deadline_at < now,
            llm_calls.c.batch_id.is_(None),
        )
        .values(state=CallState.UNKNOWN, fault_code="deadline")
    )
    return result.rowcount


async def release_orphans(session: AsyncConnection, free_models: Sequence[str]) -> int:
    """Release what dead processes left, when the caller is the only one; return how many calls.

    Reserved calls were never sent. Sent ones are only released for `free_models`, which bill
    nothing; any other may have been billed and stays as it is.
    """
    lost = llm_calls.c.state == CallState.SENT
    bills_nothing = and_(lost, llm_calls.c.model.in_(free_models))
    return await _release_all(session, or_(llm_calls.c.state == CallState.RESERVED, bills_nothing))


async def release_unsent(session: AsyncConnection, begun: Sequence[tuple[str, datetime]]) -> int:
    """Release calls (hash, when reserved) whose process knows that it never sent them.

    Also those that were marked as sent a moment before it was told to stop. Return how many.
    """
    return await _release_all(session, _begun_and_unsent(begun))


def _begun_and_unsent(begun: Sequence[tuple[str, datetime]]) -> ColumnElement[bool]:
    return and_(
        llm_calls.c.state.in_([CallState.RESERVED, CallState.SENT]),
        tuple_(llm_calls.c.request_sha256, llm_calls.c.reserved_at).in_(begun),
    )


async def _release_all(session: AsyncConnection, which: ColumnElement[bool]) -> int:
    """Release calls and give back what they hold; return how many."""
    await budgets.lock(session)
    result = await session.execute(
        update(llm_calls).where(which).values(state=CallState.RELEASED).returning(llm_calls.c.id)
    )
    released = result.scalars().all()
    await budgets.let_go(session, released)
    return len(released)


async def release(session: AsyncConnection, call_id: int, fault_code: str | None = None) -> None:
    """Record that a call was provably not billed, and give back what it holds.

    That can be known late, after its deadline: then it was unknown for a while.
    """
    await budgets.lock(session)
    await session.execute(
        update(llm_calls)
        .where(
            llm_calls.c.id == call_id,
            llm_calls.c.state.in_([CallState.RESERVED, CallState.SENT, CallState.UNKNOWN]),
        )
        .values(state=CallState.RELEASED, fault_code=fault_code)
    )
    await budgets.let_go(session, [call_id])


async def mark_unknown(
    session: AsyncConnection, call_id: int, fault_code: str, request_id: str | None
) -> None:
    """Record that a call's answer is lost; what it holds stays held, as it may have been billed."""
    await session.execute(
        update(llm_calls)
        .where(llm_calls.c.id == call_id, llm_calls.c.state == CallState.SENT)
        .values(state=CallState.UNKNOWN, fault_code=fault_code, provider_request_id=request_id)
    )


async def settle(
    session: AsyncConnection,
    call_id: int,
    settlement: Settlement,
    now: datetime,
    *,
    holds: bool,
) -> None:
    """Journal a raw answer and its cost; without a flaw it is usable until its stage objects.

    `holds` says whether the call holds money, which turns into its cost in the same transaction.
    """
    if holds:
        await budgets.lock(session)
        await budgets.settle(session, call_id, settlement.cost_usd)
    await session.execute(
        update(llm_calls)
        .where(llm_calls.c.id == call_id)
        .values(
            state=CallState.ANSWERED,
            usable=settlement.unusable_code is None,
            unusable_reason=settlement.unusable_code,
            answered_at=now,
            **asdict(settlement),
        )
    )


async def mark_unusable(session: AsyncConnection, call_id: int, flaw: Flaw, reason: str) -> None:
    """Record that an answer was paid for and cannot be used, and why."""
    await session.execute(
        update(llm_calls)
        .where(llm_calls.c.id == call_id)
        .values(usable=False, unusable_code=flaw, unusable_reason=reason[:2_000])
    )


async def note_source(session: AsyncConnection, call_id: int) -> int | None:
    """Return the source of the item that a call is for, noted with the call; pages have none."""
    found: int | None = await session.scalar(
        text("""UPDATE llm_calls c SET source_id = i.source_id FROM (
                  SELECT 'video' AS kind, id, source_id FROM videos
                  UNION ALL SELECT 'transcription', id, source_id FROM transcriptions) i
                WHERE c.id = :id AND i.kind = c.item_kind AND i.id = c.item_id
                RETURNING c.source_id"""),
        {"id": call_id},
    )
    return found


async def erase_answers(
    session: AsyncConnection,
    item_kind: str,
    item_ids: Sequence[int],
    *,
    but_labels: str | None = None,
) -> None:
    """Forget what models were asked and answered about these items; when, and its cost, stays.

    Calls without an answer have a prompt too. Those whose label the regular expression
    `but_labels` matches are kept.
    """
    await session.execute(
        text("""
          UPDATE llm_calls SET prompt_text = NULL, prompt_preview = NULL, body = NULL,
            answer = CASE WHEN state = 'answered' THEN '' END,
            usable = CASE WHEN state = 'answered' THEN false END,
            unusable_code = CASE WHEN state = 'answered' THEN :purged END,
            unusable_reason = CASE WHEN state = 'answered' THEN :purged END
          WHERE item_kind = :kind AND item_id = ANY(:ids)
            AND (CAST(:but AS text) IS NULL OR label !~ :but)"""),
        {"kind": item_kind, "ids": list(item_ids), "but": but_labels, "purged": PURGED},
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
