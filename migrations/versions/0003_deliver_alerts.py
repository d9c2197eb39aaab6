"""Deliver alerts: which opening of an alert each receiver was told, and how the receiver fares."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add what delivery remembers; the column's default is a constant, so no row is rewritten."""
    op.create_table(
        "alert_receivers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure_detail", sa.Text(), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "failures >= 0 AND (failures = 0) = (failing_since IS NULL)",
            name=op.f("ck_alert_receivers_failures"),
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_alert_receivers")),
    )
    op.add_column(
        "alerts",
        sa.Column("opening", sa.Integer(), server_default=sa.text("1"), nullable=False),
    )
    op.create_table(
        "alert_deliveries",
        sa.Column("alert_id", sa.BigInteger(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("opening", sa.Integer(), nullable=False),
        sa.Column("is_end_told", sa.Boolean(), nullable=False),
        sa.Column(
            "told_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["alert_id"],
            ["alerts.id"],
            name=op.f("fk_alert_deliveries_alert_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["receiver"],
            ["alert_receivers.name"],
            name=op.f("fk_alert_deliveries_receiver"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("alert_id", "receiver", name=op.f("pk_alert_deliveries")),
    )
    op.create_index(
        op.f("ix_alert_deliveries_receiver"), "alert_deliveries", ["receiver"], unique=False
    )


def downgrade() -> None:
    """Forget it again."""
    op.drop_table("alert_deliveries")
    op.drop_column("alerts", "opening")
    op.drop_table("alert_receivers")
