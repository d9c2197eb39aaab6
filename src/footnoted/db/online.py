"""What migrations use to change tables that others read and write meanwhile.

A step that adds or drops something takes its tables for itself for milliseconds, and does nothing
else. What looks at every row (filling a column, checking a constraint, building an index) is a
step of its own, under locks that stop neither readers nor writers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import op
from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_BLOCKS_PER_BATCH = 100
_MOST_WALKS = 10
_INDEX_WAIT_S = 300
_PROGRESS = "SELECT obj_description('alembic_version'::regclass, 'pg_class')"
_IS_LEFT_OVER = """
    SELECT EXISTS (
        SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(:name) AND NOT indisvalid
    )
"""


def in_steps(revision: str, *steps: Callable[[], None]) -> None:
    """Carry out each step of an upgrade in its own transaction, the last with the revision.

    After an interruption the steps that were committed are not done again: which those are stands
    in the comment on alembic's table. The schema between two steps must suit the old release too.
    """
    done = _steps_done(revision)
    for number, step in enumerate(steps, 1):
        if number <= done:
            continue
        step()
        is_last = number == len(steps)
        progress = "NULL" if is_last else f"'{revision} {number}'"
        op.execute(f"COMMENT ON TABLE alembic_version IS {progress}")
        if not is_last:
            with op.get_context().autocommit_block():  # commits what came before
                pass


def _steps_done(revision: str) -> int:
    noted, _, steps = (op.get_bind().scalar(text(_PROGRESS)) or "").partition(" ")
    return int(steps) if noted == revision else 0


def in_batches(table: str, statement: str) -> None:
    """Repeat a statement over the rows of `table` in short transactions, until it changes none.

    The statement names its part of the table as `ctid >= CAST(:first AS tid) AND ctid < CAST(:last
    AS tid)`, and changes or adds no row twice.
    """
    with op.get_context().autocommit_block():
        for _ in range(_MOST_WALKS):  # a row that was changed meanwhile may lie behind us by now
            if _walk(table, statement) == 0:
                return


def _walk(table: str, statement: str) -> int:
    connection = op.get_bind()
    size = "SELECT pg_relation_size(:table) / current_setting('block_size')::int"
    blocks = connection.scalar(text(size), {"table": table}) or 0
    changed = 0
    for first in range(0, blocks, _BLOCKS_PER_BATCH):
        part = {"first": (first, 0), "last": (first + _BLOCKS_PER_BATCH, 0)}
        changed += connection.execute(text(statement), part).rowcount
    return changed


def validate(table: str, constraint: str) -> None:
    """Check the rows that were there before a constraint that was added NOT VALID."""
    op.execute(f'ALTER TABLE "{table}" VALIDATE CONSTRAINT "{constraint}"')


def build_index(name: str, table: str, columns: Sequence[str], *, where: str | None = None) -> None:
    """Build an index while rows are written; what an interrupted build left is built anew.

    PostgreSQL waits for the transactions that are under way, and nobody waits for it meanwhile.
    """
    with op.get_context().autocommit_block():
        usual_wait = op.get_bind().scalar(text("SHOW lock_timeout"))
        op.execute(f"SET lock_timeout = '{_INDEX_WAIT_S}s'")
        try:
            if op.get_bind().scalar(text(_IS_LEFT_OVER), {"name": name}):
                op.execute(f'DROP INDEX CONCURRENTLY "{name}"')
            op.create_index(
                name,
                table,
                list(columns),
                if_not_exists=True,
                postgresql_concurrently=True,
                postgresql_where=None if where is None else text(where),
            )
        finally:
            op.execute(f"SET lock_timeout = '{usual_wait}'")
