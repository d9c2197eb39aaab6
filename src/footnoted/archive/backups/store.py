"""The SQL of backups: one snapshot for all that is saved, and a place to restore it into."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

_TABLES = text("""
  SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY c.relname
""")

_ROUTINES = text("""
  SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname = 'public' AND p.prokind = 'f' AND NOT EXISTS (
    SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  ORDER BY 1
""")

REVISIONS = "alembic_version"


class NamedFile(NamedTuple):
    """A file that the database names: its stored path, and what it was when it was last seen."""

    path: str
    size_bytes: int
    modified_ns: int
    sha256: str


class ServerFacts(NamedTuple):
    """What a server says of itself and of the database."""

    version: str
    major: int
    size_bytes: int


async def begin_snapshot(session: AsyncConnection) -> str:
    """Let the transaction see one moment to its end; return by what name others see it too."""
    await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
    return str(await session.scalar(text("SELECT pg_export_snapshot()")))


async def read_server(session: AsyncConnection) -> ServerFacts:
    """Return what the server is."""
    row = await session.execute(
        text("""SELECT current_setting('server_version'),
                  current_setting('server_version_num')::int / 10000,
                  pg_database_size(current_database())""")
    )
    return ServerFacts(*row.one())


async def table_names(session: AsyncConnection) -> list[str]:
    """Return the tables that there are, in alphabetical order; migrations' own one too."""
    return list((await session.scalars(_TABLES)).all())


async def count_rows(session: AsyncConnection) -> dict[str, int]:
    """Return how many rows each table has, but for migrations' own one."""
    counts: dict[str, int] = {}
    for name in await table_names(session):
        if name != REVISIONS:
            counts[name] = await session.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0  # noqa: S608 - a name the server gave
    return counts


async def read_revision(session: AsyncConnection) -> str:
    """Return the revision of the schema."""
    return str(await session.scalar(text(f"SELECT version_num FROM {REVISIONS}")))  # noqa: S608 - a constant


async def named_files(session: AsyncConnection, prefix: str) -> list[NamedFile]:
    """Return the files below `prefix` (a stored path, ending in a slash) that should be there."""
    rows = await session.execute(
        text("""SELECT path, size_bytes, modified_ns, sha256 FROM media_files
                WHERE missing_at IS NULL AND starts_with(path, :prefix) ORDER BY path"""),
        {"prefix": prefix},
    )
    return [NamedFile(*row) for row in rows]


async def count_outside(session: AsyncConnection, prefix: str) -> int:
    """Return how many files are named elsewhere."""
    counted = text("""SELECT count(*) FROM media_files
                      WHERE missing_at IS NULL AND NOT starts_with(path, :prefix)""")
    return await session.scalar(counted, {"prefix": prefix}) or 0


async def move_paths(session: AsyncConnection, old: str, new: str) -> int:
    """Name the files below `old` below `new` (both ending in a slash); return how many."""
    moved = await session.execute(
        text("""UPDATE media_files SET path = :new || substr(path, length(:old) + 1)
                WHERE starts_with(path, :old)"""),
        {"old": old, "new": new},
    )
    return moved.rowcount


async def drop_schema(session: AsyncConnection) -> None:
    """Drop every table and function; the caller knows that they are ours and hold nothing."""
    for name in await table_names(session):
        await session.execute(text(f'DROP TABLE IF EXISTS "{name}" CASCADE'))
    for routine in (await session.scalars(_ROUTINES)).all():
        await session.execute(text(f"DROP FUNCTION IF EXISTS {routine} CASCADE"))


async def refresh_statistics(session: AsyncConnection) -> None:
    """Tell the planner what a restored database holds."""
    await session.execute(text("ANALYZE"))


async def may_create_databases(session: AsyncConnection) -> bool:
    """Return whether our role may make databases on the server."""
    may: bool = await session.scalar(
        text("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
    )
    return may


async def create_database(session: AsyncConnection, name: str) -> None:
    """Make an empty database; needs a connection on which each statement stands alone."""
    await session.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0'))


async def drop_databases(session: AsyncConnection, prefix: str) -> int:
    """Drop the databases whose names begin with `prefix`; return how many there were."""
    found = await session.scalars(
        text("SELECT datname FROM pg_database WHERE starts_with(datname, :prefix) ORDER BY 1"),
        {"prefix": prefix},
    )
    names = list(found.all())
    for name in names:
        await session.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    return len(names)


async def first_content_at(session: AsyncConnection) -> datetime | None:
    """Return when the first recording came; None while there is nothing to lose."""
    first: datetime | None = await session.scalar(text("SELECT min(created_at) FROM media"))
    return first


async def forget_indexes(session: AsyncConnection) -> None:
    """Note that no index of a spec is whole but the one that serves, which is built next."""
    await session.execute(
        text("UPDATE embedding_specs SET filled_at = NULL WHERE state <> 'serving'")
    )
