"""Proving a backup: restored into a database of its own beside the real one, verified, dropped.

What is proven is written beside the manifest, so that it goes where the backup goes.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy.engine import make_url

from footnoted.archive.backups import store
from footnoted.archive.backups.dump import BackupFailedError
from footnoted.archive.backups.files import write_text
from footnoted.archive.backups.making import backup_lock
from footnoted.archive.backups.manifest import PROOF, Proof
from footnoted.archive.backups.restoring import bring_up, check_files, load_into
from footnoted.db.engine import make_engine
from footnoted.db.migrate import SchemaState, needed_revision, refuse_newer
from footnoted.db.session import Database
from footnoted.errors import ConfigurationError
from footnoted.knowledge.verify import verify

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from sqlalchemy.ext.asyncio import AsyncEngine

    from footnoted.archive.backups.manifest import Backup
    from footnoted.db.storage import Storage
    from footnoted.knowledge.audit.store import MomentSource
    from footnoted.knowledge.verify import VerifyReport

PREFIX = "footnoted_restore_test_"
"""How the names of databases begin that a test made; those of tests that died are dropped."""


async def prove(storage: Storage, backup: Backup, moments: Sequence[MomentSource]) -> Proof:
    """Return whether a backup can be restored and everything in it resolves, and keep the answer.

    Raises LockHeldError while backups are changed, and the errors of a database that is away.
    """
    async with backup_lock(backup.folder.parent):
        try:
            await asyncio.to_thread(check_files, backup)
            report = await _restore_beside(storage, backup, moments)
            why = _first_fault(report)
            proof = _proof(storage, report.claims, report.evidence, why)
        except (BackupFailedError, ConfigurationError) as error:
            proof = _proof(storage, 0, 0, error.message)
        text = proof.model_dump_json(indent=2) + "\n"
        await asyncio.to_thread(write_text, backup.folder / PROOF, text)
    return proof


async def can_prove(storage: Storage) -> bool:
    """Return whether our role may make the database that a test restores into."""
    async with storage.database.transaction() as session:
        return await store.may_create_databases(session)


def _proof(storage: Storage, claims: int, evidence: int, why: str | None) -> Proof:
    now = storage.clock.now()
    return Proof(tested_at=now, claims=claims, evidence=evidence, why_not=why)


def _first_fault(report: VerifyReport) -> str | None:
    if report.holds:
        return None
    first = report.offenders[0]
    return f"{len(report.offenders)} finding(s), the first: {first.what} {first.id}: {first.why}"


async def _restore_beside(
    storage: Storage, backup: Backup, moments: Sequence[MomentSource]
) -> VerifyReport:
    refuse_newer(SchemaState(backup.manifest.revision, needed_revision()))
    async with _database_beside(storage) as (url, engine):
        database = Database(engine)
        await load_into(url, database, backup)
        await bring_up(engine, backup)
        return await verify(database, moments)


@asynccontextmanager
async def _database_beside(storage: Storage) -> AsyncGenerator[tuple[str, AsyncEngine]]:
    """Yield the address of a new, empty database on the same server; it is dropped at the end."""
    name = f"{PREFIX}{uuid4().hex[:12]}"
    async with storage.database.statements() as session:
        await store.drop_databases(session, PREFIX)
        await store.create_database(session, name)
    url = make_url(storage.url).set(database=name).render_as_string(hide_password=False)
    engine = make_engine(url, application_name="footnoted restore test", pool_size=1)
    try:
        yield url, engine
    finally:
        await engine.dispose()
        async with storage.database.statements() as session:
            await store.drop_databases(session, name)
