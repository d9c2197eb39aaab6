"""Checks of the work items and of those who are told: held, asleep, unknown, silent."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from footnoted.db.locks import DaemonLock
from footnoted.doctor import store
from footnoted.doctor.check import CheckName, failure, ok, warning
from footnoted.errors import ConfigurationError, LockHeldError
from footnoted.fetch.receivers import make_receivers
from footnoted.pipeline.alerts.delivery.store import silent_receivers
from footnoted.pipeline.outlook import store as outlook
from footnoted.pipeline.store import release_dead

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.app import App
    from footnoted.db.storage import Storage
    from footnoted.doctor.check import Check
    from footnoted.doctor.store import Stuck
    from footnoted.pipeline.alerts.delivery.store import Silent

_SLACK = timedelta(minutes=2)
"""How long after its time a daemon that is well has let go of anything."""


async def check_statuses(app: App) -> Check:
    """Return whether every item stands at a status that its flow knows."""
    async with app.storage.database.transaction() as session:
        seen = await outlook.statuses_in_use(session)
    if unknown := app.deps.flows.unknown_statuses(seen):
        text = f"{'; '.join(unknown)}: another release made it, and no daemon will start"
        return failure(CheckName.STATUSES, text)
    return ok(CheckName.STATUSES, "every item stands where a stage or an end is")


async def check_leases(storage: Storage, *, is_daemon_up: bool, fix: bool) -> Check:
    """Return whether items are held by processes that are gone; with `fix`, they are let go."""
    found = judge_leases(await _stuck(storage), is_daemon_up=is_daemon_up)
    if not fix or found.state == "ok":
        return found
    count = await _let_go(storage)
    again = judge_leases(await _stuck(storage), is_daemon_up=is_daemon_up)
    return again.model_copy(update={"fixed": f"{count} lease(s) ended"})


def judge_leases(stuck: Stuck, *, is_daemon_up: bool) -> Check:
    """Return what held items mean, with and without a daemon that may hold them."""
    if is_daemon_up and not stuck.leases_run_out:
        return ok(CheckName.LEASES, f"{stuck.leases} item(s) in work, none of them overdue")
    count = stuck.leases_run_out if is_daemon_up else stuck.leases
    if not count:
        return ok(CheckName.LEASES, "no item is held")
    return warning(CheckName.LEASES, f"{count} item(s) are held by a process that is gone")


async def _let_go(storage: Storage) -> int:
    """End the leases of the dead; return how many there were.

    Whoever holds the daemon's lock knows that every lease is a dead one's. Where a daemon has it,
    or several share a server's index, only those that ran out are.
    """
    lock = DaemonLock(storage.url)
    if storage.settings.qdrant_url is None:
        try:
            await lock.acquire()
            async with storage.database.transaction() as session:
                return await release_dead(session, storage.clock.now())
        except LockHeldError:
            pass
        finally:
            await lock.release()
    async with storage.database.transaction() as session:
        return await outlook.wake(session, storage.clock.now())


async def check_waits(storage: Storage, *, fix: bool) -> Check:
    """Return whether items sleep past their time; with `fix`, they are woken."""
    found = judge_waits(await _stuck(storage))
    if not fix or found.state == "ok":
        return found
    async with storage.database.transaction() as session:
        await outlook.wake(session, storage.clock.now())
    again = judge_waits(await _stuck(storage))
    return again.model_copy(update={"fixed": "woken: they are ready for the next daemon"})


def judge_waits(stuck: Stuck) -> Check:
    """Return what waits past their time mean."""
    if not stuck.waits_over:
        return ok(CheckName.WAITS, "no wait is overdue")
    text = f"{stuck.waits_over} item(s) sleep past their time: no daemon woke them"
    return warning(CheckName.WAITS, text)


async def check_alerts(storage: Storage) -> Check:
    """Return whether those who are to be told of alerts take what they are sent."""
    try:
        names = [receiver.name for receiver in make_receivers(storage.settings)]
    except ConfigurationError as error:
        return failure(CheckName.ALERTS, error.message)
    async with storage.database.transaction() as session:
        return judge_receivers(names, await silent_receivers(session))


def judge_receivers(names: Sequence[str], silent: Sequence[Silent]) -> Check:
    """Return what it means that some of the receivers `names` took nothing lately."""
    away = [one for one in silent if one.name in names]
    if away:
        told = "; ".join(
            f"{one.waiting} alert(s) could not be sent to {one.name} since"
            f" {one.since:%Y-%m-%d %H:%M} UTC: {one.why}"
            for one in away
        )
        return warning(CheckName.ALERTS, told)
    if not names:
        return ok(CheckName.ALERTS, "nobody is told of alerts; `footnoted status` shows them")
    return ok(CheckName.ALERTS, f"{' and '.join(names)} took what they were sent")


async def _stuck(storage: Storage) -> Stuck:
    async with storage.database.transaction() as session:
        return await store.stuck_items(session, storage.clock.now() - _SLACK)
