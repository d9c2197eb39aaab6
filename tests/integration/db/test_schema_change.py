"""Migrations on a database that is in use: nobody waits behind them, and no step is done twice."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from footnoted.cli.migrate import go
from footnoted.db import migrate, schema_change
from footnoted.db.engine import connect, make_engine
from footnoted.db.locks import DaemonLock
from footnoted.db.migrate import downgrade, needed_revision, schema_state, upgrade
from footnoted.db.schema_change import SchemaChange, carry_out
from footnoted.errors import LockHeldError, UsageError
from footnoted.settings import bundled_dir, load_settings
from footnoted.telemetry import SCHEMA_WAITED

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    import asyncpg
    from sqlalchemy.ext.asyncio import AsyncEngine

HEAD = needed_revision()
OWN = Path(__file__).resolve().parents[2] / "fixtures" / "migrations"
PATIENT_S = 60.0

SPLIT = """
from alembic import op
from footnoted.db.online import in_steps

revision, down_revision = "9001", "HEAD"

def upgrade():
    in_steps(revision, add, divide)

def add():
    op.execute("ALTER TABLE technique_moments ADD COLUMN review text")

def divide():
    op.execute("SELECT 1 / wanted FROM page_groups")

def downgrade():
    op.execute("ALTER TABLE technique_moments DROP COLUMN review")
"""
# Its second step fails as long as a page group wants nothing.


@pytest.fixture
def empty_url(new_database: Callable[[str], str]) -> str:
    """Return the URL of a database without a schema."""
    return new_database("template1")


@pytest.fixture
async def engine(empty_url: str) -> AsyncIterator[AsyncEngine]:
    """Return an engine on it."""
    made = make_engine(empty_url, application_name="test")
    yield made
    await made.dispose()


@pytest.fixture
def own_migrations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of versions in a copy of the migrations, which is used from now on."""
    shutil.copytree(bundled_dir("migrations"), tmp_path / "migrations")
    for module in (migrate, schema_change):
        monkeypatch.setattr(module, "bundled_dir", lambda name: tmp_path / name)
    return tmp_path / "migrations" / "versions"


def url_of(engine: AsyncEngine) -> str:
    """Return the URL that an engine was made with."""
    return engine.url.render_as_string(hide_password=False)


@asynccontextmanager
async def connected(engine: AsyncEngine, name: str = "test") -> AsyncIterator[asyncpg.Connection]:
    """Yield a connection of one's own."""
    connection = await connect(url_of(engine), application_name=name)
    try:
        yield connection
    finally:
        await connection.close()


async def write(engine: AsyncEngine, folder: Path, *revisions: str) -> None:
    """Write what releases at these revisions wrote."""
    async with connected(engine) as connection:
        for revision in revisions:
            await connection.execute((folder / f"{revision}.sql").read_text(encoding="utf-8"))


@pytest.fixture
def rows(project_root: Path) -> Path:
    """Return the folder of what each revision wrote."""
    return project_root / "tests" / "fixtures" / "revisions"


async def test_nobody_waits_behind_a_migration_that_waits(engine: AsyncEngine) -> None:
    """A long transaction has the table; who comes after the migration is served all the same."""
    await upgrade(engine, "0012")
    async with connected(engine, "a backup") as holder, connected(engine) as reader:
        with capture_logs() as logs:
            transaction = holder.transaction()
            await transaction.start()
            await holder.fetch("SELECT count(*) FROM claims")
            going = asyncio.create_task(upgrade(engine, "0013"))
            async with asyncio.timeout(PATIENT_S):
                while not logs:  # noqa: ASYNC110 - a log line sets no event
                    await asyncio.sleep(0.01)
                await reader.execute("UPDATE claims SET heading = heading")
            assert not going.done()
            await transaction.rollback()
            await going
    assert [log["event"] for log in logs] == [SCHEMA_WAITED]
    assert "a backup" in logs[0]["holders"][0]
    assert (await schema_state(engine)).current == "0013"


async def test_patience_ends_in_a_sentence_that_names_who_is_in_the_way(
    engine: AsyncEngine,
) -> None:
    """And nothing is half done."""
    await upgrade(engine, "0014")
    async with connected(engine, "a backup") as holder, holder.transaction():
        await holder.fetch("SELECT count(*) FROM media")
        with pytest.raises(LockHeldError, match=r"transactions use its tables: a backup \(process"):
            await carry_out(url_of(engine), SchemaChange("0015"), patience_s=0)
    assert (await schema_state(engine)).current == "0014"


async def test_a_step_that_was_committed_is_not_done_again(
    engine: AsyncEngine, own_migrations: Path, rows: Path
) -> None:
    """The column is there already when the migration that failed behind it is tried again."""
    await upgrade(engine, HEAD)
    await write(engine, rows, "0001")
    (own_migrations / "9001_split.py").write_text(SPLIT.replace("HEAD", HEAD), encoding="utf-8")
    async with connected(engine) as connection:
        await connection.execute("UPDATE page_groups SET wanted = 0, done = 0")
        with pytest.raises(Exception, match="division by zero"):
            await upgrade(engine)
        assert (await schema_state(engine)).current == HEAD
        with pytest.raises(UsageError, match="a migration was interrupted"):
            await downgrade(engine, "0016")
        await connection.execute("UPDATE page_groups SET wanted = 1")
        await upgrade(engine)
        assert (await schema_state(engine)).current == "9001"
    await downgrade(engine, HEAD)
    await upgrade(engine)
    assert (await schema_state(engine)).current == "9001", "and after a downgrade all are"


async def test_a_column_is_dropped_and_what_it_said_is_kept(
    engine: AsyncEngine, own_migrations: Path, rows: Path
) -> None:
    """No migration so far drops a column on the way up, so this one is the test's own."""
    for path in OWN.glob("*.py"):
        source = path.read_text(encoding="utf-8").replace("HEAD", HEAD)
        (own_migrations / path.name).write_text(source, encoding="utf-8")
    await upgrade(engine, "9001")
    await write(engine, rows, "0001")
    async with connected(engine) as connection:
        await connection.execute("""
            INSERT INTO technique_moments (id, video_id, evidence_id, position, topic_position,
              title, summary, content_type, review)
            SELECT gen_random_uuid(), 1, evidence_id, n, 0, 'Moment ' || n, '', 'technique',
              CASE WHEN n % 3 = 0 THEN 'rejected' ELSE 'pending' END
            FROM technique_moments, generate_series(1, 3000) n
        """)
        await upgrade(engine)
        retired = "SELECT count(*) FROM technique_moments WHERE retired_at IS NOT NULL"
        assert await connection.fetchval(retired) == 1000
        await downgrade(engine, "9001")
        found = await connection.fetch(
            "SELECT review, count(*) FROM technique_moments GROUP BY review ORDER BY review"
        )
    assert [tuple(row) for row in found] == [("pending", 2001), ("rejected", 1000)]


async def test_an_index_that_an_interrupted_build_left_is_built_anew(
    engine: AsyncEngine,
) -> None:
    """PostgreSQL keeps the useless half of a concurrent build under the index's name."""
    await upgrade(engine, "0001")
    name = "ix_llm_calls_open"
    async with connected(engine) as connection:
        await connection.execute(f"CREATE INDEX {name} ON llm_calls (id)")
        await connection.execute(
            f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{name}'::regclass"  # noqa: S608 - ours
        )
        await upgrade(engine, "0002")
        found = await connection.fetchval(f"SELECT pg_get_indexdef('{name}'::regclass)")
        valid = await connection.fetchval(
            f"SELECT indisvalid FROM pg_index WHERE indexrelid = '{name}'::regclass"  # noqa: S608 - the same
        )
    assert (valid, "(deadline_at) WHERE (state = 'sent'::text)" in found) == (True, True)


async def test_a_schema_goes_back_when_somebody_agrees_and_no_daemon_runs(
    engine: AsyncEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is lost is said before."""
    await upgrade(engine, "0016")
    url = url_of(engine)
    environment = {"FOOTNOTED_DATABASE_URL": url, "FOOTNOTED_DATA_DIR": str(tmp_path)}
    settings = load_settings(environment).settings
    with pytest.raises(UsageError, match="say --yes"):
        await go(settings, "0014", yes=False)
    assert "0016: Drop the table" in capsys.readouterr().err
    lock = DaemonLock(url)
    await lock.acquire()
    with pytest.raises(LockHeldError, match="stop it"):
        await go(settings, "0014", yes=True)
    await lock.release()
    assert (await schema_state(engine)).current == "0016"
    await go(settings, "0014", yes=True)
    assert (await schema_state(engine)).current == "0014"


async def test_an_unknown_revision_is_refused(engine: AsyncEngine) -> None:
    """In one sentence, before anything is looked at."""
    with pytest.raises(UsageError, match="there is no revision 0: they go from 0001"):
        await upgrade(engine, "0")
