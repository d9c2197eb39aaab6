"""Add batches of paid calls, and which batch a call is in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from footnoted.db.online import build_index, in_steps, validate

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the table and a column that is null for every call so far, so no row is rewritten."""
    in_steps(revision, _add_table, _add_column, _check_column, _index_column)


def _add_table() -> None:
    op.create_table(
        "call_batches",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("requests", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("newest_before", sa.Text(), nullable=True),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("fault_code", sa.Text(), nullable=True),
        sa.Column(
            "opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("intent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('gathering', 'intent', 'sent', 'ended', 'released')",
            name=op.f("ck_call_batches_state"),
        ),
        sa.CheckConstraint(
            "state <> 'sent' OR provider_id IS NOT NULL", name=op.f("ck_call_batches_sent")
        ),
        sa.CheckConstraint(
            "state IN ('gathering', 'released')"
            " OR (intent_at IS NOT NULL AND deadline_at IS NOT NULL)",
            name=op.f("ck_call_batches_intent"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_batches")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_call_batches_provider_id")),
    )
    op.create_index(
        "ix_call_batches_open",
        "call_batches",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state IN ('gathering', 'intent', 'sent')"),
    )


def _add_column() -> None:
    op.add_column("llm_calls", sa.Column("batch_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_llm_calls_batch_id"),
        "llm_calls",
        "call_batches",
        ["batch_id"],
        ["id"],
        postgresql_not_valid=True,
    )


def _check_column() -> None:
    validate("llm_calls", "fk_llm_calls_batch_id")


def _index_column() -> None:
    build_index("ix_llm_calls_batch_id", "llm_calls", ["batch_id"], where="batch_id IS NOT NULL")


def downgrade() -> None:
    """Forget it again."""
    op.drop_index(
        "ix_llm_calls_batch_id",
        table_name="llm_calls",
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.drop_constraint(op.f("fk_llm_calls_batch_id"), "llm_calls", type_="foreignkey")
    op.drop_column("llm_calls", "batch_id")
    op.drop_table("call_batches")
