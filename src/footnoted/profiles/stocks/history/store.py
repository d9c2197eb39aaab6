"""The SQL of mentions over all recordings, as they stand now or as they stood at a time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sqlalchemy import text

from footnoted.db.recordings import CREATOR_CALLED, MEDIA_PATH
from footnoted.model.citation import deep_link, playable_url
from footnoted.profiles.stocks.history.seen import Seen
from footnoted.profiles.stocks.history.stance import timelines
from footnoted.profiles.stocks.types import MentionRow

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.profiles.stocks.history.stance import Timeline
    from footnoted.profiles.stocks.history.wanted import Wanted

_KNOWN = """
    (CAST(:as_of AS timestamptz) IS NULL AND t.superseded_at IS NULL
      OR t.known_at <= :as_of AND (t.superseded_at IS NULL OR t.superseded_at > :as_of))
"""

_MENTIONS = text(f"""
  SELECT t.id, t.video_id, m.identity AS recording, m.title, m.url, {MEDIA_PATH} AS media_path,
    c.name AS creator, c.slug AS creator_slug, t.speaker, m.published_at,
    t.symbol, t.exchange, t.asset, t.company, t.heard_as, t.resolution, t.resolution_score,
    t.action, t.conviction, t.horizon, e.text AS quote, e.match, e.score AS match_score,
    e.start_ms, e.first_cue, t.known_at, t.superseded_at, t.model, t.prompt_sha256
  FROM stock_mentions t
  JOIN evidence e ON e.id = t.evidence_id AND e.match <> 'rejected'
  JOIN videos v ON v.id = t.video_id
  JOIN media m ON m.id = v.media_id
  JOIN creators c ON c.id = v.creator_id
  WHERE {_KNOWN}
    AND (CAST(:symbol AS text) IS NULL OR t.symbol = :symbol)
    AND (NOT :unresolved OR t.symbol IS NULL)
    AND (CAST(:creator AS text) IS NULL OR {CREATOR_CALLED})
    AND (CAST(:speaker AS text) IS NULL OR lower(t.speaker) = lower(:speaker))
    AND (CAST(:action AS text) IS NULL OR t.action = :action)
    AND (CAST(:video_id AS bigint) IS NULL OR t.video_id = :video_id)
    AND (CAST(:source_id AS bigint) IS NULL OR v.source_id = :source_id)
    AND (CAST(:since AS timestamptz) IS NULL OR m.published_at >= :since)
    AND (CAST(:until AS timestamptz) IS NULL OR m.published_at < :until)
  ORDER BY m.published_at DESC NULLS LAST, m.identity, e.first_cue, e.last_cue, t.symbol, t.id
  LIMIT :most
""")  # noqa: S608 - constants

_SEEN = text(f"""
  SELECT t.video_id, m.identity AS recording, m.title, c.slug AS creator_slug, m.published_at,
    t.speakers
  FROM stock_outlooks t
  JOIN videos v ON v.id = t.video_id
  JOIN media m ON m.id = v.media_id
  JOIN creators c ON c.id = v.creator_id
  WHERE {_KNOWN}
    AND (CAST(:source_id AS bigint) IS NULL OR v.source_id = :source_id)
  ORDER BY m.published_at NULLS LAST, m.identity, t.video_id
""")  # noqa: S608 - a constant


async def read_mentions(session: AsyncConnection, wanted: Wanted) -> tuple[MentionRow, ...]:
    """Return the mentions that are wanted, newest recording first, in the order they were said.

    `url` opens the second at which the quote begins.
    """
    rows = await session.execute(_MENTIONS, wanted.model_dump())
    return tuple(map(_mention, rows.mappings()))


async def read_seen(session: AsyncConnection, wanted: Wanted) -> tuple[Seen, ...]:
    """Return the recordings that were looked through, of its source and then, oldest first."""
    values = {"as_of": wanted.as_of, "source_id": wanted.source_id}
    rows = await session.execute(_SEEN, values)
    return tuple(map(Seen.model_validate, rows.mappings()))


async def read_timelines(session: AsyncConnection, wanted: Wanted) -> tuple[Timeline, ...]:
    """Return the stances that are wanted, by symbol, creator and speaker."""
    said = await read_mentions(session, wanted)
    recordings = await read_seen(session, wanted)
    # A library of years takes a while; the event loop has others to serve.
    return await asyncio.to_thread(timelines, said, recordings)


def _mention(row: RowMapping) -> MentionRow:
    values: dict[str, Any] = dict(row)
    url = playable_url(values["url"], values.pop("media_path"))
    link = deep_link(url, row["start_ms"]) if url else None
    return MentionRow.model_validate({**values, "url": link})
