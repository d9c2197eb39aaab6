"""What was recorded: whose it is, what it is known by, its files and what was said in it."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from footnoted.db.tables.columns import (
    at,
    identity,
    metadata,
    strings,
)

creators = Table(
    "creators",
    metadata,
    identity(),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    at("created_at", nullable=False),
)

creator_aliases = Table(
    "creator_aliases",
    metadata,
    identity(),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("creator_id", BigInteger, ForeignKey("creators.id", ondelete="CASCADE"), nullable=False),
    at("created_at", nullable=False),
    Index(None, "creator_id"),
)
"""Names that a creator had, or that others had who were merged into it: files still say them."""

media = Table(
    "media",
    metadata,
    identity(),
    Column("identity", Text, nullable=False, unique=True),
    Column("creator_id", BigInteger, ForeignKey("creators.id"), nullable=False),
    Column("source_id", BigInteger, ForeignKey("sources.id", ondelete="SET NULL")),
    Column("title", Text, nullable=False),
    Column("url", Text),
    at("published_at"),
    Column("duration_ms", BigInteger),
    Column("language", Text),
    Column("description", Text),
    Column("chapters", JSONB, nullable=False, server_default=text("'[]'")),
    strings("tags"),
    strings("edited_fields"),
    Column("item", JSONB),
    Column("owner", Text),
    at("missing_at"),
    at("created_at", nullable=False),
    CheckConstraint("duration_ms IS NULL OR duration_ms >= 0", name="duration"),
    Index(None, "creator_id"),
    Index(None, "source_id"),
)
"""`item` is the item of a feed or listing that a recording on the net was last found as. `owner` is
a label that was given with a recording by itself; what a source brought has that of its source."""

media_keys = Table(
    "media_keys",
    metadata,
    Column("key", Text, primary_key=True),
    Column("media_id", BigInteger, ForeignKey("media.id", ondelete="CASCADE"), nullable=False),
    Index(None, "media_id"),
)
"""By what a recording on the net is known again."""

media_files = Table(
    "media_files",
    metadata,
    identity(),
    Column("media_id", BigInteger, ForeignKey("media.id", ondelete="CASCADE"), nullable=False),
    Column("path", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("origin", Text),
    Column("sha256", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("modified_ns", BigInteger, nullable=False),
    at("missing_at"),
    at("seen_at", nullable=False),
    CheckConstraint("role IN ('transcript', 'media', 'metadata')", name="role"),
    CheckConstraint("(role = 'transcript') = (origin IS NOT NULL)", name="origin"),
    Index(None, "media_id"),
    Index(None, "sha256"),
)

transcripts = Table(
    "transcripts",
    metadata,
    identity(),
    Column("media_id", BigInteger, ForeignKey("media.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("origin", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("language", Text),
    Column("file_sha256", Text, nullable=False),
    Column("text_sha256", Text, nullable=False),
    Column("word_count", Integer, nullable=False),
    Column("cue_count", Integer, nullable=False),
    Column("duration_ms", BigInteger),
    Column("is_timed", Boolean, nullable=False),
    Column("cues", JSONB, nullable=False),
    Column("notes", JSONB, nullable=False, server_default=text("'[]'")),
    Column("quality", JSONB, nullable=False),
    at("created_at", nullable=False),
    UniqueConstraint("media_id", "version"),
    UniqueConstraint("media_id", "file_sha256"),
    CheckConstraint("version >= 1 AND cue_count >= 0 AND word_count >= 0", name="counts"),
)
