"""Keep on a run what its events told of it when they are pruned."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from footnoted.db.online import in_steps

revision = "0021"
down_revision = "0020"

COUNTS = ("pruned_events", "pruned_replayed")


def upgrade() -> None:
    """Add the sums; what went before today nobody can count any more."""
    in_steps(revision, _add_columns)


def _add_columns() -> None:
    for name in COUNTS:
        op.add_column("runs", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    op.add_column("runs", sa.Column("pruned_reached", sa.Text(), nullable=True))


def downgrade() -> None:
    """Forget what pruned events told."""
    for name in ("pruned_reached", *COUNTS):
        op.drop_column("runs", name)
