"""What videos will ask models for whose words nobody has yet, at the rates of their profile."""

from __future__ import annotations

import asyncio
from itertools import groupby
from typing import TYPE_CHECKING

from footnoted.reprocess.services import store
from footnoted.reprocess.services.lengths import length_of
from footnoted.reprocess.services.line import Amount, Service, ServiceLine
from footnoted.reprocess.services.rates import read_rates

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from footnoted.db.session import Database
    from footnoted.reprocess.rehearsal import StageForecast


async def wordless_lines(
    database: Database, forecasts: Iterable[StageForecast], paying: Collection[str]
) -> list[ServiceLine]:
    """Return a line for each profile with videos without words, what they will ask for.

    `paying` are the profiles whose models are paid; what the others ask costs nothing.
    """
    waiting = sorted(
        (f.item.profile, f.item.id) for f in forecasts if f.is_wordless and f.item.profile in paying
    )
    if not waiting:
        return []
    async with database.transaction() as session:
        rates = await read_rates(session)
        usual = await store.usual_length(session)
        lasting = {
            profile: await store.lengths_of_videos(session, [video for _, video in group])
            for profile, group in groupby(waiting, key=lambda pair: pair[0])
        }
    lines: list[ServiceLine] = []
    for profile, ones in lasting.items():
        known = [await asyncio.to_thread(length_of, one) or usual for one in ones]
        lengths = [length for length in known if length is not None]
        sure = rates[profile].amount(lengths) if profile in rates else Amount()
        unpriced = len(ones) - sure.items
        lines.append(ServiceLine(Service.CALLS, profile, sure, Amount(), unpriced=unpriced))
    return lines
