"""The tables of mentions and outlooks, on the metadata that every part shares.

Rows are never changed: what a video does not say any more is superseded, and stays for whoever asks
what was known at a time. `key` is the same for the same content; one row of a key is live at most.
Cue numbers and times are not repeated here: they are those of the evidence.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Table,
    Text,
    Uuid,
    text,
)

from footnoted.db.tables import metadata
from footnoted.db.tables.columns import at


def _video() -> Column[Any]:
    return Column(
        "video_id", BigInteger, ForeignKey("videos.id", ondelete="CASCADE"), nullable=False
    )


def _evidence() -> Column[Any]:
    return Column(
        "evidence_id", Uuid, ForeignKey("evidence.id", ondelete="CASCADE"), nullable=False
    )


def _history() -> list[Column[Any]]:
    """Return who made a row, and from when to when it was what is known."""
    return [
        Column("model", Text, nullable=False),
        Column("prompt_sha256", Text, nullable=False),
        at("known_at", nullable=False),
        at("superseded_at"),
    ]


def _known() -> CheckConstraint:
    return CheckConstraint("superseded_at IS NULL OR superseded_at >= known_at", name="known")


stock_mentions = Table(
    "stock_mentions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("key", Uuid, nullable=False),
    _video(),
    _evidence(),
    Column("company", Text, nullable=False),
    Column("symbol", Text),
    Column("exchange", Text),
    Column("asset", Text),
    Column("heard_as", Text),
    Column("resolution", Text, nullable=False),
    Column("resolution_score", Float),
    Column("action", Text),
    Column("conviction", Float),
    Column("horizon", Text),
    Column("speaker", Text),
    Column("topic_title", Text),
    *_history(),
    CheckConstraint(
        "resolution IN ('named', 'misheard', 'implied', 'unresolved')", name="resolution"
    ),
    CheckConstraint("(resolution = 'unresolved') = (symbol IS NULL)", name="symbol"),
    CheckConstraint("(symbol IS NULL) = (exchange IS NULL)", name="exchange"),
    CheckConstraint("(symbol IS NULL) = (resolution_score IS NULL)", name="score"),
    CheckConstraint("resolution_score BETWEEN 0 AND 1", name="score_range"),
    CheckConstraint(
        "action IN ('buy', 'add', 'hold', 'watch', 'trim', 'sell', 'short', 'avoid')",
        name="action",
    ),
    CheckConstraint("conviction BETWEEN 0 AND 1", name="conviction"),
    CheckConstraint("horizon IN ('days', 'weeks', 'months', 'years')", name="horizon"),
    _known(),
    Index(None, "video_id"),
    Index(None, "evidence_id"),
    Index("ix_stock_mentions_symbol", "symbol", "video_id"),
    Index(
        "uq_stock_mentions_live", "key", unique=True, postgresql_where=text("superseded_at IS NULL")
    ),
)
"""What was said about a company. `heard_as` is what it was called in the recording."""

stock_outlooks = Table(
    "stock_outlooks",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("key", Uuid, nullable=False),
    _video(),
    Column("direction", Text),
    Column("speakers", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    *_history(),
    CheckConstraint("direction IN ('bullish', 'bearish', 'mixed', 'neutral')", name="direction"),
    _known(),
    Index(None, "video_id"),
    Index(
        "uq_stock_outlooks_live",
        "video_id",
        unique=True,
        postgresql_where=text("superseded_at IS NULL"),
    ),
)
"""How a recording sees the market; one without a direction says none. `speakers` are by name."""

stock_outlook_points = Table(
    "stock_outlook_points",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("key", Uuid, nullable=False),
    _video(),
    _evidence(),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    *_history(),
    CheckConstraint("kind IN ('reason', 'theme', 'risk', 'summary')", name="kind"),
    _known(),
    Index(None, "video_id"),
    Index(None, "evidence_id"),
    Index(
        "uq_stock_outlook_points_live",
        "key",
        unique=True,
        postgresql_where=text("superseded_at IS NULL"),
    ),
)
"""A statement of an outlook: a reason for its direction, a theme, a risk, or of its summary."""
