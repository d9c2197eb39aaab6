"""Remember what a person removed, so that no source brings it back by itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from footnoted.db.online import in_batches, in_steps

revision = "0020"
down_revision = "0019"

TELL = """
  WITH told AS (
    UPDATE source_items SET state = 'left', reason = 'removed',
      detail = 'it was removed by hand; `footnoted add` takes it'
    WHERE state = 'taken' AND media_id IS NULL
      AND ctid >= CAST(:first AS tid) AND ctid < CAST(:last AS tid)
    RETURNING source_id, key, published_at)
  INSERT INTO removals (profile, keys, published_at)
  SELECT p.profile, ARRAY[t.key], t.published_at
  FROM told t JOIN sources s ON s.id = t.source_id CROSS JOIN unnest(s.profiles) p (profile)
"""


def upgrade() -> None:
    """Add the table; what was taken and has no recording any more was removed."""
    in_steps(revision, _add_table, _tell)


def _add_table() -> None:
    op.create_table(
        "removals",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("keys", ARRAY(sa.Text()), nullable=False, server_default=sa.text("'{}'")),
        sa.Column("title_sha256", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("duration_ms", sa.BigInteger(), nullable=True),
        sa.Column(
            "removed_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.text("now()"),
        ),
        sa.CheckConstraint("cardinality(keys) > 0", name=op.f("ck_removals_keys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removals")),
    )
    op.create_index("ix_removals_keys", "removals", ["keys"], postgresql_using="gin")


def _tell() -> None:
    in_batches("source_items", TELL)


def downgrade() -> None:
    """Forget what was removed: a source that did not take it before takes it then."""
    op.drop_table("removals")
