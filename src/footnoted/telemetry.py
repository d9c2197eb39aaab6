"""Structured log lines: configured once, named by constants, documented in docs/events.md."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import structlog

if TYPE_CHECKING:
    from typing import TextIO

    from structlog.typing import FilteringBoundLogger, Processor

    from footnoted.settings import Settings

ALERT_DELIVERED: Final = "alert.delivered"
ALERT_DESK_ERRED: Final = "alert.desk_erred"
ALERT_UNDELIVERED: Final = "alert.undelivered"
BACKUP_FAILED: Final = "backup.failed"
BACKUP_MADE: Final = "backup.made"
BACKUP_TESTED: Final = "backup.tested"
BATCHES_UNSEEN: Final = "batches.unseen"
BATCH_ADOPTED: Final = "batch.adopted"
BATCH_COLLECTED: Final = "batch.collected"
BATCH_ERRED: Final = "batch.erred"
BATCH_RELEASED: Final = "batch.released"
BATCH_SENT: Final = "batch.sent"
BATCH_UNSENT: Final = "batch.unsent"
BUDGET_IN_FORCE: Final = "budget.in_force"
CALL_COST_MORE: Final = "call.cost_more"
COMPACTION_FAILED: Final = "compaction.failed"
DAEMON_STARTED: Final = "daemon.started"
WORK_PAUSED: Final = "work.paused"
WORK_RESUMED: Final = "work.resumed"
DAEMON_STOPPING: Final = "daemon.stopping"
DAEMON_STOPPED: Final = "daemon.stopped"
DATABASE_LOST: Final = "database.lost"
DATABASE_RECOVERED: Final = "database.recovered"
EMBEDDING_ERRED: Final = "embedding.erred"
EMBEDDING_RESUMED: Final = "embedding.resumed"
EMBEDDING_WAITED: Final = "embedding.waited"
EVIDENCE_LEFT: Final = "evidence.left"
EVIDENCE_MENDED: Final = "evidence.mended"
FILES_SWEPT: Final = "files.swept"
HISTORY_PRUNED: Final = "history.pruned"
HOST_RECOVERED: Final = "host.recovered"
HOST_RESTED: Final = "host.rested"
INDEX_COMPACTED: Final = "index.compacted"
INDEX_DRAINED: Final = "index.drained"
INDEX_FELL_BEHIND: Final = "index.fell_behind"
INDEX_LOST: Final = "index.lost"
INDEX_MENDED: Final = "index.mended"
INDEX_REBUILT: Final = "index.rebuilt"
LEASES_REAPED: Final = "leases.reaped"
LIMITS_UNSAVED: Final = "limits.unsaved"
LISTENER_LOST: Final = "listener.lost"
MODELS_RESTED: Final = "models.rested"
MODELS_RESUMED: Final = "models.resumed"
PAGES_MENDED: Final = "pages.mended"
PROVIDER_RESUMED: Final = "provider.resumed"
PROVIDER_STOPPED: Final = "provider.stopped"
QUERY_NOT_EMBEDDED: Final = "query.not_embedded"
SCHEMA_MIGRATED: Final = "schema.migrated"
SCHEMA_WAITED: Final = "schema.waited"
SPEC_BUILT: Final = "spec.built"
SPEC_DROPPED: Final = "spec.dropped"
SPEC_REFUSED: Final = "spec.refused"
SPEC_SWITCHED: Final = "spec.switched"
STAGE_ERRED: Final = "stage.erred"
TICK_FINISHED: Final = "tick.finished"


def configure_logging(settings: Settings, stream: TextIO | None = None) -> None:
    """Send every log line of the process to `stream` (stdout), as the settings ask."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Processor
    if settings.log_format == "json":
        shared.append(structlog.processors.format_exc_info)
        renderer = structlog.processors.JSONRenderer()
    else:
        renderer = structlog.dev.ConsoleRenderer(
            colors=False,
            exception_formatter=structlog.dev.plain_traceback,  # locals may hold secrets
        )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(_level(settings)),
        logger_factory=lambda *_names: _Lines(stream or sys.stdout),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(stream=stream or sys.stdout, level=logging.WARNING, force=True)
    logging.raiseExceptions = False  # a full disk behind the log is no reason to say more
    # It tells every broken connection with a traceback; the outage is told once by ourselves.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)


class _Lines(structlog.PrintLogger):
    """Writes lines, and goes on without where they cannot be written.

    A closed pipe or a full disk behind the log must not change what becomes of the work.
    """

    def msg(self, message: str) -> None:
        """Write one line."""
        with suppress(OSError, ValueError):
            super().msg(message)

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg


def _level(settings: Settings) -> int:
    return logging.getLevelNamesMapping()[settings.log_level.upper()]


def get_logger() -> FilteringBoundLogger:
    """Return the logger; bind what a line is about before it is used."""
    logger: FilteringBoundLogger = structlog.get_logger()
    return logger
