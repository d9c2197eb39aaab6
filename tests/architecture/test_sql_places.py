"""SQL stands in stores and in the database folder, nowhere else; what is stored is read."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from sqlalchemy import Boolean

from footnoted.db.tables import metadata

if TYPE_CHECKING:
    from pathlib import Path

MARKS = {"select", "insert", "update", "delete", "text"}


def sources(project_root: Path) -> dict[str, str]:
    """Return the text of every module by its name."""
    root = project_root / "src" / "footnoted"
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*.py"))
    }


def builds_sql(text: str) -> bool:
    """Return whether a module imports a builder of statements from SQLAlchemy."""
    return any(
        isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("sqlalchemy")
        and MARKS & {alias.name for alias in node.names}
        for node in ast.walk(ast.parse(text))
    )


def test_sql_lives_in_stores_and_in_db(project_root: Path) -> None:
    """A statement elsewhere escapes those who look for it."""
    found = [
        name
        for name, text in sources(project_root).items()
        if builds_sql(text)
        and not name.endswith("/store.py")
        and not name.startswith("db/")
        and not name.endswith("/tables.py")
    ]
    assert found == []


def test_every_status_and_flag_column_is_read_by_a_query(project_root: Path) -> None:
    """A state that nothing reads is a state somebody will wait for in vain."""
    queries = "\n".join(
        text
        for name, text in sources(project_root).items()
        if not name.endswith("tables.py") and not name.startswith("db/tables/")
    )
    flags = [
        (table.name, column.name)
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Boolean)
        or column.name in {"status", "state", "match", "wait_reason", "retired_at", "missing_at"}
    ]
    unread = [
        f"{table}.{column}"
        for table, column in flags
        if not re.search(rf"\b{column}\b", queries) or not re.search(rf"\b{table}\b", queries)
    ]
    assert flags != []
    assert unread == []
