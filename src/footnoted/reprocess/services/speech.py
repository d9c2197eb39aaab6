"""What recognising speech will cost: the recordings that wait for it, at the prices of a purchase.

Sure is what no publisher has words for. Where captions may come, nothing has to be heard: such a
recording counts among what may follow.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from footnoted.ledger.journal import FREE
from footnoted.model.status import TRANSCRIPTION_OBTAINED
from footnoted.reprocess.money import Money
from footnoted.reprocess.services import store
from footnoted.reprocess.services.lengths import length_of
from footnoted.reprocess.services.line import Amount, Service, ServiceLine
from footnoted.stages.recognize import cost_of_recording
from footnoted.transcripts.speech.port import SpeechRequest

if TYPE_CHECKING:
    from datetime import datetime

    from footnoted.reprocess.services.store import Length, Unheard
    from footnoted.stages.hearing import HearingDeps

_MINUTE_MS = 60_000


async def speech_line(hearing: HearingDeps) -> ServiceLine | None:
    """Return what the recordings that wait to be heard will cost; None when there are none."""
    recognizer, at = hearing.recognizer, hearing.clock.now()
    async with hearing.database.transaction() as session:
        waiting = await store.unheard(session, recognizer.name)
        usual = await store.usual_length(session)
    if not waiting:
        return None
    sure, may_follow, replayed_ms, unpriced, is_exact = Amount(), Amount(), 0, 0, True
    for one in waiting:
        known = await asyncio.to_thread(length_of, one.lasts)
        length = known or usual
        if length is None:
            unpriced += 1
            continue
        amount = _amount(one, length, hearing, at)
        replayed_ms += one.heard_ms
        if _is_sure(one):
            sure, is_exact = sure + amount, is_exact and known is not None
        else:
            may_follow += amount
    return ServiceLine(
        Service.SPEECH,
        recognizer.name,
        sure,
        may_follow,
        replayed=replayed_ms / _MINUTE_MS,
        unpriced=unpriced,
        is_exact=is_exact and not unpriced,
    )


def _is_sure(one: Unheard) -> bool:
    """Return whether nobody but the recogniser can tell what is said."""
    if one.status == TRANSCRIPTION_OBTAINED or one.item is None:
        return True
    return one.item.media_url is not None and not one.item.transcripts


def _amount(one: Unheard, length: Length, hearing: HearingDeps, at: datetime) -> Amount:
    recognizer = hearing.recognizer
    options = one.options
    speech = hearing.expecting(
        SpeechRequest(one.language, options.words_to_expect, options.wants_speakers)
    )
    prices = recognizer.prices_at(at)
    speakers, words = speech.wants_speakers, bool(speech.words)
    heard = FREE if prices is None else prices.cost(one.heard_ms, speakers=speakers, words=words)

    def left_usd(duration_ms: float) -> float:
        """Return what a recording of that length costs beside what is replayed (USD)."""
        whole = cost_of_recording(round(duration_ms), speech, recognizer, at)
        return float(max(FREE, whole - heard))

    mean = left_usd(length.ms)
    spread = left_usd(length.ms + length.spread_ms) - mean
    minutes = max(0.0, length.ms - one.heard_ms) / _MINUTE_MS
    return Amount(1, minutes, Money(mean_usd=mean, variance=spread**2))
