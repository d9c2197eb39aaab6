"""Figure R10: how long anybody waits for a lock while the schema goes through all its revisions.

A database of a large library is made as the first release left it. Under the load of a daemon and
of backups, `footnoted migrate` takes it from each revision to the next, with the rows that each
release writes. At last two migrations of the tests' own drop a column and carry over what it said,
because no real one does. Counted are the longest wait for a lock of any statement of the load, and
the longest of the migration itself. `r10_previous_release.py` has the other half of the figure.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stand import ROOT, finish, report, temporary_folder
from traffic import Traffic, Waits

from footnoted.db import embedded, migrate
from footnoted.db.engine import connect, make_engine

if TYPE_CHECKING:
    from pathlib import Path

TIME_LIMIT_S = 1_800
GOAL_S = 1.0
FIRST_ID = 1_001
VIDEOS, CALLS, CLAIMS, PER_VIDEO = 20_000, 200_000, 100_000, 5
ROWS = ROOT / "tests" / "fixtures" / "revisions"
OWN = ROOT / "tests" / "fixtures" / "migrations"
REJECT = "UPDATE technique_moments SET review = 'rejected' WHERE position % 2 = 1"
_SETTLE_S = 1.0

# Everything that a migration so far looks at row by row, as many rows as years would make.
LIBRARY = f"""
SET synchronous_commit = off;
SELECT setval(pg_get_serial_sequence(t, 'id'), {FIRST_ID})
  FROM unnest(ARRAY['media_files', 'llm_calls', 'events']) t;
CREATE TEMP TABLE n AS SELECT generate_series({FIRST_ID}, {FIRST_ID + VIDEOS - 1}) AS id;
INSERT INTO media (id, identity, creator_id, source_id, title)
  SELECT id, 'bench:' || id, 1, 1 + id % 3, 'Recording ' || id FROM n;
INSERT INTO media_files (media_id, path, role, origin, sha256, size_bytes, modified_ns)
  SELECT id, '/bench/' || id, CASE WHEN id % 4 = 0 THEN 'media' ELSE 'transcript' END,
    CASE WHEN id % 4 > 0 THEN 'human' END, 's' || id, 1, 1 FROM n;
INSERT INTO transcripts (id, media_id, version, origin, format, file_sha256, text_sha256,
    word_count, cue_count, is_timed, cues, quality)
  SELECT id, id, 1, 'human', 'srt', 's' || id, 't' || id, 1, 1, true, '[[0, 1, "word"]]', '{{}}'
  FROM n WHERE id % 4 > 0;
INSERT INTO videos (id, media_id, profile, creator_id, source_id, transcript_id, status)
  SELECT id, id, 'techniques', 1, 1 + id % 3, CASE WHEN id % 4 > 0 THEN id END,
    CASE WHEN id % 4 > 0 THEN 'indexed' ELSE 'discovered' END FROM n;
INSERT INTO work_orders (item_kind, item_id, stage, given_sha256, parts, output_sha256, closed_at)
  SELECT 'video', id, s, md5(id::text), jsonb_build_object('stage', s, 'version', '1',
    'prompt', md5(s), 'model', 'extractive'), md5(s || id), now()
  FROM n, unnest(ARRAY['segment', 'extract', 'classify', 'compose', 'judge']) s;
INSERT INTO evidence (id, transcript_id, video_id, quote, cited_first_cue, cited_last_cue, match,
    score, first_cue, last_cue)
  SELECT gen_random_uuid(), id, id, repeat('a quote ', 10), 0, 0, 'exact', 1, 0, 0
  FROM n, generate_series(1, {PER_VIDEO}) WHERE id % 4 > 0;
INSERT INTO technique_moments (id, video_id, evidence_id, position, topic_position, title,
    summary, content_type)
  SELECT gen_random_uuid(), video_id, id, video_id % 7, 0, 'A title', 'A summary', 'technique'
  FROM evidence;
INSERT INTO llm_calls (request_sha256, item_kind, item_id, stage, label, model, prompt_sha256,
    state, usable, reserved_usd, cost_usd, usage, answer, answered_at)
  SELECT md5(c::text), 'video', {FIRST_ID} + c % {VIDEOS}, 'extract', 'topic ' || c, 'extractive',
    'p', 'answered', true, 0, 0, '{{}}', repeat(md5(c::text), 20), now()
  FROM generate_series(1, {CALLS}) c;
INSERT INTO claims (id, page_version_id, position, heading, text)
  SELECT gen_random_uuid(), '00000000-0000-0000-0005-000000000001', {FIRST_ID} + c, 'A heading',
    repeat('What was said. ', 8) FROM generate_series(1, {CLAIMS}) c;
INSERT INTO events (item_kind, item_id, name)
  SELECT 'video', id, 'stage.advanced' FROM n, generate_series(1, {PER_VIDEO});
ANALYZE;
"""  # noqa: S608 - only our own numbers stand in it


@dataclass(frozen=True)
class Database:
    """A database of its own, and the program that migrates it."""

    url: str
    folder: Path
    release: Path

    async def write(self, statements: str) -> None:
        """Carry out statements."""
        connection = await connect(self.url, application_name="bench")
        try:
            await connection.execute(statements)
        finally:
            await connection.close()

    async def migrate(self, revision: str) -> None:
        """Run `footnoted migrate` as somebody beside the daemon does."""
        kept = {name: value for name, value in os.environ.items() if "FOOTNOTED_" not in name}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "footnoted", "migrate", "--to", revision, "--json"),
            stdout=asyncio.subprocess.PIPE,
            env={
                **kept,
                "PYTHONPATH": str(self.release / "src"),
                "FOOTNOTED_DATABASE_URL": self.url,
                "FOOTNOTED_DATA_DIR": str(self.folder / "program"),
            },
        )
        told, _ = await process.communicate()
        assert process.returncode == 0, (revision, process.returncode)
        assert json.loads(told)["after"] == revision, told


async def make_library(database: Database, revision: str) -> None:
    """Fill a database as the first release left it."""
    engine = make_engine(database.url, application_name="bench")
    await migrate.upgrade(engine, revision)
    await engine.dispose()
    await database.write((ROWS / f"{revision}.sql").read_text(encoding="utf-8"))
    await database.write(LIBRARY)


async def go_through(database: Database) -> dict[str, Waits]:
    """Return what was waited for on the way to each revision."""
    first, *others = migrate.known_revisions()
    await make_library(database, first)
    seen: dict[str, Waits] = {}
    traffic = Traffic(database.url, range(FIRST_ID, FIRST_ID + VIDEOS))
    async with traffic.running():
        await asyncio.sleep(_SETTLE_S)
        traffic.begin_anew()
        for revision in others:
            await database.migrate(revision)
            seen[revision] = traffic.begin_anew()
            await database.write((ROWS / f"{revision}.sql").read_text(encoding="utf-8"))
        await database.migrate("9001")
        await database.write(REJECT)
        traffic.begin_anew()
        await database.migrate("9002")
        seen["9002"] = traffic.begin_anew()
    return seen


def lay_out_release(folder: Path) -> Path:
    """Return a copy of this release that has the migrations of the tests' own as well."""
    release = folder / "release"
    for name in ("src", "migrations"):
        shutil.copytree(ROOT / name, release / name)
    for path in OWN.glob("*.py"):
        source = path.read_text(encoding="utf-8").replace("HEAD", migrate.needed_revision())
        (release / "migrations" / "versions" / path.name).write_text(source, encoding="utf-8")
    return release


def tell(seen: dict[str, Waits]) -> bool:
    """Print the figure, each revision on stderr, and return whether it holds."""
    for revision, waits in seen.items():
        print(revision, waits, file=sys.stderr)
    load, own = (
        max(seen.items(), key=lambda pair: pair[1].load_s),
        max(seen.items(), key=lambda pair: pair[1].migration_s),
    )
    errors = sorted(set(itertools.chain.from_iterable(waits.errors for waits in seen.values())))
    statements = sum(waits.statements for waits in seen.values())
    slowest_s = max(waits.statement_s for waits in seen.values())
    index_s = max(waits.index_s for waits in seen.values())
    note = f"to {load[0]}; {statements:,} statements, {CALLS:,} calls, slowest {slowest_s:.2f} s"
    own_note = f"to {own[0]}; for old transactions before an index is used {index_s:.2f} s"
    verdicts = (
        report(
            *("R10.load", f"{load[1].load_s:.3f}", "s_waited_for_a_lock", f"<={GOAL_S:g}"),
            holds=load[1].load_s <= GOAL_S,
            note=note,
        ),
        report(
            *("R10.migration", f"{own[1].migration_s:.3f}", "s_waited_for_a_lock", f"<={GOAL_S:g}"),
            holds=own[1].migration_s <= GOAL_S,
            note=own_note,
        ),
        report(
            "R10.errors", str(len(errors)), "kinds", "0", holds=not errors, note="; ".join(errors)
        ),
    )
    return all(verdicts)


async def main() -> bool:
    """Measure on a server of its own."""
    with temporary_folder() as folder:
        server = await asyncio.to_thread(embedded.start, folder / "data")
        try:
            return tell(await go_through(Database(server.url, folder, lay_out_release(folder))))
        finally:
            await asyncio.to_thread(embedded.stop, server)


finish(asyncio.run(main()))
