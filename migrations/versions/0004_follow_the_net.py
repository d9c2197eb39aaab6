"""Follow sources on the net: their items, their recordings' keys, and the work of hearing them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from footnoted.db.online import in_batches, in_steps

revision = "0004"
down_revision = "0003"

WAKING_TRIGGER = (
    """
CREATE FUNCTION wake_waiting_videos() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE videos SET not_before = NULL
    WHERE media_id = NEW.media_id AND status = 'discovered' AND not_before IS NOT NULL
      AND lease_owner IS NULL;
    RETURN NULL;
END
$$
""",
    """
CREATE TRIGGER transcriptions_moved AFTER UPDATE ON transcriptions FOR EACH ROW
WHEN (OLD.status IS DISTINCT FROM NEW.status
      OR OLD.wait_reason IS DISTINCT FROM NEW.wait_reason
      OR (NEW.not_before IS NOT NULL AND OLD.not_before IS DISTINCT FROM NEW.not_before))
EXECUTE FUNCTION wake_waiting_videos()
""",
)
"""A video that waits for its transcription looks again whenever that one says something new."""


UNHEARD = """
INSERT INTO transcriptions (media_id, source_id, status)
SELECT m.id, m.source_id, 'wanted' FROM media m
WHERE EXISTS (SELECT 1 FROM media_files f WHERE f.media_id = m.id AND f.role = 'media')
  AND NOT EXISTS (SELECT 1 FROM media_files f WHERE f.media_id = m.id AND f.role = 'transcript')
  AND NOT EXISTS (SELECT 1 FROM transcripts t WHERE t.media_id = m.id)
  AND m.ctid >= CAST(:first AS tid) AND m.ctid < CAST(:last AS tid)
ON CONFLICT DO NOTHING
"""
"""Recordings that waited for speech recognition are heard from now on."""


def upgrade() -> None:
    """Add what following needs; columns have constant defaults, so no row is rewritten."""
    in_steps(revision, _add_tables, _add_to_media, _add_to_sources, _hear_the_unheard)


def _add_tables() -> None:
    op.create_table(
        "media_keys",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("media_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_media_keys_media_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_media_keys")),
    )
    op.create_index(op.f("ix_media_keys_media_id"), "media_keys", ["media_id"], unique=False)
    op.create_table(
        "source_items",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("item", postgresql.JSONB(), nullable=True),
        sa.Column("decide_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("media_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "(state = 'later') = (decide_at IS NOT NULL)", name=op.f("ck_source_items_later")
        ),
        sa.CheckConstraint(
            "(state = 'taken') = (reason IS NULL)", name=op.f("ck_source_items_reason")
        ),
        sa.CheckConstraint(
            "state IN ('taken', 'left', 'later')", name=op.f("ck_source_items_state")
        ),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_source_items_media_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["sources.id"],
            name=op.f("fk_source_items_source_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_items")),
        sa.UniqueConstraint("source_id", "key", name=op.f("uq_source_items_source_id_key")),
    )
    op.create_index(op.f("ix_source_items_media_id"), "source_items", ["media_id"], unique=False)
    op.create_table(
        "transcriptions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("media_id", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=True),
        sa.Column("history", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("resume_from", sa.Text(), nullable=True),
        sa.Column("next_check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("wait_reason", sa.Text(), nullable=True),
        sa.Column("wait_detail", sa.Text(), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("crashes", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failure_code", sa.Text(), nullable=True),
        sa.Column("failure_detail", sa.Text(), nullable=True),
        sa.Column("priority", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("turn", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("fence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease_owner", sa.Uuid(), nullable=True),
        sa.Column("lease_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(status = 'failed' OR status = 'quarantined') = (failure_code IS NOT NULL)",
            name=op.f("ck_transcriptions_failure"),
        ),
        sa.CheckConstraint(
            "(lease_owner IS NULL) = (lease_expires_at IS NULL)",
            name=op.f("ck_transcriptions_lease"),
        ),
        sa.CheckConstraint("attempts >= 0 AND crashes >= 0", name=op.f("ck_transcriptions_counts")),
        sa.CheckConstraint(
            "not_before IS NULL OR wait_reason IS NOT NULL", name=op.f("ck_transcriptions_wait")
        ),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_transcriptions_media_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["sources.id"],
            name=op.f("fk_transcriptions_source_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcriptions")),
        sa.UniqueConstraint("media_id", name=op.f("uq_transcriptions_media_id")),
    )
    op.create_index(
        "ix_transcriptions_leased",
        "transcriptions",
        ["lease_expires_at"],
        unique=False,
        postgresql_where=sa.text("lease_owner IS NOT NULL"),
    )
    op.create_index(
        "ix_transcriptions_next_check_at",
        "transcriptions",
        ["next_check_at"],
        unique=False,
        postgresql_where=sa.text("next_check_at IS NOT NULL"),
    )
    op.create_index(
        "ix_transcriptions_ready",
        "transcriptions",
        ["status", sa.literal_column("priority DESC"), "turn", "id"],
        unique=False,
        postgresql_where=sa.text(
            "status NOT IN ('heard', 'failed', 'quarantined', 'skipped', 'cancelled')"
            " AND not_before IS NULL AND lease_owner IS NULL"
        ),
    )
    op.create_index(
        op.f("ix_transcriptions_source_id"), "transcriptions", ["source_id"], unique=False
    )
    op.create_index(
        "ix_transcriptions_waiting",
        "transcriptions",
        ["not_before"],
        unique=False,
        postgresql_where=sa.text("not_before IS NOT NULL"),
    )
    for statement in WAKING_TRIGGER:
        op.execute(statement)


def _add_to_media() -> None:
    op.add_column("media", sa.Column("item", postgresql.JSONB(), nullable=True))


def _add_to_sources() -> None:
    op.add_column("sources", sa.Column("schedule", sa.Text(), nullable=True))
    op.add_column(
        "sources",
        sa.Column("options", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column(
        "sources", sa.Column("daily_cap_usd", sa.Numeric(precision=18, scale=9), nullable=True)
    )
    op.add_column(
        "sources",
        sa.Column("poll_state", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_sources_cap"), "sources", "daily_cap_usd IS NULL OR daily_cap_usd >= 0"
    )


def _hear_the_unheard() -> None:
    in_batches("media", UNHEARD)


def downgrade() -> None:
    """Forget it again."""
    op.execute("DROP TRIGGER transcriptions_moved ON transcriptions")
    op.execute("DROP FUNCTION wake_waiting_videos()")
    for name in ("poll_state", "daily_cap_usd", "options", "schedule"):
        op.drop_column("sources", name)
    op.drop_column("media", "item")
    op.drop_table("transcriptions")
    op.drop_table("source_items")
    op.drop_table("media_keys")
