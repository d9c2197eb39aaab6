"""Remember what a stage saved last while it works on something new."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from footnoted.db.online import in_batches, in_steps

revision = "0017"
down_revision = "0016"

FILL = """
  UPDATE work_orders SET saved_sha256 = output_sha256
  WHERE output_sha256 IS NOT NULL AND saved_sha256 IS NULL
    AND ctid >= CAST(:first AS tid) AND ctid < CAST(:last AS tid)
"""


def upgrade() -> None:
    """Add the column; what is finished was saved as it stands."""
    in_steps(revision, _add_column, _fill_column)


def _add_column() -> None:
    op.add_column("work_orders", sa.Column("saved_sha256", sa.Text(), nullable=True))


def _fill_column() -> None:
    in_batches("work_orders", FILL)


def downgrade() -> None:
    """Forget it again."""
    op.drop_column("work_orders", "saved_sha256")
