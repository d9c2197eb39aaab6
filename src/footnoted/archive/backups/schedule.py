"""Backups without anybody asking: made when one is due, thinned to the newest, tested, told of."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from footnoted.archive.backups import store
from footnoted.archive.backups.making import backup_lock, make_backup, remove_backup
from footnoted.archive.backups.manifest import Trigger, list_backups
from footnoted.archive.backups.proving import can_prove, prove
from footnoted.db.outage import is_database_down
from footnoted.errors import FootnotedError, LockHeldError
from footnoted.pipeline.alerts.alert import Alert
from footnoted.pipeline.alerts.store import raise_alert, resolve_alert
from footnoted.telemetry import BACKUP_FAILED as BACKUP_FAILED_EVENT
from footnoted.telemetry import BACKUP_MADE, BACKUP_TESTED, get_logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from footnoted.archive.backups.manifest import Backup
    from footnoted.db.storage import Storage
    from footnoted.knowledge.audit.store import MomentSource
    from footnoted.settings import Settings

BACKUP_FAILED = "backup_failed"
MAKING, TESTING = "backups", "restore test"


@dataclass(frozen=True, slots=True)
class Plan:
    """How often a backup is made and one is tested (never: zero), and how many are kept."""

    every: timedelta
    test_every: timedelta
    keep: int


def plan_of(settings: Settings) -> Plan:
    """Return the plan that the settings ask for."""
    return Plan(
        timedelta(hours=settings.backup_every_h),
        timedelta(hours=settings.backup_test_every_h),
        settings.backup_keep,
    )


def is_due(plan: Plan, backups: Sequence[Backup], first_at: datetime | None, now: datetime) -> bool:
    """Return whether a scheduled backup is due, given those there are, newest first.

    The first is due so long after the first content as any is after the one before it.
    """
    scheduled = [one for one in backups if one.manifest.trigger is Trigger.SCHEDULED]
    since = scheduled[0].manifest.made_at if scheduled else first_at
    return bool(plan.every) and since is not None and now - since >= plan.every


def surplus(plan: Plan, backups: Sequence[Backup]) -> list[Backup]:
    """Return the scheduled backups that are too many, of `backups`, newest first."""
    scheduled = [one for one in backups if one.manifest.trigger is Trigger.SCHEDULED]
    return scheduled[plan.keep :]


def is_test_due(plan: Plan, backups: Sequence[Backup], now: datetime) -> bool:
    """Return whether the newest backup is to be tried: once each, sooner after one that failed."""
    if not plan.test_every or not backups or backups[0].proof is not None:
        return False
    proofs = [one.proof for one in backups if one.proof is not None]
    last = max(proofs, key=lambda proof: proof.tested_at, default=None)
    return last is None or not last.holds or now - last.tested_at >= plan.test_every


class ScheduledBackups:
    """Looks whether something is due, and does it; what fails is an alert and never an error."""

    def __init__(self, storage: Storage, moments: Sequence[MomentSource]) -> None:
        """Back up `storage`; `moments` are the profiles' reads, for the restore test."""
        self._storage, self._moments = storage, moments
        self._plan, self._place = plan_of(storage.settings), storage.settings.backups_dir

    async def look(self) -> None:
        """Make a backup if one is due, drop those that are too many, and test if that is due."""
        await self._attempt(MAKING, self._make)
        await self._attempt(TESTING, self._test)

    async def _attempt(self, what: str, work: Callable[[], Awaitable[str | None]]) -> None:
        try:
            why = await work()
        except LockHeldError:  # another process is at it
            return
        except FootnotedError as error:
            if is_database_down(error):
                return
            why = error.message
        except Exception as error:  # noqa: BLE001 - a backup that fails must be told of, however
            if is_database_down(error):
                return
            why = f"{type(error).__name__}: {error}"
        if why is None:
            return
        if why:
            get_logger().error(BACKUP_FAILED_EVENT, what=what, why=why)
        await self._tell(what, why)

    async def _make(self) -> str | None:
        """Return None when nothing was due, else nothing but text that is empty."""
        async with self._storage.database.transaction() as session:
            first_at = await store.first_content_at(session)
        backups = await asyncio.to_thread(list_backups, self._place)
        if not is_due(self._plan, backups, first_at, self._storage.clock.now()):
            return None
        made = await make_backup(self._storage, self._place, Trigger.SCHEDULED)
        get_logger().info(BACKUP_MADE, path=str(made.folder), size_bytes=made.manifest.size_bytes)
        await self._thin()
        return ""

    async def _thin(self) -> None:
        async with backup_lock(self._place):
            for one in surplus(self._plan, await asyncio.to_thread(list_backups, self._place)):
                await asyncio.to_thread(remove_backup, one)

    async def _test(self) -> str | None:
        """Return None when no test was due, else why it failed; empty when it passed."""
        backups = await asyncio.to_thread(list_backups, self._place)
        if not is_test_due(self._plan, backups, self._storage.clock.now()):
            return None
        if not await can_prove(self._storage):
            return None
        proof = await prove(self._storage, backups[0], self._moments)
        get_logger().info(BACKUP_TESTED, path=str(backups[0].folder), holds=proof.holds)
        return proof.why_not or ""

    async def _tell(self, what: str, why: str) -> None:
        now = self._storage.clock.now()
        try:
            async with self._storage.database.transaction() as session:
                if why:
                    await raise_alert(session, Alert(BACKUP_FAILED, what, why), now)
                else:
                    await resolve_alert(session, BACKUP_FAILED, what, now)
        except Exception as error:
            if not is_database_down(error):
                raise
