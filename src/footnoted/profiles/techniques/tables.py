"""The table of key moments, on the metadata that every part shares.

Cue numbers and times are not repeated here: they are those of the evidence.
"""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    text,
)

from footnoted.db.tables import metadata
from footnoted.db.tables.columns import at

technique_moments = Table(
    "technique_moments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("video_id", BigInteger, ForeignKey("videos.id", ondelete="CASCADE"), nullable=False),
    Column("evidence_id", Uuid, ForeignKey("evidence.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("topic_position", Integer, nullable=False),
    Column("topic_title", Text),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("tools", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("category", Text),
    Column("subtopic", Text),
    Column("content_type_override", Text),
    at("retired_at"),
    at("created_at", nullable=False),
    CheckConstraint("position >= 0 AND topic_position >= 0", name="positions"),
    CheckConstraint("category IS NOT NULL OR subtopic IS NULL", name="subtopic"),
    Index(None, "video_id", "position"),
    Index(None, "evidence_id"),
)
"""A moment that is worth keeping. `content_type` is what extraction said, the override what
classification said; `retired_at` is when its video stopped saying it."""
