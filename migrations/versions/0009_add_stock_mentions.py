"""Add what is said about companies and markets, as a history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the three tables of the profile `stocks`."""
    _add_mentions()
    _add_outlooks()
    _add_points()


def downgrade() -> None:
    """Forget them again."""
    for table in ("stock_outlook_points", "stock_outlooks", "stock_mentions"):
        op.drop_table(table)


def _add_mentions() -> None:
    op.create_table(
        "stock_mentions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("video_id", sa.BigInteger(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=True),
        sa.Column("exchange", sa.Text(), nullable=True),
        sa.Column("asset", sa.Text(), nullable=True),
        sa.Column("heard_as", sa.Text(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.Column("resolution_score", sa.Float(), nullable=True),
        sa.Column("action", sa.Text(), nullable=True),
        sa.Column("conviction", sa.Float(), nullable=True),
        sa.Column("horizon", sa.Text(), nullable=True),
        sa.Column("speaker", sa.Text(), nullable=True),
        sa.Column("topic_title", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt_sha256", sa.Text(), nullable=False),
        sa.Column(
            "known_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(resolution = 'unresolved') = (symbol IS NULL)", name=op.f("ck_stock_mentions_symbol")
        ),
        sa.CheckConstraint(
            "action IN ('buy', 'add', 'hold', 'watch', 'trim', 'sell', 'short', 'avoid')",
            name=op.f("ck_stock_mentions_action"),
        ),
        sa.CheckConstraint(
            "horizon IN ('days', 'weeks', 'months', 'years')",
            name=op.f("ck_stock_mentions_horizon"),
        ),
        sa.CheckConstraint(
            "resolution IN ('named', 'misheard', 'implied', 'unresolved')",
            name=op.f("ck_stock_mentions_resolution"),
        ),
        sa.CheckConstraint(
            "(symbol IS NULL) = (exchange IS NULL)", name=op.f("ck_stock_mentions_exchange")
        ),
        sa.CheckConstraint(
            "(symbol IS NULL) = (resolution_score IS NULL)", name=op.f("ck_stock_mentions_score")
        ),
        sa.CheckConstraint("conviction BETWEEN 0 AND 1", name=op.f("ck_stock_mentions_conviction")),
        sa.CheckConstraint(
            "resolution_score BETWEEN 0 AND 1", name=op.f("ck_stock_mentions_score_range")
        ),
        sa.CheckConstraint(
            "superseded_at IS NULL OR superseded_at >= known_at",
            name=op.f("ck_stock_mentions_known"),
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["evidence.id"],
            name=op.f("fk_stock_mentions_evidence_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_stock_mentions_video_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_mentions")),
    )
    op.create_index(
        op.f("ix_stock_mentions_evidence_id"), "stock_mentions", ["evidence_id"], unique=False
    )
    op.create_index(
        "ix_stock_mentions_symbol", "stock_mentions", ["symbol", "video_id"], unique=False
    )
    op.create_index(
        op.f("ix_stock_mentions_video_id"), "stock_mentions", ["video_id"], unique=False
    )
    op.create_index(
        "uq_stock_mentions_live",
        "stock_mentions",
        ["key"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )


def _add_outlooks() -> None:
    op.create_table(
        "stock_outlooks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("video_id", sa.BigInteger(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=True),
        sa.Column("speakers", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt_sha256", sa.Text(), nullable=False),
        sa.Column(
            "known_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "direction IN ('bullish', 'bearish', 'mixed', 'neutral')",
            name=op.f("ck_stock_outlooks_direction"),
        ),
        sa.CheckConstraint(
            "superseded_at IS NULL OR superseded_at >= known_at",
            name=op.f("ck_stock_outlooks_known"),
        ),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_stock_outlooks_video_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_outlooks")),
    )
    op.create_index(
        op.f("ix_stock_outlooks_video_id"), "stock_outlooks", ["video_id"], unique=False
    )
    op.create_index(
        "uq_stock_outlooks_live",
        "stock_outlooks",
        ["video_id"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )


def _add_points() -> None:
    op.create_table(
        "stock_outlook_points",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("video_id", sa.BigInteger(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt_sha256", sa.Text(), nullable=False),
        sa.Column(
            "known_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('reason', 'theme', 'risk', 'summary')",
            name=op.f("ck_stock_outlook_points_kind"),
        ),
        sa.CheckConstraint(
            "superseded_at IS NULL OR superseded_at >= known_at",
            name=op.f("ck_stock_outlook_points_known"),
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["evidence.id"],
            name=op.f("fk_stock_outlook_points_evidence_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["video_id"],
            ["videos.id"],
            name=op.f("fk_stock_outlook_points_video_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_outlook_points")),
    )
    op.create_index(
        op.f("ix_stock_outlook_points_evidence_id"),
        "stock_outlook_points",
        ["evidence_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_stock_outlook_points_video_id"), "stock_outlook_points", ["video_id"], unique=False
    )
    op.create_index(
        "uq_stock_outlook_points_live",
        "stock_outlook_points",
        ["key"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
