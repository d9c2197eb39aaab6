"""Add plans of redoing: what was asked for, what it was thought to cost, and what is left of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

_SCOPES = "'day', 'month', 'source_day', 'run'"


def upgrade() -> None:
    """Add the tables, and a budget of its own for each plan."""
    op.create_table(
        "plans",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("scope", postgresql.JSONB(), nullable=False),
        sa.Column("forecast", postgresql.JSONB(), nullable=False),
        sa.Column("cap_usd", sa.Numeric(18, 9), nullable=True),
        sa.Column("stop_at_usd", sa.Numeric(18, 9), nullable=True),
        sa.Column(
            "applied_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("cap_usd >= 0 AND stop_at_usd >= 0", name=op.f("ck_plans_cap")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
    )
    op.create_table(
        "plan_items",
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("item_kind", sa.Text(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["plans.id"],
            name=op.f("fk_plan_items_plan_id_plans"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("plan_id", "item_kind", "item_id", name=op.f("pk_plan_items")),
    )
    op.create_index(
        op.f("ix_plan_items_item_kind_item_id_plan_id"),
        "plan_items",
        ["item_kind", "item_id", "plan_id"],
    )
    _check_scopes(f"{_SCOPES}, 'plan'")


def downgrade() -> None:
    """Forget them, and what was spent under them; the days it was spent on keep it."""
    op.execute("DELETE FROM budget_holds WHERE scope = 'plan'")
    op.execute("DELETE FROM budgets WHERE scope = 'plan'")
    _check_scopes(_SCOPES)
    op.drop_table("plan_items")
    op.drop_table("plans")


def _check_scopes(scopes: str) -> None:
    op.drop_constraint(op.f("ck_budgets_scope"), "budgets", type_="check")
    op.create_check_constraint(op.f("ck_budgets_scope"), "budgets", f"scope IN ({scopes})")
