"""A stage under guard: whatever it does ends its own attempt, never the loop.

Expected errors pass as they are. A time limit is told from a timeout of the stage's own network,
and a panic of native code or a cancellation from within becomes an error like any other.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, TypeVar

from footnoted.errors import FootnotedError

if TYPE_CHECKING:
    from collections.abc import Awaitable

T = TypeVar("T")


class TimeLimitError(FootnotedError):
    """The stage exceeded its time limit; this costs an attempt."""

    code: ClassVar[str] = "time_limit"


class StageFaultError(Exception):
    """The stage ended in a way that no stage may: a bug, of ours or of a library."""


async def guarded(work: Awaitable[T], limit_s: float) -> T:
    """Return what `work` returns within `limit_s` seconds.

    Raises TimeLimitError after that, and StageFaultError for what is no Exception. Cancellation
    of the caller, Ctrl-C and `sys.exit` pass.
    """
    limit = asyncio.timeout(limit_s)
    try:
        async with limit:
            return await work
    except TimeoutError as error:
        if not limit.expired():
            raise
        message = f"the stage exceeded its time limit of {limit_s:g} s"
        raise TimeLimitError(message) from error
    except (Exception, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        if _is_from_outside(error):
            raise
        message = f"{type(error).__name__}: {error}"
        raise StageFaultError(message) from error


def _is_from_outside(error: BaseException) -> bool:
    """Return whether somebody cancelled the task, rather than the stage itself."""
    task = asyncio.current_task()
    is_asked = task is not None and task.cancelling() > 0
    return isinstance(error, asyncio.CancelledError) and is_asked
