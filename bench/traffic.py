"""What a daemon does to its database, as statements that every revision of the schema knows.

Short transactions claim, journal, save, compose, poll and read; every table that has a row is
touched; and something like a backup holds all tables open for seconds at a time. A look at
PostgreSQL's table of locks, a hundred times a second, tells who waited for one, and how long.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from footnoted.db.engine import connect
from footnoted.db.schema_change import APPLICATION_NAME as MIGRATION

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    import asyncpg

WORKERS = 4
BACKUP_S, BETWEEN_BACKUPS_S = (1.5, 3.5), (0.2, 0.8)
_PAUSE_S = 0.01
_LOOK_EVERY_S = 0.01
_LOAD, _BACKUP, _WATCH = "traffic", "traffic backup", "traffic watch"

JOBS: dict[str, Sequence[str]] = {
    "claim": (
        """UPDATE videos SET fence = fence + 1, updated_at = now() WHERE id =
           (SELECT id FROM videos WHERE id > $1 AND lease_owner IS NULL ORDER BY id LIMIT 1
            FOR UPDATE SKIP LOCKED) RETURNING id, status, fence""",
    ),
    "journal": (
        """INSERT INTO llm_calls (request_sha256, item_kind, item_id, stage, label, model,
             prompt_sha256, state, reserved_usd)
           VALUES (gen_random_uuid()::text, 'video', $1, 'extract', 'a', 'm', 'p', 'sent', 0.01)""",
        """UPDATE llm_calls SET state = 'answered', usable = true, answer = '{}', cost_usd = 0.01
           WHERE id = (SELECT id FROM llm_calls WHERE id > $1 AND state = 'sent' ORDER BY id LIMIT 1
                       FOR UPDATE SKIP LOCKED)""",
    ),
    "save": (
        """INSERT INTO evidence (id, transcript_id, video_id, quote, cited_first_cue,
             cited_last_cue, match, score, first_cue, last_cue)
           SELECT gen_random_uuid(), transcript_id, id, 'a quote', 0, 0, 'exact', 1, 0, 0
           FROM videos WHERE id = $1 AND transcript_id IS NOT NULL""",
        """UPDATE work_orders SET closed_at = now() WHERE item_kind = 'video' AND item_id = $1
             AND stage = 'extract' AND closed_at IS NOT NULL""",
        "UPDATE technique_moments SET title = title WHERE video_id = $1",
        """INSERT INTO documents (id, kind, video_id, content_sha256, body)
           VALUES (gen_random_uuid(), 'window', $1, 'd', '{}')""",
        """INSERT INTO events (item_kind, item_id, name) VALUES ('video', $1, 'stage.advanced')""",
        "UPDATE videos SET fence = fence + 1 WHERE id = $1 RETURNING fence",
    ),
    "compose": (
        """UPDATE page_groups SET wanted = wanted + 1 WHERE id = 1 + $1 % 2 RETURNING wanted""",
        """UPDATE claims SET heading = heading WHERE position = $1 AND page_version_id =
           (SELECT id FROM page_versions ORDER BY version LIMIT 1)""",
        "UPDATE page_versions SET summary = summary WHERE version = 1 AND $1::bigint > 0",
    ),
    "poll": (
        "UPDATE sources SET polled_at = now() WHERE id = 1 + $1 % 3",
        "UPDATE media SET missing_at = NULL WHERE id = $1",
        "UPDATE media_files SET seen_at = now() WHERE media_id = $1",
        "UPDATE alerts SET last_at = now() WHERE id > $1",
    ),
    "read": (
        "SELECT status, count(*) FROM videos WHERE id BETWEEN $1 AND $1 + 500 GROUP BY status",
        """SELECT e.quote, m.title FROM evidence e JOIN videos v ON v.id = e.video_id
           JOIN media m ON m.id = v.media_id WHERE v.id = $1""",
        "SELECT count(*) FROM llm_calls WHERE item_kind = 'video' AND item_id = $1",
        "SELECT id, name FROM events WHERE item_kind = 'video' AND item_id = $1 ORDER BY id",
    ),
}
"""Transactions by name; `$1` is the id of a video, of which no two workers take the same."""

_TABLES = """
    SELECT c.relname AS name, min(a.attname::text) AS column
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = 1
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' GROUP BY c.relname
    ORDER BY c.relname
"""
_WAITS = """
    SELECT a.application_name AS who, l.locktype AS kind,
      extract(epoch FROM clock_timestamp() - l.waitstart)::float AS seconds
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE NOT l.granted AND l.waitstart IS NOT NULL
"""


@dataclass
class Waits:
    """The longest waits for a lock, in seconds, and what the load went through meanwhile."""

    load_s: float = 0.0
    migration_s: float = 0.0
    index_s: float = 0.0
    """For transactions under way to end, before an index is used: nobody waits for that."""
    statement_s: float = 0.0
    statements: int = 0
    errors: dict[str, int] = field(default_factory=lambda: defaultdict(int))


class Traffic:
    """Workers, a backup and a watch on one database, until `stop`."""

    def __init__(self, url: str, videos: range) -> None:
        """Work on these videos; nothing is connected yet."""
        self._url = url
        self._videos = videos
        self._stopped = False
        self.waits = Waits()

    def begin_anew(self) -> Waits:
        """Return what was seen so far, and count from zero."""
        seen, self.waits = self.waits, Waits()
        return seen

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the traffic up while the caller does something else."""
        async with asyncio.TaskGroup() as group:
            for number in range(WORKERS):
                group.create_task(self._work(number))
            group.create_task(self._touch())
            group.create_task(self._back_up())
            group.create_task(self._watch())
            try:
                yield
            finally:
                self._stopped = True

    async def _work(self, number: int) -> None:
        chooser = random.Random(number)
        own = self._videos[number::WORKERS]
        async with self._connected(_LOAD) as connection:
            while not self._stopped:
                job = JOBS[chooser.choice(list(JOBS))]
                await self._transact(connection, job, chooser.choice(own))
                await asyncio.sleep(_PAUSE_S)

    async def _transact(
        self, connection: asyncpg.Connection, job: Sequence[str], item: int
    ) -> None:
        try:
            async with connection.transaction():
                for statement in job:
                    await self._timed(connection, statement, item)
        except Exception as error:  # noqa: BLE001 - whatever a statement raises is counted
            self._note_error(error)

    async def _timed(self, connection: asyncpg.Connection, statement: str, *values: int) -> None:
        began_s = time.perf_counter()
        await connection.fetch(statement, *values)
        self.waits.statement_s = max(self.waits.statement_s, time.perf_counter() - began_s)
        self.waits.statements += 1

    async def _touch(self) -> None:
        """Write to each table that there is, one after the other, also those of later revisions."""
        async with self._connected(_LOAD) as connection:
            while not self._stopped:
                for table in await connection.fetch(_TABLES):
                    name, column = f'"{table["name"]}"', f'"{table["column"]}"'
                    touch = f"""UPDATE {name} SET {column} = {column} WHERE ctid =
                        (SELECT ctid FROM {name} LIMIT 1 FOR UPDATE SKIP LOCKED)"""  # noqa: S608
                    await self._transact_plain(connection, touch)
                    await asyncio.sleep(_PAUSE_S)

    async def _transact_plain(self, connection: asyncpg.Connection, statement: str) -> None:
        try:
            await self._timed(connection, statement)
        except Exception as error:  # noqa: BLE001 - the same
            self._note_error(error)

    async def _back_up(self) -> None:
        """Hold all tables open, as pg_dump does from its beginning to its end."""
        chooser = random.Random(WORKERS)
        async with self._connected(_BACKUP) as connection:
            while not self._stopped:
                async with connection.transaction(isolation="repeatable_read", readonly=True):
                    tables = await connection.fetch(_TABLES)
                    names = ", ".join(f'"{table["name"]}"' for table in tables)
                    await connection.execute(f"LOCK TABLE {names} IN ACCESS SHARE MODE")
                    await asyncio.sleep(chooser.uniform(*BACKUP_S))
                await asyncio.sleep(chooser.uniform(*BETWEEN_BACKUPS_S))

    async def _watch(self) -> None:
        async with self._connected(_WATCH) as connection:
            looking = await connection.prepare(_WAITS)
            while not self._stopped:
                for wait in await looking.fetch():
                    self._note(wait["who"], wait["kind"], wait["seconds"])
                await asyncio.sleep(_LOOK_EVERY_S)

    def _note_error(self, error: Exception) -> None:
        sentence, _, _ = str(error).partition("\n")
        self.waits.errors[f"{type(error).__name__}: {sentence}"] += 1

    def _note(self, who: str, kind: str, seconds: float) -> None:
        waits = self.waits
        if who != MIGRATION:
            waits.load_s = max(waits.load_s, seconds)
        elif kind == "virtualxid":
            waits.index_s = max(waits.index_s, seconds)
        else:
            waits.migration_s = max(waits.migration_s, seconds)

    @asynccontextmanager
    async def _connected(self, name: str) -> AsyncIterator[asyncpg.Connection]:
        connection = await connect(self._url, application_name=name)
        try:
            yield connection
        finally:
            await connection.close()
