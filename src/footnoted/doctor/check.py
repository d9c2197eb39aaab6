"""A check and what it found; docs/troubleshooting.md has a section for each name."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class CheckName(StrEnum):
    """What is looked at, in the order it is looked at."""

    DISK_SPACE = "disk_space"
    POSTGRESQL_MAJOR = "postgresql_major"
    MODEL_KEY = "model_key"
    SPEECH = "speech"
    EMBEDDER = "embedder"
    YTDLP = "ytdlp"
    JAVASCRIPT = "javascript"
    COOKIES = "cookies"
    DATABASE = "database"
    SCHEMA = "schema"
    DAEMON = "daemon"
    RESOURCES = "resources"
    STATUSES = "statuses"
    PROFILES = "profiles"
    LEASES = "leases"
    WAITS = "waits"
    DANGLING_EVIDENCE = "dangling_evidence"
    EVIDENCE = "evidence"
    CALLS = "calls"
    ALERTS = "alerts"
    BACKUPS = "backups"
    INDEX_ACCESS = "index_access"
    INDEX_CONTENT = "index_content"
    INDEX_LABELS = "index_labels"
    VECTORS = "vectors"
    INDEX_LAG = "index_lag"
    RESTORE_TEST = "restore_test"


class State(StrEnum):
    """How it is: well, worth a look, or in need of repair."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


class Check(BaseModel):
    """What one look found."""

    model_config = ConfigDict(frozen=True)

    name: CheckName
    """What was looked at."""
    state: State
    """How it is now, after any repair."""
    explanation: str
    """What was seen, and what to do about it, in a sentence."""
    fixed: str | None = None
    """What was put right; None when nothing was."""


def ok(name: CheckName, explanation: str) -> Check:
    """Return a check that found all well."""
    return Check(name=name, state=State.OK, explanation=explanation)


def warning(name: CheckName, explanation: str) -> Check:
    """Return a check that found something to look at."""
    return Check(name=name, state=State.WARNING, explanation=explanation)


def failure(name: CheckName, explanation: str) -> Check:
    """Return a check that found something that does not work."""
    return Check(name=name, state=State.FAILURE, explanation=explanation)
