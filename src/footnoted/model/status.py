"""The statuses and item kinds that every part names."""

from __future__ import annotations

from enum import StrEnum


class ItemKind(StrEnum):
    """What can be claimed and advanced by one stage."""

    VIDEO = "video"
    PAGE_GROUP = "page_group"
    SOURCE = "source"
    TRANSCRIPTION = "transcription"


class Resource(StrEnum):
    """What a stage occupies while it runs; each has a capacity of its own."""

    FETCH = "fetch"
    CPU = "cpu"
    MODEL = "model"
    INDEX = "index"
    SPEECH = "speech"


DISCOVERED = "discovered"
TRANSCRIBED = "transcribed"
INDEXED = "indexed"

FAILED = "failed"
QUARANTINED = "quarantined"
SKIPPED = "skipped"
CANCELLED = "cancelled"

STOPPED_STATUSES = frozenset({FAILED, QUARANTINED, SKIPPED, CANCELLED})

GROUP_STALE = "stale"
GROUP_CURRENT = "current"

SOURCE_DUE = "due"
SOURCE_FOLLOWED = "followed"

TRANSCRIPTION_WANTED = "wanted"
TRANSCRIPTION_OBTAINED = "obtained"
TRANSCRIPTION_HEARD = "heard"
