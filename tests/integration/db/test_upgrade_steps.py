"""The steps to another major version of PostgreSQL, as docs/troubleshooting.md has them."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from typing import TYPE_CHECKING

from footnoted.db import embedded
from footnoted.db.engine import connect, make_engine
from footnoted.db.migrate import require_current, upgrade

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from footnoted.db.embedded import EmbeddedServer

_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _steps(project_root: Path, data_dir: Path) -> list[str]:
    page = (project_root / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    section = page.partition("### `postgresql_major`")[2].partition("\n### ")[0]
    return [block.replace("/var/lib/footnoted", str(data_dir)) for block in _BLOCK.findall(section)]


async def _fill(url: str) -> None:
    engine = make_engine(url, application_name="test")
    await upgrade(engine)
    await engine.dispose()
    connection = await connect(url, application_name="test")
    await connection.execute("INSERT INTO creators (slug, name) VALUES ('ada', 'Ada')")
    await connection.close()


async def _read(url: str) -> str | None:
    engine = make_engine(url, application_name="test")
    await require_current(engine)
    await engine.dispose()
    connection = await connect(url, application_name="test")
    name: str | None = await connection.fetchval("SELECT name FROM creators")
    await connection.close()
    return name


def test_the_steps_of_an_upgrade_carry_everything_over(
    project_root: Path,
    data_dir: Path,
    start: Callable[[], EmbeddedServer],
    tmp_path: Path,
) -> None:
    """Dumped by one program, loaded by another, with nothing but what the page says."""
    dump, load = _steps(project_root, data_dir)
    server = start()
    asyncio.run(_fill(server.url))
    embedded.stop(server)
    subprocess.run([sys.executable, "-c", dump], cwd=tmp_path, check=True)
    (data_dir / "postgres").rename(data_dir / "postgres.old")
    subprocess.run([sys.executable, "-c", load], cwd=tmp_path, check=True)
    assert asyncio.run(_read(start().url)) == "Ada"
