"""The SQL of what a video says: written as a history, read as it stands now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, text, update

from footnoted.db.rows import insert_missing
from footnoted.knowledge.moments import Moment
from footnoted.knowledge.store import save_evidence
from footnoted.model.identity import deterministic_id
from footnoted.profiles.stocks.tables import (
    stock_mentions,
    stock_outlook_points,
    stock_outlooks,
)
from footnoted.profiles.stocks.titles import mention_title, point_title
from footnoted.profiles.stocks.types import StoredMention, StoredPoint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.profiles.stocks.types import (
        FoundMention,
        MadeBy,
        MentionOutput,
        OutlookOutput,
    )

UNRESOLVED = "unresolved"
"""The category of a mention whose company is in no table."""
OUTLOOK = "outlook"
"""The category of a statement about the market."""

_MENTIONS = text("""
  SELECT t.id, t.evidence_id, t.company, t.symbol, t.action, t.conviction, t.horizon, t.speaker,
    t.topic_title, e.text AS quote, e.start_ms, e.end_ms
  FROM stock_mentions t JOIN evidence e ON e.id = t.evidence_id AND e.match <> 'rejected'
  WHERE t.superseded_at IS NULL AND t.video_id = :video_id
  ORDER BY e.first_cue, e.last_cue, t.symbol, t.id
""")

_POINTS = text("""
  SELECT t.id, t.evidence_id, t.kind, t.text, e.text AS quote, e.start_ms, e.end_ms
  FROM stock_outlook_points t JOIN evidence e ON e.id = t.evidence_id AND e.match <> 'rejected'
  WHERE t.superseded_at IS NULL AND t.video_id = :video_id
  ORDER BY array_position(ARRAY['reason', 'theme', 'risk', 'summary'], t.kind),
    e.first_cue, e.last_cue, t.id
""")


async def replace_mentions(
    session: AsyncConnection, video_id: int, out: MentionOutput, made_by: MadeBy
) -> None:
    """Make the output all that a video says of companies now; what left is superseded.

    Mentions with equal content keep their rows, and when they were first known.
    """
    if out.transcript_id is not None:
        await save_evidence(session, video_id, out.transcript_id, out.evidence)
    rows = {mention.key: _mention_row(mention) for mention in out.mentions}
    await _supersede(session, stock_mentions, video_id, (rows, made_by))


async def replace_outlook(
    session: AsyncConnection, video_id: int, out: OutlookOutput, made_by: MadeBy
) -> None:
    """Make the output how a video sees the market now; what left is superseded."""
    if out.transcript_id is not None:
        await save_evidence(session, video_id, out.transcript_id, out.evidence)
    seen = {out.key: {"direction": out.direction, "speakers": list(out.speakers)}}
    await _supersede(session, stock_outlooks, video_id, (seen, made_by))
    points = {
        point.key: {"evidence_id": point.evidence_id, "kind": point.kind.value, "text": point.text}
        for point in out.points
    }
    await _supersede(session, stock_outlook_points, video_id, (points, made_by))


async def read_mentions(session: AsyncConnection, video_id: int) -> tuple[StoredMention, ...]:
    """Return the live mentions of a video, in the order they were said."""
    rows = await session.execute(_MENTIONS, {"video_id": video_id})
    return tuple(map(StoredMention.model_validate, rows.mappings()))


async def read_points(session: AsyncConnection, video_id: int) -> tuple[StoredPoint, ...]:
    """Return the live statements of a video's outlook: reasons, themes, risks, summary."""
    rows = await session.execute(_POINTS, {"video_id": video_id})
    return tuple(map(StoredPoint.model_validate, rows.mappings()))


async def show_moments(session: AsyncConnection, video_id: int) -> tuple[Moment, ...]:
    """Return the live mentions and statements of a video as people see them."""
    mentions = await read_mentions(session, video_id)
    points = await read_points(session, video_id)
    return (
        *(
            Moment(
                id=mention.id,
                evidence_id=mention.evidence_id,
                title=mention_title(mention),
                summary="",
                kind="mention",
                category=mention.symbol or UNRESOLVED,
                subtopic=mention.action,
                tools=(mention.company,),
            )
            for mention in mentions
        ),
        *(
            Moment(
                id=point.id,
                evidence_id=point.evidence_id,
                title=point_title(point),
                summary=point.text,
                kind=point.kind,
                category=OUTLOOK,
                subtopic=None,
                tools=(),
            )
            for point in points
        ),
    )


async def live_moments(session: AsyncConnection) -> dict[UUID, UUID]:
    """Return the evidence of every live mention and statement, for the audit."""
    found: dict[UUID, UUID] = {}
    for table in (stock_mentions, stock_outlook_points):
        rows = await session.execute(
            select(table.c.id, table.c.evidence_id)
            .where(table.c.superseded_at.is_(None))
            .order_by(table.c.id)
        )
        found.update({row.id: row.evidence_id for row in rows})
    return found


async def _supersede(
    session: AsyncConnection,
    table: Table,
    video_id: int,
    made: tuple[Mapping[UUID, Mapping[str, Any]], MadeBy],
) -> None:
    """Make the rows, by their keys, all that is live of a video in a table.

    A key that comes back after it left gets a row of its own: what was known in between stays.
    """
    rows, made_by = made
    live = (
        await session.scalars(
            select(table.c.key)
            .where(table.c.video_id == video_id, table.c.superseded_at.is_(None))
            .order_by(table.c.key)
        )
    ).all()
    gone = sorted(set(live) - rows.keys())
    await session.execute(
        update(table)
        .where(table.c.key.in_(gone), table.c.superseded_at.is_(None))
        .values(superseded_at=func.greatest(func.now(), table.c.known_at))
    )
    fresh = sorted(rows.keys() - set(live))
    earlier = await _times_known(session, table, fresh)
    written = [
        {
            "id": deterministic_id(table.name, str(key), earlier.get(key, 0)),
            "key": key,
            "video_id": video_id,
            **made_by.model_dump(),
            **rows[key],
        }
        for key in fresh
    ]
    await insert_missing(session, table, written)


async def _times_known(
    session: AsyncConnection, table: Table, keys: Sequence[UUID]
) -> dict[UUID, int]:
    """Return how many rows each key has had."""
    rows = await session.execute(
        select(table.c.key, func.count())
        .where(table.c.key.in_(keys))
        .group_by(table.c.key)
        .order_by(table.c.key)
    )
    return {key: count for key, count in rows}  # noqa: C416 - a Row is no pair to the checkers


def _mention_row(mention: FoundMention) -> dict[str, Any]:
    company = mention.company
    return {
        "evidence_id": mention.evidence_id,
        "company": company.company,
        "symbol": company.symbol,
        "exchange": company.exchange,
        "asset": company.asset,
        "heard_as": company.heard_as,
        "resolution": company.resolution.value,
        "resolution_score": company.score,
        "action": mention.action,
        "conviction": mention.conviction,
        "horizon": mention.horizon,
        "speaker": mention.speaker,
        "topic_title": mention.topic_title,
    }
