"""Tell what became of the recordings of followed folders, as of items on the net."""

from __future__ import annotations

from alembic import op

from footnoted.db.online import in_batches, in_steps

revision = "0018"
down_revision = "0017"

FILL = """
  INSERT INTO source_items (source_id, key, title, published_at, state, media_id, seen_at)
  SELECT m.source_id, 'file:' || f.path, m.title,
    COALESCE(m.published_at, to_timestamp(f.modified_ns / 1e9)), 'taken', m.id, m.created_at
  FROM media m JOIN sources s ON s.id = m.source_id AND s.kind = 'folder'
  CROSS JOIN LATERAL (
    SELECT path, modified_ns FROM media_files WHERE media_id = m.id AND role <> 'metadata'
    ORDER BY role = 'media', path LIMIT 1) f
  WHERE NOT EXISTS (
      SELECT 1 FROM source_items i WHERE i.source_id = m.source_id AND i.media_id = m.id)
    AND m.ctid >= CAST(:first AS tid) AND m.ctid < CAST(:last AS tid)
  ON CONFLICT (source_id, key) DO NOTHING
"""


def upgrade() -> None:
    """Write down what folders brought."""
    in_steps(revision, _fill)


def _fill() -> None:
    in_batches("media", FILL)


def downgrade() -> None:
    """Forget what became of files: those that filters or a backfill left are taken by a look."""
    op.execute("""
      DELETE FROM source_items i USING sources s WHERE s.id = i.source_id AND s.kind = 'folder'
    """)
