"""Remember what a stage saved last while it works on something new."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add the column; what is finished was saved as it stands."""
    op.add_column("work_orders", sa.Column("saved_sha256", sa.Text(), nullable=True))
    op.execute("UPDATE work_orders SET saved_sha256 = output_sha256")


def downgrade() -> None:
    """Forget it again."""
    op.drop_column("work_orders", "saved_sha256")
