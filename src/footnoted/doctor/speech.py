"""The check of speech recognition: what free requests and a look at the disk say of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from footnoted.doctor.check import CheckName, failure, ok, warning
from footnoted.errors import ConfigurationError
from footnoted.ledger.faults import FaultKind
from footnoted.transcripts.speech.assembly import make_recognizer

if TYPE_CHECKING:
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
