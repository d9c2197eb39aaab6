"""The check of speech recognition: what free requests and a look at the disk say of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from footnoted.doctor import store
from footnoted.doctor.check import CheckName, failure, ok, warning
from footnoted.errors import ConfigurationError
from footnoted.ledger.faults import FaultKind
from footnoted.transcripts.speech.assembly import make_recognizer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from footnoted.db.storage import Storage
    from footnoted.doctor.check import Check
    from footnoted.settings import Settings


async def check_speech(settings: Settings) -> list[Check]:
    """Return whether what the settings name can recognise speech; nothing where none is to be."""
    try:
        recognizer = make_recognizer(settings, datetime.now(UTC))
    except ConfigurationError as error:
        return [failure(CheckName.SPEECH, error.message)]
    if recognizer is None:
        return []
    try:
        fault = await recognizer.probe()
    finally:
        await recognizer.close()
    if fault is None:
        text = f"{recognizer.name} on {recognizer.provider}: nothing is in the way"
        return [ok(CheckName.SPEECH, text)]
    text = f"{recognizer.provider}: {fault.message}"
    judged = failure if fault.kind is FaultKind.STOPPED else warning
    return [judged(CheckName.SPEECH, text)]


async def check_unheard(storage: Storage) -> list[Check]:
    """Return what failed while nothing heard; nothing where nothing hears now either."""
    if storage.settings.speech == "off":
        return []
    async with storage.database.transaction() as session:
        return judge_unheard(await store.unheard_videos(session))


def judge_unheard(failed: Mapping[str, int]) -> list[Check]:
    """Return how videos by failure code that could be heard now are taken up again.

    Whether they are is for a person to say: hearing a backlog may cost money and days.
    """
    return [
        ok(
            CheckName.SPEECH,
            f"{count} video{'s' if count > 1 else ''} failed while nothing heard:"
            f" `footnoted retry --reason {code}` has {'them' if count > 1 else 'it'} heard",
        )
        for code, count in failed.items()
    ]
