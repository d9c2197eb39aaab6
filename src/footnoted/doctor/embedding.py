"""The check of what embeds: what a free request says of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from footnoted.doctor.check import CheckName, failure, ok, warning
from footnoted.errors import ConfigurationError
from footnoted.ledger.faults import FaultKind
from footnoted.search.embedding.assembly import make_embedder

if TYPE_CHECKING:
    from footnoted.doctor.check import Check
    from footnoted.settings import Settings


async def check_embedder(settings: Settings) -> list[Check]:
    """Return whether what the settings name can embed; nothing where nothing is to be embedded."""
    try:
        embedder = make_embedder(settings, datetime.now(UTC))
    except ConfigurationError as error:
        return [failure(CheckName.EMBEDDER, error.message)]
    if embedder is None:
        return []
    try:
        fault = await embedder.probe()
    finally:
        await embedder.close()
    if fault is None:
        return [ok(CheckName.EMBEDDER, f"{embedder.provider}: nothing is in the way")]
    judged = failure if fault.kind is FaultKind.STOPPED else warning
    return [judged(CheckName.EMBEDDER, f"{embedder.provider}: {fault.message}")]
