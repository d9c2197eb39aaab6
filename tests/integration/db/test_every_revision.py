"""What every revision holds outlives the way to the next, and the way back says what it drops.

`tests/fixtures/revisions/NNNN.sql` is what a release at that revision writes that the ones before
could not. One database is led through all of them and looked at on the way; the tests compare.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from footnoted.db.engine import connect, make_engine
from footnoted.db.migrate import downgrade, known_revisions, upgrade
from tests.integration.conftest import named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import asyncpg

    from footnoted.db.embedded import EmbeddedServer

Row = dict[str, Any]
Look = dict[str, dict[str, Row]]
"""The rows of each table by primary key, as JSON."""

REVISIONS = known_revisions()
STEPS = list(itertools.pairwise(REVISIONS))

_TABLES = """
    SELECT c.relname AS name,
      (SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_attribute a
       JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY(i.indkey)
       WHERE a.attrelid = c.oid) AS key
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
      AND c.relname <> 'alembic_version'
    ORDER BY c.relname
"""


@dataclass(frozen=True)
class Expected:
    """What an upgrade does to rows that are there, beyond giving new columns NULL.

    `filled` are values of new columns, `added` counts rows that appear, `lost` those that the
    downgrade takes from tables that stay.
    """

    filled: dict[str, Callable[[Row], Any]] = field(default_factory=dict)
    added: dict[str, int] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)


def _saved_by(row: Row) -> Row | None:
    """Return who made a finished output, of which the journal knows no call."""
    is_finished = row["closed_at"] is not None
    return {"parts": row["parts"], "models": [], "program": ""} if is_finished else None


EXPECTED = {
    "0003": Expected(filled={"alerts.opening": lambda _row: 1}),
    "0004": Expected(
        filled={"sources.options": lambda _row: {}, "sources.poll_state": lambda _row: {}},
        added={"transcriptions": 1},  # a recording that had no words, and now is heard
    ),
    "0007": Expected(added={"work_orders": 3}, lost={"work_orders": 4}),
    "0011": Expected(lost={"budgets": 1, "budget_holds": 1}),  # those of scope `plan`
    "0013": Expected(
        filled={"page_versions.grounds": lambda _row: {}, "claims.kind": lambda _row: "statement"}
    ),
    "0017": Expected(filled={"work_orders.saved_sha256": lambda row: row["output_sha256"]}),
    "0018": Expected(added={"source_items": 3}, lost={"source_items": 4}),  # those of folders
    "0019": Expected(filled={"work_orders.saved_by": _saved_by}),
    "0021": Expected(
        filled={"runs.pruned_events": lambda _row: 0, "runs.pruned_replayed": lambda _row: 0}
    ),
}


_COLUMNS = """
    SELECT c.relname || '.' || a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
      a.attnotnull AS is_required,
      a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AS must_be_given
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
      AND NOT a.attisdropped
"""
_RULES = """
    SELECT c.relname || '.' || r.conname AS name, pg_get_constraintdef(r.oid) AS definition,
      array(SELECT c.relname || '.' || attname FROM pg_attribute
            WHERE attrelid = c.oid AND attnum = ANY(r.conkey)) AS columns
    FROM pg_constraint r JOIN pg_class c ON c.oid = r.conrelid
    WHERE c.relnamespace = 'public'::regnamespace AND r.contype <> 'n'
    UNION ALL
    SELECT c.relname || '.' || n.relname, pg_get_indexdef(n.oid),
      array(SELECT c.relname || '.' || attname FROM pg_attribute
            WHERE attrelid = c.oid AND attnum = ANY(i.indkey))
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class n ON n.oid = i.indexrelid
    WHERE c.relnamespace = 'public'::regnamespace AND i.indisunique
"""


@dataclass(frozen=True)
class Schema:
    """What must hold of what is written: columns and rules (constraints, unique indexes)."""

    columns: dict[str, Row]
    rules: dict[str, Row]


@dataclass(frozen=True)
class Passage:
    """How the database looked around one revision."""

    schemas: tuple[Schema, Schema]
    """The schema before and after."""
    before: Look
    """At the revision before, with what the releases so far wrote."""
    after: Look
    """Right after the upgrade."""
    used: Look
    """With what this release wrote, too."""
    back: Look
    """After a downgrade to the revision before."""
    again: Look
    """After the same upgrade once more."""


async def look(url: str) -> Look:
    """Return all rows."""
    connection = await connect(url, application_name="test")
    try:
        return {
            table["name"]: await _rows(connection, table["name"], table["key"])
            for table in await connection.fetch(_TABLES)
        }
    finally:
        await connection.close()


async def schema_of(url: str) -> Schema:
    """Return the columns and rules of all tables."""
    connection = await connect(url, application_name="test")
    try:
        columns, rules = [await connection.fetch(query) for query in (_COLUMNS, _RULES)]
    finally:
        await connection.close()
    return Schema(
        {row["name"]: dict(row) for row in columns}, {row["name"]: dict(row) for row in rules}
    )


async def _rows(connection: asyncpg.Connection, table: str, key: list[str]) -> dict[str, Row]:
    found = await connection.fetch(f'SELECT to_jsonb(t)::text FROM "{table}" t')  # noqa: S608 - ours
    rows = [json.loads(row[0]) for row in found]
    return {json.dumps([row[column] for column in key]): row for row in rows}


async def lead_through(url: str, folder: Path) -> dict[str, Passage]:
    """Return how the database looked at each revision but the first."""
    engine = make_engine(url, application_name="test")
    await upgrade(engine, REVISIONS[0])
    await _write(url, folder, REVISIONS[0])
    passages: dict[str, Passage] = {}
    for earlier, revision in STEPS:
        before, old = await look(url), await schema_of(url)
        await upgrade(engine, revision)
        after, new = await look(url), await schema_of(url)
        await _write(url, folder, revision)
        used = await look(url)
        await downgrade(engine, earlier)
        back = await look(url)
        await upgrade(engine, revision)
        again = await look(url)
        passages[revision] = Passage((old, new), before, after, used, back, again)
        await _write(url, folder, revision)  # what the downgrade dropped
    await engine.dispose()
    return passages


async def _write(url: str, folder: Path, revision: str) -> None:
    connection = await connect(url, application_name="test")
    try:
        await connection.execute((folder / f"{revision}.sql").read_text(encoding="utf-8"))
    finally:
        await connection.close()


@pytest.fixture(scope="module")
def passages(embedded_server: EmbeddedServer, project_root: Path) -> dict[str, Passage]:
    """Return how a database looked that was led through all revisions."""
    url = embedded_server.url
    folder = project_root / "tests" / "fixtures" / "revisions"
    assert sorted(path.stem for path in folder.glob("*.sql")) == REVISIONS, (
        "what each release wrote"
    )

    async def run() -> dict[str, Passage]:
        connection = await connect(url, application_name="test")
        await connection.execute("CREATE DATABASE revisions TEMPLATE template1")
        try:
            return await lead_through(named(url, "revisions"), folder)
        finally:
            await connection.execute("DROP DATABASE revisions WITH (FORCE)")
            await connection.close()

    return asyncio.run(run())


def kept(rows: dict[str, Row], like: dict[str, Row]) -> dict[str, Row]:
    """Return those of `rows` that are in `like`, with the columns that rows have there."""
    columns = {column for row in like.values() for column in row}
    return {
        key: {name: value for name, value in row.items() if name in columns}
        for key, row in rows.items()
        if key in like
    }


@pytest.mark.parametrize("revision", REVISIONS[1:])
def test_an_upgrade_keeps_every_row_and_value(passages: dict[str, Passage], revision: str) -> None:
    """Nothing that a release before wrote is gone or says something else."""
    passage = passages[revision]
    found = {table: kept(passage.after[table], rows) for table, rows in passage.before.items()}
    assert found == passage.before


@pytest.mark.parametrize("revision", REVISIONS[1:])
def test_an_upgrade_fills_new_columns_and_adds_rows_as_it_says(
    passages: dict[str, Passage], revision: str
) -> None:
    """Old rows have NULL in a new column, or what stands in EXPECTED."""
    passage, expected = passages[revision], EXPECTED.get(revision, Expected())
    filled: dict[str, Any] = {}
    wanted: dict[str, Any] = {}
    for table, rows in passage.before.items():
        for key, old in rows.items():
            new = passage.after[table][key]
            for column in new.keys() - old.keys():
                name = f"{table}.{column}"
                filled[f"{name} {key}"] = new[column]
                wanted[f"{name} {key}"] = expected.filled.get(name, lambda _row: None)(old)
    assert filled == wanted
    grown = {
        name: len(rows) - len(passage.before.get(name, {})) for name, rows in passage.after.items()
    }
    assert {name: rows for name, rows in grown.items() if rows} == expected.added


@pytest.mark.parametrize("revision", REVISIONS[1:])
def test_a_downgrade_drops_what_it_says_and_nothing_else(
    passages: dict[str, Passage], revision: str
) -> None:
    """Tables and columns of the release before are whole, with what this release wrote to them."""
    passage, expected = passages[revision], EXPECTED.get(revision, Expected())
    assert shape(passage.back) == shape(passage.before)
    lost = {
        table: len(passage.used[table]) - len(rows)
        for table, rows in passage.back.items()
        if len(passage.used[table]) != len(rows)
    }
    assert lost == expected.lost
    for table, rows in passage.back.items():
        assert rows == kept(passage.used[table], rows), table


@pytest.mark.parametrize("revision", REVISIONS[1:])
def test_the_way_forward_after_a_downgrade_is_the_same(
    passages: dict[str, Passage], revision: str
) -> None:
    """A step that was noted as done must be done again, and what was kept is kept."""
    passage = passages[revision]
    assert shape(passage.again) == shape(passage.after)
    found = {table: kept(passage.again[table], rows) for table, rows in passage.back.items()}
    assert found == passage.back


def shape(seen: Look) -> dict[str, set[str]]:
    """Return the columns of each table that has rows, and the names of all tables."""
    return {table: set(next(iter(rows.values()), {})) for table, rows in seen.items()}


@pytest.mark.parametrize("revision", REVISIONS[1:])
def test_the_release_before_can_go_on_writing(passages: dict[str, Passage], revision: str) -> None:
    """What it writes fits: no column of its is gone, none that it leaves out is asked for.

    Where its daemon runs while `footnoted migrate` is at work, its statements must not fail. What
    the release before uses is dropped or narrowed one release later, when nobody uses it.
    """
    assert list(narrowings(*passages[revision].schemas)) == []


def test_a_narrower_schema_is_noticed() -> None:
    """Each way of breaking the release before is told apart from what only widens."""
    text = {"type": "text", "is_required": False, "must_be_given": False}
    needed = {"type": "text", "is_required": True, "must_be_given": True}
    check = {"definition": "CHECK (a = ANY (ARRAY['x', 'y']))", "columns": ["t.a"]}
    old = Schema({"t.a": text, "t.b": text, "t.c": text}, {"t.in": check})
    new = Schema(
        {"t.a": text, "t.b": text | {"type": "uuid"}, "t.d": needed, "u.a": needed},
        {
            "t.in": check | {"definition": "CHECK (a = ANY (ARRAY['x']))"},
            "t.one": {"definition": "UNIQUE (a)", "columns": ["t.a"]},
            "t.new": {"definition": "CHECK (d > 0)", "columns": ["t.d", "t.a"]},
        },
    )
    assert list(narrowings(old, new)) == ["t.b", "t.c", "t.d", "t.in", "t.one"]
    wider = check | {"definition": "CHECK (a = ANY (ARRAY['x', 'y', 'z']))"}
    assert list(narrowings(old, Schema(old.columns, {"t.in": wider}))) == []


def narrowings(old: Schema, new: Schema) -> Iterator[str]:
    """Yield the columns and rules of the new schema that the release before may break."""
    for name, column in old.columns.items():
        now = new.columns.get(name, {"type": None})
        if now["type"] != column["type"] or now["is_required"] > column["is_required"]:
            yield name
    tables = {name.partition(".")[0] for name in old.columns}
    for name, column in new.columns.items():
        is_new = name not in old.columns and name.partition(".")[0] in tables
        if is_new and column["must_be_given"]:
            yield name
    for name, rule in new.rules.items():
        before = old.rules.get(name)
        fits = before is not None and is_as_wide(before["definition"], rule["definition"])
        if not fits and rule["columns"] and set(rule["columns"]) <= old.columns.keys():
            yield name


_VALUE = re.compile(r"'([^']*)'(?:::\w+)?,? ?")


def is_as_wide(before: str, after: str) -> bool:
    """Return whether a rule is the same, but for a set of values that may have grown."""
    is_same_otherwise = _VALUE.sub("", before) == _VALUE.sub("", after)
    return is_same_otherwise and set(_VALUE.findall(before)) <= set(_VALUE.findall(after))
