"""The daemon: the loop with what surrounds it, in one event loop.

    lock -> end what the dead left -> index ready -> API up -> READY -> loop -> STOPPING -> down

With the embedded index there is one daemon per database, held by an advisory lock. With a Qdrant
server several daemons share the work, and the leases of a dead one simply run out.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import socket
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING, Protocol

from footnoted.app import open_app
from footnoted.archive.backups.schedule import ScheduledBackups
from footnoted.archive.retention.pruning import Retention
from footnoted.catalogue import readers_of
from footnoted.db.locks import DaemonLock
from footnoted.db.notices import listen
from footnoted.db.outage import is_connection_lost
from footnoted.errors import DependencyDownError, LockHeldError, TransientError
from footnoted.fetch.receivers import make_receivers
from footnoted.ledger import store as journal
from footnoted.llm.assembly import caps_of
from footnoted.pipeline import store
from footnoted.pipeline.alerts.caps import follow_caps
from footnoted.pipeline.alerts.delivery.desk import AlertDesk
from footnoted.pipeline.alerts.news import NewsAlerts
from footnoted.pipeline.alerts.silence import Silence
from footnoted.pipeline.loop import Loop
from footnoted.pipeline.outlook import store as outlook
from footnoted.pipeline.plan import Mode
from footnoted.pipeline.upkeep.upkeep import Upkeep
from footnoted.pipeline.watch import WITH_THE_PROCESS, check_statuses
from footnoted.reprocess.single import remake_of
from footnoted.telemetry import (
    DAEMON_STARTED,
    DAEMON_STOPPED,
    DAEMON_STOPPING,
    INDEX_LOST,
    LEASES_REAPED,
    get_logger,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine
    from contextlib import AbstractAsyncContextManager

    from footnoted.app import App
    from footnoted.pipeline.housekeeping import Housekeeping
    from footnoted.pipeline.plan import Report, RunPlan
    from footnoted.settings import Settings

_LOCK_CHECK_S = 30.0
_LOCK_RETRY_S = 1.0
_INDEX_RETRY_S = 10.0
_FIRST_LOOK_S = 30.0
_FIRST_CHORE_S = 60.0
_FIRST_UPKEEP_S = 3.0
_CHORE_EVERY_S = 3_600.0
_DAY_S = 86_400.0
_M_ARENA_MAX = -8
"""Of mallopt(3)."""


class Server(Protocol):
    """Something that serves requests beside the loop while it is entered, such as the API."""

    def __call__(self, app: App) -> AbstractAsyncContextManager[None]:
        """Serve `app` until the context ends."""
        ...


async def run_daemon(settings: Settings, plan: RunPlan, serve: Server) -> Report:
    """Run `plan` to its end or to SIGTERM or SIGINT; return what was done.

    Raises LockHeldError when another daemon has the database, MigrationsNeededError,
    ConfigurationError and DependencyDownError before any work is touched.
    """
    keep_one_heap()
    stop, receivers = _stop_on_signals(), make_receivers(settings)
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(open_app(settings, plan.max_usd))
        loop = Loop(app.deps, plan)
        await stack.enter_async_context(_background(_pass_on(stop, loop), loop))
        if settings.qdrant_url is None:
            await stack.enter_async_context(_sole_daemon(app, loop))
        await check_statuses(app.deps)
        caps = caps_of(settings, "", None)
        await follow_caps(app.storage.database, caps, app.storage.clock)
        housekeeping = await _tidy(settings, app, plan)
        desk = AlertDesk(app.storage.database, app.storage.clock, receivers)
        await stack.enter_async_context(_background(desk.run(), loop))
        await stack.enter_async_context(_searchable(app, loop))
        await stack.enter_async_context(housekeeping.running())
        await stack.enter_async_context(serve(app))
        await stack.enter_async_context(_background(listen(app.storage.url, loop.nudge), loop))
        await stack.enter_async_context(_batches_kept(app, settings, loop))
        await stack.enter_async_context(_vectors_kept(app, settings, loop))
        await stack.enter_async_context(_background(_pat_watchdog(), loop))
        notify_supervisor("READY=1")
        get_logger().info(DAEMON_STARTED, mode=plan.mode.value, pid=os.getpid())
        report = await loop.run()
        if plan.mode is not Mode.FOREVER and not report.was_stopped:
            await housekeeping.finish()
            if app.vectors is not None:
                await app.vectors.finish()
            await desk.finish()
        notify_supervisor("STOPPING=1")
        get_logger().info(DAEMON_STOPPING)
    get_logger().info(DAEMON_STOPPED, **report.outcomes)
    return report


def keep_one_heap() -> None:
    """Have all threads share one heap, unless the environment says how many there are to be.

    glibc gives each thread one of its own, which keeps what the largest recording took there; the
    interpreter lets one thread run at a time, so that sharing one costs next to nothing.
    """
    if "MALLOC_ARENA_MAX" not in os.environ:
        with suppress(AttributeError, OSError):  # another C library
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def _stop_on_signals() -> asyncio.Event:
    """Return the event of being told to end, by the system, a person, or a terminal that closed.

    While the program is still starting, it ends as soon as it is up: nothing is left half begun.
    """
    running, asked = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup(1) sets it
            running.add_signal_handler(number, asked.set)
    return asked


async def _pass_on(stop: asyncio.Event, loop: Loop) -> None:
    await stop.wait()
    loop.stop()


@asynccontextmanager
async def _sole_daemon(app: App, loop: Loop) -> AsyncGenerator[None]:
    """Hold the daemon lock, end what the dead left, and watch that the lock stays ours."""
    lock = DaemonLock(app.storage.url)
    await lock.acquire()
    try:
        async with app.storage.database.transaction() as session:
            leases = await store.release_dead(session, app.storage.clock.now())
            await journal.release_orphans(session, app.free_models)
            await outlook.end_waits(session, WITH_THE_PROCESS)
        if leases:
            get_logger().warning(LEASES_REAPED, leases=leases)
        async with _background(_hold(lock, loop), loop):
            yield
    finally:
        await lock.release()


@asynccontextmanager
async def _batches_kept(app: App, settings: Settings, loop: Loop) -> AsyncGenerator[None]:
    """Look after batches: once before the loop begins, and from then on beside it."""
    if (keeper := app.models.keeper) is None:
        yield
        return
    is_sole = settings.qdrant_url is None
    with suppress(TimeoutError):
        async with asyncio.timeout(_FIRST_LOOK_S):
            await keeper.start(is_sole=is_sole)
    async with _background(keeper.run(settings.batch_poll_s, is_sole=is_sole), loop):
        yield


@asynccontextmanager
async def _vectors_kept(app: App, settings: Settings, loop: Loop) -> AsyncGenerator[None]:
    """Look after embedding specs beside the loop; without an embedder there is nothing to do."""
    if (keeper := app.vectors) is None:
        yield
        return
    await keeper.start(is_sole=settings.qdrant_url is None)
    async with _background(keeper.run(), loop):
        yield
    with suppress(DependencyDownError):  # it ends by itself, some time after this process
        await keeper.release()


async def _tidy(settings: Settings, app: App, plan: RunPlan) -> Housekeeping:
    """Put the data directory in order, where it is ours alone; return what keeps all in order.

    Only a daemon looks at every point of the index and at every quote: a run that ends may be one
    of many a day.
    """
    # Its library takes a moment to load, which other commands need not wait for.
    from footnoted.pipeline.housekeeping import Chore, Housekeeping  # noqa: PLC0415

    moments = [readers.live for readers in readers_of(settings).values()]
    backups = ScheduledBackups(app.storage, moments)
    is_daemon = plan.mode is Mode.FOREVER
    indexes = app.vectors.indexes if is_daemon and app.vectors is not None else None
    upkeep = Upkeep(
        app.storage.database,
        app.storage.clock,
        remake_of(app.deps),
        indexes=indexes,
        moments=moments if is_daemon else None,
    )
    chores = [
        Chore("backup", _FIRST_CHORE_S, _CHORE_EVERY_S, backups.look),
        Chore("upkeep", _FIRST_UPKEEP_S, _CHORE_EVERY_S, upkeep.look),
        Chore(
            "silence", _FIRST_CHORE_S, _DAY_S, Silence(app.storage.database, app.storage.clock).look
        ),
        Chore("retention", _FIRST_CHORE_S, _DAY_S, Retention(app.storage).look),
        Chore("news", _FIRST_CHORE_S, _CHORE_EVERY_S, _news_of(app).look),
    ]
    housekeeping = Housekeeping(settings, app.storage.database, chores)
    if settings.qdrant_url is None:
        await housekeeping.begin()
    return housekeeping


def _news_of(app: App) -> NewsAlerts:
    """Return what tells a person what profiles found out, once."""
    newsrooms = [profile.newsroom for profile in app.profiles if profile.newsroom is not None]
    return NewsAlerts(app.storage.database, app.storage.clock, newsrooms)


@asynccontextmanager
async def _searchable(app: App, loop: Loop) -> AsyncGenerator[None]:
    """Have the index ready: now or, when it is away, as soon as it is back; and from then on."""
    is_ready = False
    try:
        await app.prepare_index()
        is_ready = True
    except TransientError as error:
        get_logger().warning(INDEX_LOST, why=error.message)
    async with _background(_keep_index_filled(app, is_ready=is_ready), loop):
        yield


async def _keep_index_filled(app: App, *, is_ready: bool) -> None:
    """Prepare the index as soon as it is back, and fill it again when its files were removed."""
    while True:
        await asyncio.sleep(_INDEX_RETRY_S)
        with suppress(TransientError, DependencyDownError):
            if not is_ready or app.index.was_recreated:
                await app.prepare_index()
                is_ready = True


async def _hold(lock: DaemonLock, loop: Loop) -> None:
    """Take the lock again whenever the database went away; stop when another took it first."""
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOCK_CHECK_S):
                await lock.wait_lost()
        while not await lock.check():
            try:
                await lock.acquire()
            except LockHeldError:
                loop.stop()
                raise
            except Exception as error:
                if not is_connection_lost(error):
                    raise
                await asyncio.sleep(_LOCK_RETRY_S)


@asynccontextmanager
async def _background(work: Coroutine[None, None, None], loop: Loop) -> AsyncGenerator[None]:
    """Do `work` beside `loop`; an error in it stops the loop, and is raised when that has ended."""

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            loop.stop()

    task = asyncio.create_task(work)
    task.add_done_callback(ended)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _pat_watchdog() -> None:
    """Tell systemd, at half its watchdog period, that the event loop turns (sd_notify(3))."""
    period_us = int(os.environ.get("WATCHDOG_USEC", "0"))
    while period_us:
        notify_supervisor("WATCHDOG=1")
        await asyncio.sleep(period_us / 2_000_000)


def notify_supervisor(state: str) -> None:
    """Send `state` to the service manager, when there is one; sd_notify(3) is the protocol."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel, suppress(OSError):
        channel.sendto(state.encode(), address)
