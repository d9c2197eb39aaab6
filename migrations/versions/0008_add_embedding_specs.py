"""Add specs of embeddings, the vectors themselves, and which documents have all of theirs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add three tables; nothing that is there is touched, and without rows nothing changes."""
    op.create_table(
        "embedding_specs",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("spec", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("switches", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("parity", postgresql.JSONB(), nullable=True),
        sa.Column("wait_reason", sa.Text(), nullable=True),
        sa.Column("wait_detail", sa.Text(), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_owner", sa.Uuid(), nullable=True),
        sa.Column("lease_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('building', 'ready', 'serving', 'retired', 'dropped')",
            name=op.f("ck_embedding_specs_state"),
        ),
        sa.CheckConstraint(
            "not_before IS NULL OR wait_reason IS NOT NULL", name=op.f("ck_embedding_specs_wait")
        ),
        sa.CheckConstraint(
            "(lease_owner IS NULL) = (lease_expires_at IS NULL)",
            name=op.f("ck_embedding_specs_lease"),
        ),
        sa.CheckConstraint(
            "state <> 'ready' OR parity IS NOT NULL", name=op.f("ck_embedding_specs_ready")
        ),
        sa.CheckConstraint(
            "(state = 'dropped') = (dropped_at IS NOT NULL)",
            name=op.f("ck_embedding_specs_dropped"),
        ),
        sa.CheckConstraint(
            "state <> 'retired' OR retired_at IS NOT NULL", name=op.f("ck_embedding_specs_retired")
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_embedding_specs")),
    )
    op.create_index(
        "uq_embedding_specs_serving",
        "embedding_specs",
        ["state"],
        unique=True,
        postgresql_where=sa.text("state = 'serving'"),
    )
    op.create_table(
        "embeddings",
        sa.Column("channel_sha256", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(vector IS NULL) = (refusal IS NOT NULL)", name=op.f("ck_embeddings_refusal")
        ),
        sa.CheckConstraint(
            "vector IS NULL OR octet_length(vector) % 4 = 0", name=op.f("ck_embeddings_vector")
        ),
        sa.PrimaryKeyConstraint("channel_sha256", "text_sha256", name=op.f("pk_embeddings")),
    )
    op.create_table(
        "embedded_documents",
        sa.Column("spec_sha256", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name=op.f("fk_embedded_documents_document_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["spec_sha256"],
            ["embedding_specs.sha256"],
            name=op.f("fk_embedded_documents_spec_sha256"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("spec_sha256", "document_id", name=op.f("pk_embedded_documents")),
    )
    op.create_index(
        op.f("ix_embedded_documents_document_id"), "embedded_documents", ["document_id"]
    )


def downgrade() -> None:
    """Forget them again; the index of words is still there, or is built anew for nothing."""
    op.drop_index(op.f("ix_embedded_documents_document_id"), table_name="embedded_documents")
    op.drop_table("embedded_documents")
    op.drop_table("embeddings")
    op.drop_index(
        "uq_embedding_specs_serving",
        table_name="embedding_specs",
        postgresql_where=sa.text("state = 'serving'"),
    )
    op.drop_table("embedding_specs")
