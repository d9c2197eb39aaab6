"""How long a recording is that nothing was made of yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.reprocess.services.store import Length
from footnoted.stages.lengths import sound_ms

if TYPE_CHECKING:
    from footnoted.reprocess.services.store import Lasting


def length_of(lasting: Lasting) -> Length | None:
    """Return how long a recording is, by its publisher or its file; it blocks."""
    if lasting.duration_ms is not None:
        return Length(lasting.duration_ms)
    heard_ms = None if lasting.sound_path is None else sound_ms(lasting.sound_path)
    return None if heard_ms is None else Length(heard_ms)
