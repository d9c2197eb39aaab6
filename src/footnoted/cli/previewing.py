"""What `source test` does: a look at a place that takes nothing of it, and what that would cost.

Of a look on the net it is kept when its host may be asked next, and nothing else. What models cost
is told by what they cost so far: a folder whose profiles are free needs no database for that.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

    from footnoted.db.storage import Storage
    from footnoted.reprocess.services.backlog import BacklogCost, Offered
    from footnoted.reprocess.services.rates import Rates
    from footnoted.settings import Settings
    from footnoted.sources.follow import SourcePreview
    from footnoted.sources.net.asking import Asked
    from footnoted.sources.net.preview import NetPreview
    from footnoted.sources.options import SourceOptions
    from footnoted.transcripts.speech.port import SpeechRecognizer


@dataclass(frozen=True, slots=True)
class Tried:
    """A place that a person tries: what it is and what of it is asked, in their words."""

    locator: str
    profiles: Sequence[str] | None
    asked: Asked
    creator: str | None = None
    kind: str | None = None


class _Wanted(NamedTuple):
    """What is to be priced, and when: the profiles that follow, and which of them are paid."""

    settings: Settings
    asked: Asked
    now: datetime
    profiles: Sequence[str]
    paid: Collection[str]


def preview_folder(tried: Tried) -> tuple[SourcePreview, BacklogCost]:
    """Return what following a folder would take, and what that would cost.

    Raises UsageError, and ConfigurationError as a run would.
    """
    from footnoted.app import make_measure, make_scanner
    from footnoted.cli.session import read_settings
    from footnoted.cli.storage import with_storage
    from footnoted.clock import SystemClock
    from footnoted.reprocess.services.backlog import Offered
    from footnoted.sources.follow import preview_source

    settings, clock = read_settings(), SystemClock()
    wanted = _wanted(settings, tried, clock.now())

    async def look() -> SourcePreview:
        return await preview_source(
            make_scanner(),
            tried.locator,
            clock=clock,
            creator=tried.creator,
            asked=tried.asked,
            length_ms=make_measure(),
        )

    preview = asyncio.run(look())
    offered = [Offered(take.duration_ms, take.has_transcript) for take in preview.takes]
    rates: Mapping[str, Rates] = with_storage(_rates) if wanted.paid else {}
    return preview, asyncio.run(_cost(wanted, offered, rates))


def preview_net(tried: Tried) -> tuple[NetPreview, BacklogCost]:
    """Return what following a place on the net would take, and what its backlog would cost.

    Raises UsageError, ConfigurationError as a run would, and the errors of `fetch.port` and of
    followers when the place is away.
    """
    from footnoted.cli.storage import with_storage
    from footnoted.reprocess.services.backlog import Offered
    from footnoted.sources.assembly import make_net
    from footnoted.sources.net.adding import NetPlace, place_of
    from footnoted.sources.net.asking import options_of
    from footnoted.sources.net.preview import preview_place
    from footnoted.sources.options import SourceOptions

    async def work(storage: Storage) -> tuple[NetPreview, BacklogCost]:
        settings, now = storage.settings, storage.clock.now()
        options = options_of(tried.asked, SourceOptions())
        wanted = _wanted(settings, tried, now)
        net = make_net(settings, storage.database, storage.clock)
        try:
            kind, locator = tried.kind, tried.locator
            place = NetPlace(kind, locator) if kind else await place_of(locator, net.web)
            preview = await preview_place(place, net.followers[place.kind], options, now)
        finally:
            await net.close()
        offered = [Offered(line.duration_ms, line.has_transcript) for line in preview.takes]
        return preview, await _cost(wanted, offered, await _rates(storage))

    return with_storage(work)


def _wanted(settings: Settings, tried: Tried, now: datetime) -> _Wanted:
    """Return the profiles that would follow; each once, as named, else that of the settings."""
    from footnoted.catalogue import installed_profiles, require_profiles, resource_roots
    from footnoted.ledger.prices import PriceTable
    from footnoted.llm.assembly import paid_profiles

    profiles = list(dict.fromkeys(tried.profiles or [settings.profile]))
    require_profiles(settings, profiles)
    stages = installed_profiles(resource_roots(settings)).stages
    paid = paid_profiles(settings, stages, PriceTable.load(settings.prices_file), now)
    return _Wanted(settings, tried.asked, now, profiles, paid & set(profiles))


async def _rates(storage: Storage) -> Mapping[str, Rates]:
    from footnoted.reprocess.services.rates import read_rates

    async with storage.database.transaction() as session:
        return await read_rates(session)


async def _cost(
    wanted: _Wanted, offered: Sequence[Offered], rates: Mapping[str, Rates]
) -> BacklogCost:
    """Return what recordings would cost; what hears is made for those only that are to be heard."""
    from footnoted.reprocess.services.backlog import Tariff, backlog_cost
    from footnoted.sources.net.asking import cap_usd, options_of
    from footnoted.sources.options import SourceOptions

    settings, asked, now, profiles, paid = wanted
    caps = (settings.daily_cost_cap_usd, cap_usd(asked))
    daily_cap_usd = min(cap for cap in caps if cap is not None)
    is_heard = any(not one.has_words for one in offered)
    recognizer = _recognizer(settings, now) if is_heard else None
    try:
        options = options_of(asked, SourceOptions())
        hearing = None if recognizer is None else _hearing(recognizer, options, now)
        return backlog_cost(offered, Tariff(profiles, paid, rates, daily_cap_usd, hearing))
    finally:
        if recognizer is not None:
            await recognizer.close()


def _recognizer(settings: Settings, now: datetime) -> SpeechRecognizer | None:
    """Return what hears, None where nothing does. Raises ConfigurationError as a run would."""
    if settings.speech == "off":
        return None
    # What decodes sound and asks services is heavy, and most programs hear nothing.
    from footnoted.transcripts.speech.assembly import make_recognizer

    return make_recognizer(settings, now)


def _hearing(
    recognizer: SpeechRecognizer, options: SourceOptions, now: datetime
) -> Callable[[int], Decimal]:
    """Return what hearing so many milliseconds costs (USD)."""
    from footnoted.stages.recognize import cost_of_recording
    from footnoted.transcripts.speech.port import SpeechRequest

    speech = SpeechRequest(None, options.words_to_expect, options.wants_speakers)
    return lambda length_ms: cost_of_recording(length_ms, speech, recognizer, now)
