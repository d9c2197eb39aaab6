"""Let pages have signal chains, disputes, and summaries that rest on evidence."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from footnoted.db.online import in_steps, validate

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the columns; what stands already is statements that agree."""
    in_steps(revision, _add_grounds, _add_kinds, _check_kinds)


def _add_grounds() -> None:
    op.add_column(
        "page_versions",
        sa.Column("grounds", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'")),
    )


def _add_kinds() -> None:
    op.add_column(
        "claims",
        sa.Column("kind", sa.Text(), nullable=False, server_default=sa.text("'statement'")),
    )
    op.add_column("claims", sa.Column("conflict", sa.Integer(), nullable=True))
    for name, condition in (
        ("kind", "kind IN ('statement', 'step')"),
        ("conflict", "conflict >= 1"),
    ):
        op.create_check_constraint(
            op.f(f"ck_claims_{name}"), "claims", condition, postgresql_not_valid=True
        )


def _check_kinds() -> None:
    validate("claims", "ck_claims_kind")
    validate("claims", "ck_claims_conflict")


def downgrade() -> None:
    """Drop the columns; steps of signal chains become statements under their chain's name."""
    op.drop_constraint(op.f("ck_claims_conflict"), "claims")
    op.drop_constraint(op.f("ck_claims_kind"), "claims")
    op.drop_column("claims", "conflict")
    op.drop_column("claims", "kind")
    op.drop_column("page_versions", "grounds")
