"""Remember the names that creators had, so that files which still say them mean the same."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add the table; nobody was renamed before."""
    op.create_table(
        "creator_aliases",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("creator_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"],
            ["creators.id"],
            name=op.f("fk_creator_aliases_creator_id_creators"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_creator_aliases")),
        sa.UniqueConstraint("slug", name=op.f("uq_creator_aliases_slug")),
    )
    op.create_index(op.f("ix_creator_aliases_creator_id"), "creator_aliases", ["creator_id"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("creator_aliases")
