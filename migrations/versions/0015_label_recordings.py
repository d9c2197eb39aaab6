"""Let a recording that no source brought have a label of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the label; nothing that is there has one."""
    op.add_column("media", sa.Column("owner", sa.Text()))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("media", "owner")
