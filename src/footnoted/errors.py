"""Every error the product raises on purpose, in four kinds; the bottom of the import order.

Kind says what the machine does: `Transient` waits without spending an attempt, `Permanent`
stops the item, `BudgetExceeded` waits for money, `ContractViolation` spends an attempt on a
model's bad answer. `UsageError` and `ConfigurationError` are a person's mistakes and end a
command with one sentence and no traceback.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from datetime import datetime


class FootnotedError(Exception):
    """The root of every error raised on purpose; `code` is stable and may be stored."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, concerns: str | None = None) -> None:
        """Keep the sentence for a person and the id of what it concerns."""
        super().__init__(message)
        self.message = message
        self.concerns = concerns


class UsageError(FootnotedError):
    """A command was called with something it cannot take (exit code 2)."""

    code = "usage"


class ConfigurationError(FootnotedError):
    """The environment or a file of settings is wrong (exit code 2)."""

    code = "configuration"


class MigrationsNeededError(FootnotedError):
    """The database schema is not the one this release needs (exit code 3)."""

    code = "migrations_needed"


class DependencyDownError(FootnotedError):
    """PostgreSQL or another part footnoted stands on cannot be reached (exit code 4)."""

    code = "dependency_down"


class LockHeldError(FootnotedError):
    """Another instance holds the lock of this database or data directory (exit code 5)."""

    code = "lock_held"


class TransientError(FootnotedError):
    """It will pass by itself: the item waits under `wait_reason` and no attempt is spent."""

    code = "transient"

    def __init__(
        self,
        message: str,
        *,
        wait_reason: str,
        retry_after_s: float | None = None,
        until: datetime | None = None,
        concerns: str | None = None,
    ) -> None:
        """Name the wait as `status` will show it, and how long, or until when, it should be."""
        super().__init__(message, concerns=concerns)
        self.wait_reason = wait_reason
        self.retry_after_s = retry_after_s
        self.until = until


class PermanentError(FootnotedError):
    """Trying again cannot help: the item fails at once under `failure_code`."""

    code = "permanent"

    def __init__(self, message: str, *, failure_code: str, concerns: str | None = None) -> None:
        """Name the failure as `status` will show it."""
        super().__init__(message, concerns=concerns)
        self.failure_code = failure_code


class BudgetExceededError(FootnotedError):
    """A cap leaves no room for the call: the item waits until `until`, no attempt is spent."""

    code = "budget"

    def __init__(self, message: str, *, until: datetime, concerns: str | None = None) -> None:
        """Say when the cap next has room."""
        super().__init__(message, concerns=concerns)
        self.until = until


class ContractViolationError(FootnotedError):
    """A model answered what its schema does not allow; the answer is kept, marked unusable."""

    code = "contract_violation"
