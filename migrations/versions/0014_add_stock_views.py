"""Give other programs views on what is said about companies, with their version in the name."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"

MENTIONS = """
  CREATE VIEW footnoted_v1_mentions AS
  SELECT t.id AS mention_id, t.video_id, m.identity AS recording, m.title, m.url,
    c.name AS creator, c.slug AS creator_slug, s.title AS source, t.speaker, m.published_at,
    t.symbol, t.exchange, t.asset, t.company, t.heard_as, t.resolution, t.resolution_score,
    t.action, t.conviction, t.horizon, e.text AS quote, e.match AS quote_match,
    e.score AS quote_score, e.first_cue, e.last_cue, e.start_ms / 1000 AS second,
    t.known_at, t.superseded_at, t.model, t.prompt_sha256
  FROM stock_mentions t
  JOIN evidence e ON e.id = t.evidence_id AND e.match <> 'rejected'
  JOIN videos v ON v.id = t.video_id
  JOIN media m ON m.id = v.media_id
  JOIN creators c ON c.id = v.creator_id
  LEFT JOIN sources s ON s.id = v.source_id
"""

OUTLOOKS = """
  CREATE VIEW footnoted_v1_outlooks AS
  SELECT t.id AS outlook_id, t.video_id, m.identity AS recording, m.title, m.url,
    c.name AS creator, c.slug AS creator_slug, s.title AS source, t.speakers, m.published_at,
    t.direction, t.known_at, t.superseded_at, t.model, t.prompt_sha256
  FROM stock_outlooks t
  JOIN videos v ON v.id = t.video_id
  JOIN media m ON m.id = v.media_id
  JOIN creators c ON c.id = v.creator_id
  LEFT JOIN sources s ON s.id = v.source_id
"""

POINTS = """
  CREATE VIEW footnoted_v1_outlook_points AS
  SELECT t.id AS point_id, t.video_id, m.identity AS recording, m.published_at, t.kind, t.text,
    e.text AS quote, e.match AS quote_match, e.score AS quote_score, e.first_cue, e.last_cue,
    e.start_ms / 1000 AS second, t.known_at, t.superseded_at, t.model, t.prompt_sha256
  FROM stock_outlook_points t
  JOIN evidence e ON e.id = t.evidence_id AND e.match <> 'rejected'
  JOIN videos v ON v.id = t.video_id
  JOIN media m ON m.id = v.media_id
"""

# What each stage asked for a recording: the raw answers, tokens, and what they cost.
ANALYSES = """
  CREATE VIEW footnoted_v1_analyses AS
  SELECT l.item_id AS video_id, l.stage, l.model, l.prompt_sha256, count(*) AS calls,
    sum((l.usage ->> 'input_tokens')::bigint) AS input_tokens,
    sum((l.usage ->> 'output_tokens')::bigint) AS output_tokens,
    sum(l.cost_usd) AS cost_usd, min(l.answered_at) AS first_answered_at,
    max(l.answered_at) AS last_answered_at, array_agg(l.answer ORDER BY l.id) AS raw_answers
  FROM llm_calls l
  JOIN videos v ON v.id = l.item_id AND v.profile = 'stocks'
  WHERE l.item_kind = 'video' AND l.state = 'answered'
  GROUP BY l.item_id, l.stage, l.model, l.prompt_sha256
"""

MENTIONS_AS_OF = """
  CREATE FUNCTION footnoted_v1_mentions_as_of(at timestamptz)
  RETURNS SETOF footnoted_v1_mentions LANGUAGE sql STABLE AS $$
    SELECT * FROM footnoted_v1_mentions
    WHERE known_at <= at AND (superseded_at IS NULL OR superseded_at > at)
  $$
"""

# The surest mention of each recording; without ids, so that arrival makes no difference.
STANCES_AS_OF = """
  CREATE FUNCTION footnoted_v1_stances_as_of(at timestamptz)
  RETURNS SETOF footnoted_v1_mentions LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (creator_slug, speaker, symbol, video_id) *
    FROM footnoted_v1_mentions
    WHERE known_at <= at AND (superseded_at IS NULL OR superseded_at > at)
      AND symbol IS NOT NULL AND action IS NOT NULL
    ORDER BY creator_slug, speaker, symbol, video_id, COALESCE(conviction, 0) DESC,
      first_cue DESC, action COLLATE "C" DESC, quote COLLATE "C" DESC
  $$
"""

VIEWS = ("mentions", "outlooks", "outlook_points", "analyses")


def upgrade() -> None:
    """Add the views and the two functions that look at a time."""
    for statement in (MENTIONS, OUTLOOKS, POINTS, ANALYSES, MENTIONS_AS_OF, STANCES_AS_OF):
        op.execute(statement)


def downgrade() -> None:
    """Take them away."""
    for function in ("stances_as_of", "mentions_as_of"):
        op.execute(f"DROP FUNCTION footnoted_v1_{function}(timestamptz)")
    for view in reversed(VIEWS):
        op.execute(f"DROP VIEW footnoted_v1_{view}")
