"""Add hosts: when each was asked last, how it refused, until when it is left alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "hosts",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("goes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "failures >= 0 AND (failures = 0) = (refused_at IS NULL)"
            " AND (failures = 0) = (code IS NULL)",
            name=op.f("ck_hosts_failures"),
        ),
        sa.CheckConstraint(
            "rests_until IS NULL OR refused_at IS NOT NULL", name=op.f("ck_hosts_rest")
        ),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_hosts")),
    )


def downgrade() -> None:
    """Forget it again."""
    op.drop_table("hosts")
