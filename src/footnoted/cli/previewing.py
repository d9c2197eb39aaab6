"""What `source test` does: a look at a place that takes nothing of it.

Of a look on the net it is kept when its host may be asked next, and nothing else.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from decimal import Decimal

    from footnoted.db.storage import Storage
    from footnoted.settings import Settings
    from footnoted.sources.follow import SourcePreview
    from footnoted.sources.net.asking import Asked
    from footnoted.sources.net.preview import NetPreview
    from footnoted.sources.options import SourceOptions
    from footnoted.transcripts.speech.port import SpeechRecognizer


def preview_folder(locator: str, creator: str | None, asked: Asked) -> SourcePreview:
    """Return what following a folder would take. Raises UsageError."""
    from footnoted.app import make_scanner
    from footnoted.cli.session import read_settings
    from footnoted.clock import SystemClock
    from footnoted.sources.follow import preview_source

    async def work() -> SourcePreview:
        clock = SystemClock()
        return await preview_source(
            make_scanner(), locator, clock=clock, creator=creator, asked=asked
        )

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
    from footnoted.sources.net.preview import Rates, preview_place
    from footnoted.sources.options import SourceOptions

    async def work(storage: Storage) -> NetPreview:
        options, now = options_of(asked, SourceOptions()), storage.clock.now()
        async with storage.database.transaction() as session:
            calls, usd = await cost_of_an_hour(session)
        recognizer = _recognizer(storage.settings, now)
        net = make_net(storage.settings, storage.database, storage.clock)
        try:
            place = NetPlace(kind, locator) if kind else await place_of(locator, net.web)
            follower = net.followers[place.kind]
            hearing = None if recognizer is None else _hearing(recognizer, options, now)
            rates = Rates(calls, usd, hearing)
            return await preview_place(place, follower, options, rates, now)
        finally:
            await net.close()
            if recognizer is not None:
                await recognizer.close()

    return with_storage(work)


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
