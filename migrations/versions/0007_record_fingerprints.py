"""Record what every stage was made by, what a person set for one item, and how runs were set up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from footnoted.db.online import in_batches, in_steps

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns; stages that ask nothing count as done by the releases before."""
    in_steps(revision, _add_columns, _record_what_asks_nothing)


def _add_columns() -> None:
    op.add_column("work_orders", sa.Column("override", postgresql.JSONB(), nullable=True))
    op.add_column("runs", sa.Column("setup", postgresql.JSONB(), nullable=True))


def _record_what_asks_nothing() -> None:
    for stage, version, passed in (
        ("transcribe", "1", "status NOT IN ('discovered', 'failed', 'quarantined', 'skipped')"),
        ("index", "1", "status = 'indexed'"),
    ):
        in_batches(
            "videos",
            f"""
              INSERT INTO work_orders
                (item_kind, item_id, stage, given_sha256, parts, output_sha256, opened_at, closed_at)
              SELECT 'video', id, '{stage}', '',
                jsonb_build_object('stage', '{stage}', 'version', '{version}'), '', updated_at,
                updated_at
              FROM videos WHERE {passed}
                AND ctid >= CAST(:first AS tid) AND ctid < CAST(:last AS tid)
              ON CONFLICT DO NOTHING""",  # noqa: S608 - ours
        )


def downgrade() -> None:
    """Forget them again."""
    op.execute("DELETE FROM work_orders WHERE given_sha256 = ''")
    op.drop_column("runs", "setup")
    op.drop_column("work_orders", "override")
