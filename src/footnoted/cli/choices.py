"""The values that options choose from, without what stands behind them."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a search hit can be, as in search.port.DocumentKind, which costs time to import."""

    PAGE = "page"
    MOMENT = "moment"
    WINDOW = "window"


class CostKey(StrEnum):
    """What costs are grouped by, as in ledger.reports.report.Grouping."""

    DAY = "day"
    MONTH = "month"
    MODEL = "model"
    STAGE = "stage"
    SOURCE = "source"
    VIDEO = "video"


class JobStateChoice(StrEnum):
    """What a job can be, as in pipeline.reports.jobs.store.JobState, which costs time to import."""

    ACTIVE = "active"
    QUEUED = "queued"
    WAITING = "waiting"
    PLANNED = "planned"


class VectorReachChoice(StrEnum):
    """As in pipeline.embedding.renewal.renewal.VectorReach, which costs time to import."""

    VIDEO = "video"
    OWNER = "owner"
    ALL = "all"


class ReachChoice(StrEnum):
    """What is redone, as in reprocess.scope.Reach, which costs time to import."""

    VIDEO = "video"
    SOURCE = "source"
    ALL = "all"
    STALE = "stale"
