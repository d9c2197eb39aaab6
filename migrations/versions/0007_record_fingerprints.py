"""Record what every stage was made by, what a person set for one item, and how runs were set up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns; stages that ask nothing count as done by the releases before."""
    op.add_column("work_orders", sa.Column("override", postgresql.JSONB(), nullable=True))
    op.add_column("runs", sa.Column("setup", postgresql.JSONB(), nullable=True))
    for stage, version, passed in (
        ("transcribe", "1", "status NOT IN ('discovered', 'failed', 'quarantined', 'skipped')"),
        ("index", "1", "status = 'indexed'"),
    ):
        op.execute(
            sa.text(f"""
              INSERT INTO work_orders
                (item_kind, item_id, stage, given_sha256, parts, output_sha256, opened_at, closed_at)
              SELECT 'video', id, '{stage}', '',
                jsonb_build_object('stage', '{stage}', 'version', '{version}'), '', updated_at,
                updated_at
              FROM videos WHERE {passed} ON CONFLICT DO NOTHING""")  # noqa: S608 - ours
        )


def downgrade() -> None:
    """Forget them again."""
    op.execute("DELETE FROM work_orders WHERE given_sha256 = ''")
    op.drop_column("runs", "setup")
    op.drop_column("work_orders", "override")
