"""Exit codes, and how an error of ours becomes one sentence and a code."""

from __future__ import annotations

from enum import IntEnum

from footnoted.errors import (
    ConfigurationError,
    DependencyDownError,
    FootnotedError,
    LockHeldError,
    MigrationsNeededError,
    UsageError,
)


class Exit(IntEnum):
    """What a command's exit code means."""

    DONE = 0
    SOME_FAILED = 1
    USAGE = 2
    MIGRATIONS_NEEDED = 3
    DEPENDENCY_DOWN = 4
    LOCK_HELD = 5
    TRY_LATER = 75
    TIME_LIMIT = 124


def exit_of(error: FootnotedError) -> Exit:
    """Return the exit code an error ends a command with."""
    match error:
        case UsageError() | ConfigurationError():
            return Exit.USAGE
        case MigrationsNeededError():
            return Exit.MIGRATIONS_NEEDED
        case DependencyDownError():
            return Exit.DEPENDENCY_DOWN
        case LockHeldError():
            return Exit.LOCK_HELD
        case _:
            return Exit.SOME_FAILED
