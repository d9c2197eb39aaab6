"""Checks of the backups: whether one is new enough, and whether it can be restored."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from footnoted.archive.backups import store
from footnoted.archive.backups.manifest import list_backups
from footnoted.archive.backups.proving import can_prove, prove
from footnoted.archive.backups.schedule import plan_of
from footnoted.catalogue import readers_of
from footnoted.doctor.check import CheckName, failure, ok, warning
from footnoted.errors import ConfigurationError, LockHeldError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from footnoted.archive.backups.manifest import Backup
    from footnoted.archive.backups.schedule import Plan
    from footnoted.db.storage import Storage
    from footnoted.doctor.check import Check

_PERIODS = 2
"""After so many periods without a backup, whatever should make them does not."""


async def check_backups(storage: Storage) -> Check:
    """Return whether there is a backup that is new enough and not known to be bad."""
    found = await asyncio.to_thread(list_backups, storage.settings.backups_dir)
    async with storage.database.transaction() as session:
        first_at = await store.first_content_at(session)
    return judge_backups(plan_of(storage.settings), found, first_at, storage.clock.now())


def judge_backups(
    plan: Plan, found: Sequence[Backup], first_at: datetime | None, now: datetime
) -> Check:
    """Return what the backups mean, newest first, given when the first content came."""
    name = CheckName.BACKUPS
    if first_at is None:
        return ok(name, "there is nothing to back up yet")
    if found and (proof := found[0].proof) is not None and not proof.holds:
        why = f"the backup {found[0].folder.name} cannot be restored: {proof.why_not}"
        return failure(name, why)
    since = found[0].manifest.made_at if found else first_at
    kept = f"{len(found)} kept, the newest of {since:%Y-%m-%d %H:%M} UTC" if found else "none yet"
    if not plan.every:
        return ok(name, f"{kept}; none is scheduled (FOOTNOTED_BACKUP_EVERY_H is 0)")
    if now - since > _PERIODS * plan.every:
        text = f"{kept}, and one should be made every {plan.every.total_seconds() / 3600:g} h"
        return warning(name, f"{text}: `footnoted backup` makes one, and so does a running daemon")
    return ok(name, f"{kept}; {_tested(found)}")


def _tested(found: Sequence[Backup]) -> str:
    passed = [one.proof.tested_at for one in found if one.proof and one.proof.holds]
    if not passed:
        return "none was tested yet (--restore-test)"
    return f"the restore test of {max(passed):%Y-%m-%d %H:%M} UTC passed"


async def try_restore(storage: Storage) -> Check:
    """Return whether the newest backup can be restored and verified, tried now."""
    name = CheckName.RESTORE_TEST
    found = await asyncio.to_thread(list_backups, storage.settings.backups_dir)
    if not found:
        return warning(name, "there is no backup to test: `footnoted backup` makes one")
    if not await can_prove(storage):
        return warning(name, "the role of FOOTNOTED_DATABASE_URL may not create a database to try")
    try:
        moments = [readers.live for readers in readers_of(storage.settings).values()]
        proof = await prove(storage, found[0], moments)
    except (ConfigurationError, LockHeldError) as error:
        return warning(name, error.message)
    if not proof.holds:
        return failure(name, f"{found[0].folder.name} cannot be restored: {proof.why_not}")
    looked = f"{proof.claims:,} claims on {proof.evidence:,} pieces of evidence"
    return ok(name, f"{found[0].folder.name} was restored beside the database: {looked} resolve")
