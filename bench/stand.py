"""What the benches of the machine stand on: an embedded PostgreSQL of their own, fsync on."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from footnoted.db import embedded, migrate  # noqa: E402 - found through the path above
from footnoted.db.engine import make_engine  # noqa: E402 - the same
from footnoted.db.session import Database  # noqa: E402 - the same

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from sqlalchemy.ext.asyncio import AsyncEngine


@dataclass(frozen=True)
class Stand:
    """A migrated database in a data directory that goes away with the bench."""

    folder: Path
    url: str
    engine: AsyncEngine
    database: Database


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Yield a short path the server's account may pass through, removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="fnb-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def open_stand(pool_size: int = 15) -> AsyncIterator[Stand]:
    """Yield a fresh database with the newest schema, on real durability settings."""
    with temporary_folder() as folder:
        server = await asyncio.to_thread(embedded.start, folder / "data")
        engine = make_engine(server.url, application_name="bench", pool_size=pool_size)
        try:
            await migrate.upgrade(engine)
            yield Stand(folder, server.url, engine, Database(engine))
        finally:
            await engine.dispose()
            await asyncio.to_thread(embedded.stop, server)


def report(figure: str, value: str, unit: str, goal: str, *, holds: bool, note: str = "") -> bool:
    """Print the line of one figure and return whether it holds."""
    print(figure, value, unit, goal, "PASS" if holds else "FAIL", note, flush=True)
    return holds


def finish(*verdicts: bool) -> None:
    """End the bench with 1 when any figure failed."""
    sys.exit(0 if all(verdicts) else 1)
