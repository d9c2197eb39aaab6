"""The table of declared items, on the metadata that every part shares.

Cue numbers and times are not repeated here: they are those of the evidence.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from footnoted.db.tables import metadata
from footnoted.db.tables.columns import at

declared_items = Table(
    "declared_items",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("video_id", BigInteger, ForeignKey("videos.id", ondelete="CASCADE"), nullable=False),
    Column("evidence_id", Uuid, ForeignKey("evidence.id", ondelete="CASCADE"), nullable=False),
    Column("profile", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("fields", JSONB, nullable=False),
    at("retired_at"),
    at("created_at", nullable=False),
    CheckConstraint("position >= 0", name="position"),
    CheckConstraint("jsonb_typeof(fields) = 'object'", name="fields"),
    Index(None, "video_id", "position"),
    Index(None, "evidence_id"),
    Index(None, "profile"),
)
"""What was found under a profile that is only data. `fields` are of that profile's schema, without
the quote and the cues; `retired_at` is when its video stopped saying it."""
