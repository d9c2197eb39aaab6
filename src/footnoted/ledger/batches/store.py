"""The SQL of batches: what is written before one is made, what is known of it, what comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from footnoted.ledger.batches.backlog import Load
from footnoted.ledger.batches.batch import LONGEST, Batch, BatchState, OpenCall
from footnoted.ledger.budgets import store as budgets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.ledger.batches.batch import Intent, Made


async def open_gathering(session: AsyncConnection, provider: str, now: datetime) -> int:
    """Return the id of a new batch that calls can be bound to."""
    made = await session.execute(
        text("""INSERT INTO call_batches (provider, state, opened_at)
                VALUES (:provider, 'gathering', :now) RETURNING id"""),
        {"provider": provider, "now": now},
    )
    batch_id: int = made.scalar_one()
    return batch_id


async def intend(session: AsyncConnection, intent: Intent, now: datetime) -> list[OpenCall]:
    """Record, before anything leaves, that a batch may exist and its calls be billed from here on.

    Return the calls that are in it: fewer than asked for, where somebody took one meanwhile.
    """
    rows = await session.execute(
        text("""UPDATE llm_calls SET state = 'sent', sent_at = :now, deadline_at = :deadline
                WHERE id = ANY(:ids) AND batch_id = :batch AND state = 'reserved'
                RETURNING id, request_sha256, generation, model, reserved_usd"""),
        {
            "ids": list(intent.call_ids),
            "batch": intent.batch_id,
            "now": now,
            "deadline": now + LONGEST,
        },
    )
    going = [OpenCall(*row) for row in rows]
    await session.execute(
        text("""UPDATE call_batches SET state = 'intent', requests = :requests, intent_at = :now,
                  deadline_at = :deadline, newest_before = :newest
                WHERE id = :batch AND state = 'gathering'"""),
        {
            "batch": intent.batch_id,
            "requests": len(going),
            "now": now,
            "deadline": now + LONGEST,
            "newest": intent.newest_before,
        },
    )
    return going


async def note_sent(session: AsyncConnection, batch_id: int, made: Made, now: datetime) -> None:
    """Record the name that the provider gave a batch; one that is known is left as it is."""
    await session.execute(
        text("""UPDATE call_batches SET state = 'sent', provider_id = :name, sent_at = :now,
                  expires_at = :expires
                WHERE id = :batch AND state = 'intent'"""),
        {"batch": batch_id, "name": made.provider_id, "expires": made.expires_at, "now": now},
    )


async def release(
    session: AsyncConnection, batch_id: int, fault_code: str, now: datetime
) -> Sequence[int]:
    """Record that a batch was provably never made: its calls cost nothing. Return their ids."""
    await budgets.lock(session)
    released = await session.scalars(
        text("""UPDATE llm_calls SET state = 'released', fault_code = :code
                WHERE batch_id = :batch AND state IN ('reserved', 'sent') RETURNING id"""),
        {"batch": batch_id, "code": fault_code},
    )
    ids = released.all()
    await budgets.let_go(session, ids)
    await session.execute(
        text("""UPDATE call_batches SET state = 'released', ended_at = :now, fault_code = :code
                WHERE id = :batch AND state IN ('gathering', 'intent')"""),
        {"batch": batch_id, "now": now, "code": fault_code},
    )
    return ids


async def forsaken(session: AsyncConnection, before: datetime) -> Sequence[int]:
    """Return the batches that were being gathered at a time, by processes that died since."""
    found = await session.scalars(
        text("""SELECT id FROM call_batches
                WHERE state = 'gathering' AND opened_at < :before ORDER BY id"""),
        {"before": before},
    )
    return found.all()


async def open_batches(session: AsyncConnection, provider: str) -> list[Batch]:
    """Return the batches that are out at a provider, or may be, oldest first."""
    rows = await session.execute(
        text("""SELECT id, state, requests, newest_before, provider_id, intent_at, deadline_at
                FROM call_batches
                WHERE state IN ('intent', 'sent') AND provider = :provider ORDER BY id"""),
        {"provider": provider},
    )
    return [Batch(row.id, BatchState(row.state), *row[2:]) for row in rows]


async def find(session: AsyncConnection, batch_id: int) -> Batch | None:
    """Return a batch that is out, or may be; None for any other."""
    rows = await session.execute(
        text("""SELECT id, state, requests, newest_before, provider_id, intent_at, deadline_at
                FROM call_batches WHERE id = :id AND state IN ('intent', 'sent')"""),
        {"id": batch_id},
    )
    row = rows.one_or_none()
    return None if row is None else Batch(row.id, BatchState(row.state), *row[2:])


async def known_names(session: AsyncConnection, names: Sequence[str]) -> frozenset[str]:
    """Return which of these are names of batches of ours."""
    found = await session.scalars(
        text("SELECT provider_id FROM call_batches WHERE provider_id = ANY(:names)"),
        {"names": list(names)},
    )
    return frozenset(found.all())


async def open_calls(session: AsyncConnection, batch_id: int) -> list[OpenCall]:
    """Return the calls of a batch whose results are not in."""
    rows = await session.execute(
        text("""SELECT id, request_sha256, generation, model, reserved_usd FROM llm_calls
                WHERE batch_id = :batch AND state = 'sent' ORDER BY id"""),
        {"batch": batch_id},
    )
    return [OpenCall(*row) for row in rows]


async def hold_open(session: AsyncConnection, call_id: int) -> bool:
    """Return whether a call still waits for its result; nobody else gives it one meanwhile."""
    await budgets.lock(session)
    found = await session.scalar(
        text("SELECT id FROM llm_calls WHERE id = :id AND state = 'sent' FOR UPDATE"),
        {"id": call_id},
    )
    return found is not None


async def end(session: AsyncConnection, batch_id: int, fault_code: str, now: datetime) -> int:
    """Record that nothing more comes of a batch; return how many calls it left without a result.

    Those may have been billed: they are unknown from now on, and what they hold stays held.
    """
    lost = await session.execute(
        text("""UPDATE llm_calls SET state = 'unknown', fault_code = :code
                WHERE batch_id = :batch AND state = 'sent'"""),
        {"batch": batch_id, "code": fault_code},
    )
    await session.execute(
        text("""UPDATE call_batches SET state = 'ended', ended_at = :now,
                  fault_code = CASE WHEN :lost > 0 THEN :code END
                WHERE id = :batch AND state IN ('intent', 'sent')"""),
        {"batch": batch_id, "now": now, "lost": lost.rowcount, "code": fault_code},
    )
    return lost.rowcount


async def is_fresh(session: AsyncConnection, video_id: int, since: datetime) -> bool:
    """Return whether a video is wanted soon: preferred by somebody, or published since a time."""
    found = await session.scalar(
        text("""SELECT v.priority > 0 OR COALESCE(m.published_at >= :since, false)
                FROM videos v JOIN media m ON m.id = v.media_id WHERE v.id = :id"""),
        {"id": video_id, "since": since},
    )
    return bool(found)


async def backlog(session: AsyncConnection, since: datetime) -> int:
    """Return how many unfinished videos have words and are not fresh."""
    found = await session.scalar(
        text("""SELECT count(*) FROM videos v JOIN media m ON m.id = v.media_id
                WHERE v.status NOT IN ('indexed', 'failed', 'quarantined', 'skipped', 'cancelled')
                  AND (v.transcript_id IS NOT NULL OR v.not_before IS NULL) AND v.priority <= 0
                  AND (m.published_at IS NULL OR m.published_at < :since)"""),
        {"since": since},
    )
    return int(found or 0)


async def recent_loads(session: AsyncConnection) -> dict[str, Load]:
    """Return what a video took of each model in the last 2,000 paid calls that were answered."""
    rows = await session.execute(
        text("""
          WITH recent AS (
            SELECT model, item_kind, item_id,
              CAST(usage ->> 'input_tokens' AS bigint)
                + CAST(usage ->> 'cache_creation_5m_tokens' AS bigint)
                + CAST(usage ->> 'cache_creation_1h_tokens' AS bigint) AS input_tokens,
              CAST(usage ->> 'output_tokens' AS bigint) AS output_tokens
            FROM llm_calls WHERE state = 'answered' AND cost_usd > 0
            ORDER BY id DESC LIMIT 2000)
          SELECT model, count(*) AS calls, COALESCE(sum(input_tokens), 0) AS input_tokens,
            COALESCE(sum(output_tokens), 0) AS output_tokens,
            (SELECT count(DISTINCT item_id) FROM recent WHERE item_kind = 'video') AS videos
          FROM recent GROUP BY model ORDER BY model""")
    )
    return {
        row.model: Load(
            row.calls / row.videos,
            float(row.input_tokens) / row.videos,
            float(row.output_tokens) / row.videos,
        )
        for row in rows
        if row.videos
    }
