"""What can be searched, what is still to be written to an index, and vectors that were bought."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from footnoted.db.tables.columns import (
    at,
    identity,
    metadata,
)

documents = Table(
    "documents",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("video_id", BigInteger, ForeignKey("videos.id", ondelete="CASCADE")),
    Column("page_id", Uuid, ForeignKey("pages.id", ondelete="CASCADE")),
    Column("source_id", BigInteger),
    Column("content_sha256", Text, nullable=False),
    Column("body", JSONB, nullable=False),
    at("created_at", nullable=False),
    CheckConstraint("kind IN ('page', 'moment', 'window')", name="kind"),
    CheckConstraint("(kind = 'page') = (page_id IS NOT NULL)", name="page"),
    CheckConstraint("(kind = 'page') = (video_id IS NULL)", name="video"),
    Index(None, "video_id", "kind"),
    Index(None, "page_id"),
)

index_outbox = Table(
    "index_outbox",
    metadata,
    identity(),
    Column("document_id", Uuid, nullable=False),
    at("at", nullable=False),
)

embedding_specs = Table(
    "embedding_specs",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("spec", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("switches", Boolean, nullable=False, server_default=text("false")),
    Column("parity", JSONB),
    Column("wait_reason", Text),
    Column("wait_detail", Text),
    at("not_before"),
    Column("lease_owner", Uuid),
    at("lease_expires_at"),
    at("created_at", nullable=False),
    at("filled_at"),
    at("served_at"),
    at("retired_at"),
    at("dropped_at"),
    CheckConstraint(
        "state IN ('building', 'ready', 'serving', 'retired', 'dropped')", name="state"
    ),
    CheckConstraint("not_before IS NULL OR wait_reason IS NOT NULL", name="wait"),
    CheckConstraint("(lease_owner IS NULL) = (lease_expires_at IS NULL)", name="lease"),
    CheckConstraint("state <> 'ready' OR parity IS NOT NULL", name="ready"),
    CheckConstraint("(state = 'dropped') = (dropped_at IS NOT NULL)", name="dropped"),
    CheckConstraint("state <> 'retired' OR retired_at IS NOT NULL", name="retired"),
    Index(
        "uq_embedding_specs_serving",
        "state",
        unique=True,
        postgresql_where=text("state = 'serving'"),
    ),
)
"""What search indexes are made by, one row for each that was ever built; without any, words alone.
One with `filled_at` has every document and gets every change. `switches`: it serves once it may."""

embeddings = Table(
    "embeddings",
    metadata,
    Column("channel_sha256", Text, primary_key=True),
    Column("text_sha256", Text, primary_key=True),
    Column("vector", LargeBinary),
    Column("refusal", Text),
    at("created_at", nullable=False),
    CheckConstraint("(vector IS NULL) = (refusal IS NOT NULL)", name="refusal"),
    CheckConstraint("vector IS NULL OR octet_length(vector) % 4 = 0", name="vector"),
)
"""Vectors by what they were made by and of, so that no index ever costs one twice; or why a text
has none."""

embedded_documents = Table(
    "embedded_documents",
    metadata,
    Column(
        "spec_sha256",
        Text,
        ForeignKey("embedding_specs.sha256", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("document_id", Uuid, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("content_sha256", Text, nullable=False),
    Index(None, "document_id"),
)
"""Which documents have all their vectors under a spec, as of which content."""
