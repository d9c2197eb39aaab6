"""Remember what made the output that a stage saved last: what it is composed into can name it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from footnoted.db.online import in_batches, in_steps

revision = "0019"
down_revision = "0018"

FILL = """
  UPDATE work_orders o SET saved_by = jsonb_build_object(
    'parts', o.parts, 'program', '',
    'models', COALESCE((
      SELECT jsonb_agg(DISTINCT c.model) FROM llm_calls c
      WHERE c.item_kind = o.item_kind AND c.item_id = o.item_id AND c.stage = o.stage
        AND c.state = 'answered' AND c.usable
        AND c.model = ANY(string_to_array(o.parts->>'model', '>'))), '[]'))
  WHERE o.closed_at IS NOT NULL AND o.saved_by IS NULL
    AND o.ctid >= CAST(:first AS tid) AND o.ctid < CAST(:last AS tid)
"""


def upgrade() -> None:
    """Add the column; what is finished was made by what it says, and by whom the journal knows."""
    in_steps(revision, _add_column, _fill_column)


def _add_column() -> None:
    op.add_column("work_orders", sa.Column("saved_by", postgresql.JSONB(), nullable=True))


def _fill_column() -> None:
    in_batches("work_orders", FILL)


def downgrade() -> None:
    """Forget it again."""
    op.drop_column("work_orders", "saved_by")
