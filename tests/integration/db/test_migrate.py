"""The schema's versions: seen without alembic, reached with it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text

from footnoted.db.engine import make_engine
from footnoted.db.migrate import (
    known_revisions,
    needed_revision,
    require_current,
    schema_state,
    upgrade,
)
from footnoted.errors import ConfigurationError, MigrationsNeededError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncEngine


@pytest.fixture
def empty_url(new_database: Callable[[str], str]) -> str:
    """Return the URL of a database without a schema."""
    return new_database("template1")


@pytest.fixture
async def empty(empty_url: str) -> AsyncIterator[AsyncEngine]:
    """Return an engine on it."""
    engine = make_engine(empty_url, application_name="test")
    yield engine
    await engine.dispose()


async def set_revision(engine: AsyncEngine, revision: str) -> None:
    """Pretend that the schema is at a revision."""
    async with engine.begin() as connection:
        await connection.execute(
            text("UPDATE alembic_version SET version_num = :r"), {"r": revision}
        )


def test_the_names_of_the_files_say_what_alembic_says(project_root: Path) -> None:
    """The line of revisions is read from file names, so they must be the revisions."""
    config = Config()
    config.set_main_option("script_location", str(project_root / "migrations"))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    in_line = [script.revision for script in scripts.walk_revisions()][::-1]
    assert (known_revisions(), needed_revision()) == (in_line, scripts.get_current_head())


async def test_an_empty_database_is_migrated_once(empty: AsyncEngine) -> None:
    """The first call does it; the second finds nothing to do."""
    first, second = await upgrade(empty), await upgrade(empty)
    assert (first.current, second.current, second.is_current) == (None, needed_revision(), True)


async def test_an_old_schema_is_refused_in_one_sentence(empty: AsyncEngine) -> None:
    """Where nobody allowed the program to migrate."""
    with pytest.raises(MigrationsNeededError, match="the database schema is at nothing"):
        await require_current(empty)


async def test_a_newer_schema_is_refused(empty: AsyncEngine) -> None:
    """By an older release, which must not touch it."""
    await upgrade(empty)
    await set_revision(empty, "9999")
    with pytest.raises(ConfigurationError, match="revision 9999"):
        await upgrade(empty)
    assert (await schema_state(empty)).current == "9999"


def test_a_start_imports_neither_alembic_nor_numpy(project_root: Path) -> None:
    """Each costs a sixth of the time to the first claim, and an idle daemon needs neither."""
    question = (
        "import sys, footnoted.daemon, footnoted.api.server, footnoted.llm.extractive,"
        " footnoted.profiles.techniques.profile;"
        "print(sorted({'alembic', 'numpy', 'httpx'} & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", question],
        cwd=project_root / "src",
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == "[]"
