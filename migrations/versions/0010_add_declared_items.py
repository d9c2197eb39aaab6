"""Add the items of profiles that are only data."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the table; nothing that is there is touched."""
    op.create_table(
        "declared_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("video_id", sa.BigInteger(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("position >= 0", name=op.f("ck_declared_items_position")),
        sa.CheckConstraint(
            "jsonb_typeof(fields) = 'object'", name=op.f("ck_declared_items_fields")
        ),
        sa.ForeignKeyConstraint(
            ["video_id"],
            ["videos.id"],
            name=op.f("fk_declared_items_video_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["evidence.id"],
            name=op.f("fk_declared_items_evidence_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declared_items")),
    )
    op.create_index(op.f("ix_declared_items_evidence_id"), "declared_items", ["evidence_id"])
    op.create_index(op.f("ix_declared_items_profile"), "declared_items", ["profile"])
    op.create_index(
        op.f("ix_declared_items_video_id_position"), "declared_items", ["video_id", "position"]
    )


def downgrade() -> None:
    """Drop the table: what was found is found again when its videos are processed again."""
    op.drop_table("declared_items")
