"""What `source test` does: a look at a place that writes nothing about it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from footnoted.db.storage import Storage
    from footnoted.sources.follow import SourcePreview
    from footnoted.sources.net.asking import Asked
    from footnoted.sources.net.preview import NetPreview


def preview_folder(locator: str, creator: str | None) -> SourcePreview:
    """Return what following a folder would take. Raises UsageError."""
    from footnoted.app import make_scanner
    from footnoted.cli.session import read_settings
    from footnoted.clock import SystemClock
    from footnoted.sources.follow import preview_source

    async def work() -> SourcePreview:
        clock = SystemClock()
        return await preview_source(make_scanner(), locator, clock=clock, creator=creator)

    read_settings()
    return asyncio.run(work())


def preview_net(locator: str, kind: str | None, asked: Asked) -> NetPreview:
    """Return what following a place on the net would take, and what its backlog would cost.

    Raises UsageError, and the errors of `fetch.port` and of followers when the place is away.
    """
    from footnoted.cli.storage import with_storage
    from footnoted.ledger.reports.store import cost_of_an_hour
    from footnoted.sources.assembly import make_net
    from footnoted.sources.net.adding import NetPlace, place_of
    from footnoted.sources.net.asking import options_of
    from footnoted.sources.net.preview import HourlyCost, preview_place
    from footnoted.sources.options import SourceOptions

    async def work(storage: Storage) -> NetPreview:
        options = options_of(asked, SourceOptions())
        async with storage.database.transaction() as session:
            calls, usd = await cost_of_an_hour(session)
        net = make_net(storage.settings, storage.database, storage.clock)
        try:
            place = NetPlace(kind, locator) if kind else await place_of(locator, net.web)
            follower = net.followers[place.kind]
            hourly = HourlyCost(calls=calls, usd=usd)
            return await preview_place(place, follower, options, hourly, storage.clock.now())
        finally:
            await net.close()

    return with_storage(work)
