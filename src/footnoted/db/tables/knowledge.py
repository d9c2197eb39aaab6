"""What was made of recordings: topics, evidence, and pages whose every claim rests on some."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from footnoted.db.tables.columns import (
    at,
    metadata,
    strings,
)

topics = Table(
    "topics",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("video_id", BigInteger, ForeignKey("videos.id", ondelete="CASCADE"), nullable=False),
    Column(
        "transcript_id",
        BigInteger,
        ForeignKey("transcripts.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("position", Integer, nullable=False),
    Column("first_cue", Integer, nullable=False),
    Column("last_cue", Integer, nullable=False),
    Column("title", Text),
    Column("start_ms", BigInteger),
    Column("end_ms", BigInteger),
    UniqueConstraint("video_id", "position"),
    CheckConstraint("position >= 0 AND first_cue >= 0 AND last_cue >= first_cue", name="cues"),
    Index(None, "transcript_id"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column(
        "transcript_id",
        BigInteger,
        ForeignKey("transcripts.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("video_id", BigInteger, ForeignKey("videos.id", ondelete="CASCADE"), nullable=False),
    Column("quote", Text, nullable=False),
    Column("cited_first_cue", Integer, nullable=False),
    Column("cited_last_cue", Integer, nullable=False),
    Column("match", Text, nullable=False),
    Column("score", Float, nullable=False),
    Column("first_cue", Integer),
    Column("last_cue", Integer),
    Column("start_ms", BigInteger),
    Column("end_ms", BigInteger),
    Column("text", Text),
    at("created_at", nullable=False),
    CheckConstraint("match IN ('exact', 'fuzzy', 'relocated', 'rejected')", name="match"),
    CheckConstraint("(match = 'rejected') = (first_cue IS NULL)", name="resolves"),
    CheckConstraint("(first_cue IS NULL) = (last_cue IS NULL)", name="cues"),
    CheckConstraint("score BETWEEN 0 AND 1", name="score"),
    Index(None, "video_id"),
    Index(None, "transcript_id"),
)

pages = Table(
    "pages",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column(
        "group_id", BigInteger, ForeignKey("page_groups.id", ondelete="CASCADE"), nullable=False
    ),
    Column("profile", Text, nullable=False),
    Column("creator_id", BigInteger, ForeignKey("creators.id"), nullable=False),
    Column("category", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("current_version_id", Uuid),
    at("retired_at"),
    at("created_at", nullable=False),
    at("updated_at", nullable=False),
    UniqueConstraint("profile", "creator_id", "slug"),
    Index(None, "group_id"),
)

page_redirects = Table(
    "page_redirects",
    metadata,
    Column("profile", Text, primary_key=True),
    Column("creator_id", BigInteger, ForeignKey("creators.id"), primary_key=True),
    Column("slug", Text, primary_key=True),
    Column("page_id", Uuid, ForeignKey("pages.id", ondelete="CASCADE"), nullable=False),
    Index(None, "page_id"),
)

page_versions = Table(
    "page_versions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("page_id", Uuid, ForeignKey("pages.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    strings("tags"),
    strings("tools"),
    Column("grounds", JSONB, nullable=False, server_default=text("'{}'")),
    Column("content_sha256", Text, nullable=False),
    Column("provenance", JSONB, nullable=False),
    at("created_at", nullable=False),
    UniqueConstraint("page_id", "version"),
    CheckConstraint("version >= 1", name="version"),
)
"""`grounds` is the evidence that summary, tags and tools rest on; what is not named there stays."""

claims = Table(
    "claims",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column(
        "page_version_id", Uuid, ForeignKey("page_versions.id", ondelete="CASCADE"), nullable=False
    ),
    Column("position", Integer, nullable=False),
    Column("heading", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("kind", Text, nullable=False, server_default=text("'statement'")),
    Column("conflict", Integer),
    UniqueConstraint("page_version_id", "position"),
    CheckConstraint("kind IN ('statement', 'step')", name="kind"),
    CheckConstraint("conflict >= 1", name="conflict"),
)
"""A step belongs to the signal chain called `heading`; claims of one version with the same
`conflict` contradict each other."""

claim_evidence = Table(
    "claim_evidence",
    metadata,
    Column("claim_id", Uuid, ForeignKey("claims.id", ondelete="CASCADE"), primary_key=True),
    Column("evidence_id", Uuid, ForeignKey("evidence.id", ondelete="CASCADE"), primary_key=True),
    Column("moment_id", Uuid, nullable=False),
    Index(None, "evidence_id"),
)
