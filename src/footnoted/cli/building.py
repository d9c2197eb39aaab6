"""Building a spec from the command line: by the daemon where one runs, else in this process."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from footnoted.cli.lines import remark
from footnoted.errors import DependencyDownError, UsageError
from footnoted.fetch.daemon import is_daemon_running
from footnoted.indexes import make_embedding, make_indexes, make_keeper
from footnoted.pipeline.embedding.renewal.renewal import outcome_of, renew
from footnoted.pipeline.embedding.standing import standings
from footnoted.search.embedding import store
from footnoted.search.embedding.assembly import wanted_spec

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from footnoted.db.storage import Storage
    from footnoted.pipeline.embedding.renewal.renewal import Renewed, VectorScope
    from footnoted.pipeline.embedding.standing import SpecStanding
    from footnoted.search.embedding.spec import Spec

_LOOK_EVERY_S = 0.5
_SHOWN_EVERY_S = 1.0
_UNTAKEN_AFTER_S = 20.0
"""A daemon that has not begun with a spec by then was started without its embedder."""


async def build_wanted(storage: Storage, *, switches: bool) -> SpecStanding:
    """Build what the settings name; return how it stands when it is built, or has to wait.

    One that was left is taken up again.

    Raises UsageError without an embedder, and DependencyDownError for a daemon that does nothing.
    """
    wanted = wanted_spec(storage.settings)
    if wanted is None:
        message = "no embedder is set: name one in FOOTNOTED_EMBEDDER"
        raise UsageError(message)
    if await is_daemon_running(storage.settings.socket_path):
        return await _follow(storage, wanted, switches=switches)
    return await _build_here(storage, wanted, switches=switches)


async def renew_vectors(storage: Storage, scope: VectorScope) -> tuple[Renewed, SpecStanding]:
    """Have the vectors of a scope made under the spec of the settings; return what came of it.

    A daemon makes them by itself; without one they are made here. Raises UsageError without an
    embedder, and for a spec that nothing is made for.
    """
    wanted = wanted_spec(storage.settings)
    if wanted is None:
        message = "no embedder is set: name one in FOOTNOTED_EMBEDDER"
        raise UsageError(message)
    renewal = await renew(storage.database, wanted, scope)
    if renewal.wanted and not await is_daemon_running(storage.settings.socket_path):
        await _build_here(storage, wanted)
    done = await outcome_of(storage.database, wanted, renewal)
    return done, await _standing_of(storage, wanted)


async def _build_here(
    storage: Storage, wanted: Spec, *, switches: bool | None = None
) -> SpecStanding:
    """Do all that can be done now; None: what is begun stays as it is begun."""
    access = make_embedding(storage)
    indexes = make_indexes(storage, access)
    keeper = make_keeper(storage, indexes, access)
    try:
        if access is not None:
            await access.load()
        await indexes.ensure_ready()
        if switches is not None:
            await keeper.begin(wanted, switches=switches)
        async with _progress(storage, wanted):
            await keeper.finish()
    finally:
        await keeper.release()
        if access is not None:
            await access.close()
        await indexes.close()
    return await _standing_of(storage, wanted)


async def _follow(storage: Storage, wanted: Spec, *, switches: bool) -> SpecStanding:
    await make_keeper(storage, make_indexes(storage), None).begin(wanted, switches=switches)
    begun_s = storage.clock.monotonic_s()
    async with _progress(storage, wanted):
        while True:
            row = await _standing_of(storage, wanted)
            if row.wait_reason or (row.is_settled and not row.switches):
                return row
            waited_s = storage.clock.monotonic_s() - begun_s
            if waited_s > _UNTAKEN_AFTER_S and not await _is_worked_on(storage, wanted):
                message = (
                    "the daemon has not begun: it was started without this embedder;"
                    " restart it with the settings of this command"
                )
                raise DependencyDownError(message)
            await storage.clock.sleep(_LOOK_EVERY_S)


async def _is_worked_on(storage: Storage, spec: Spec) -> bool:
    async with storage.database.transaction() as session:
        return await store.is_worked_on(session, spec.sha256)


async def _standing_of(storage: Storage, spec: Spec) -> SpecStanding:
    async with storage.database.transaction() as session:
        found = await standings(session)
    return next(one for one in found if one.sha256 == spec.sha256)


@asynccontextmanager
async def _progress(storage: Storage, spec: Spec) -> AsyncGenerator[None]:
    """Say on stderr how many documents have their vectors, whenever that changes."""

    async def show() -> None:
        before = -1
        while True:
            await storage.clock.sleep(_SHOWN_EVERY_S)
            row = await _standing_of(storage, spec)
            if row.embedded != before:
                remark(f"{row.embedded:,} of {row.documents:,} documents have vectors")
            before = row.embedded

    showing = asyncio.create_task(show())
    try:
        yield
    finally:
        showing.cancel()
