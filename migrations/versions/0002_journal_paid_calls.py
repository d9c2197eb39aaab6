"""Journal paid calls: budgets with their holds, learned limits, switches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from footnoted.db.online import build_index, in_steps

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add what paid calls need; every column is nullable, so no row is rewritten."""
    in_steps(revision, _add_tables, _add_columns, _index_open_calls)


def _add_tables() -> None:
    op.create_table(
        "budgets",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column(
            "spent_usd",
            sa.Numeric(precision=18, scale=9),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "reserved_usd",
            sa.Numeric(precision=18, scale=9),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "scope IN ('day', 'month', 'source_day', 'run')", name=op.f("ck_budgets_scope")
        ),
        sa.CheckConstraint("spent_usd >= 0 AND reserved_usd >= 0", name=op.f("ck_budgets_money")),
        sa.PrimaryKeyConstraint("scope", "key", name=op.f("pk_budgets")),
    )
    op.create_table(
        "model_limits",
        sa.Column("model_class", sa.Text(), nullable=False),
        sa.Column("learned", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pause_code", sa.Text(), nullable=True),
        sa.Column("pause_detail", sa.Text(), nullable=True),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("model_class", name=op.f("pk_model_limits")),
    )
    op.create_table(
        "provider_stops",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("key_sha256", sa.Text(), nullable=True),
        sa.Column(
            "since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "probe_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("provider", name=op.f("pk_provider_stops")),
    )
    op.create_table(
        "switches",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "set_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_switches")),
    )
    op.create_table(
        "budget_holds",
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("amount_usd", sa.Numeric(precision=18, scale=9), nullable=False),
        sa.CheckConstraint("amount_usd >= 0", name=op.f("ck_budget_holds_money")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["llm_calls.id"], name=op.f("fk_budget_holds_call_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", "scope", "key", name=op.f("pk_budget_holds")),
    )


def _add_columns() -> None:
    op.add_column("llm_calls", sa.Column("body", sa.Text(), nullable=True))
    op.add_column("llm_calls", sa.Column("served_by", sa.Text(), nullable=True))
    op.add_column("llm_calls", sa.Column("unusable_code", sa.Text(), nullable=True))
    op.add_column("llm_calls", sa.Column("fault_code", sa.Text(), nullable=True))
    op.add_column("llm_calls", sa.Column("source_id", sa.BigInteger(), nullable=True))
    op.add_column("llm_calls", sa.Column("prompt_preview", sa.Text(), nullable=True))
    op.add_column("llm_calls", sa.Column("prompt_text", sa.Text(), nullable=True))
    op.add_column("llm_calls", sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True))


def _index_open_calls() -> None:
    build_index("ix_llm_calls_open", "llm_calls", ["deadline_at"], where="state = 'sent'")


def downgrade() -> None:
    """Forget it again."""
    op.drop_index(
        "ix_llm_calls_open", table_name="llm_calls", postgresql_where=sa.text("state = 'sent'")
    )
    op.drop_column("llm_calls", "deadline_at")
    op.drop_column("llm_calls", "prompt_text")
    op.drop_column("llm_calls", "prompt_preview")
    op.drop_column("llm_calls", "source_id")
    op.drop_column("llm_calls", "fault_code")
    op.drop_column("llm_calls", "unusable_code")
    op.drop_column("llm_calls", "served_by")
    op.drop_column("llm_calls", "body")
    op.drop_table("budget_holds")
    op.drop_table("switches")
    op.drop_table("provider_stops")
    op.drop_table("model_limits")
    op.drop_table("budgets")
