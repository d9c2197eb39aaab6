"""A command that gets messages as JSON on its standard input."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import signal
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

from footnoted.errors import ConfigurationError
from footnoted.settings import secret_fields, variable

if TYPE_CHECKING:
    from collections.abc import Mapping

LIMIT_S = 30.0
_BURIAL_S = 5.0


class Command:
    """Runs without a shell, in a process group of its own that ends with its time limit."""

    def __init__(self, line: str, limit_s: float = LIMIT_S, *, shows_output: bool = False) -> None:
        """Run `line`, split like a shell's words. Raises ConfigurationError when it has none.

        What the command says is thrown away, unless `shows_output`: then it goes to our stderr.
        """
        self.name = variable("alert_command")
        self._words, self._limit_s = _words(self.name, line), limit_s
        self._output = None if shows_output else subprocess.DEVNULL

    async def deliver(self, message: Mapping[str, object]) -> str | None:
        """Return None when the command ended with exit code 0 in time, else why not."""
        try:
            process = await asyncio.create_subprocess_exec(
                *self._words,
                stdin=subprocess.PIPE,
                stdout=2 if self._output is None else self._output,
                stderr=self._output,
                start_new_session=True,
                env=_environment(),
            )
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else "its words cannot be passed on"
            return f"it cannot be started: {why}"
        try:
            async with asyncio.timeout(self._limit_s):
                await process.communicate(json.dumps(message).encode())
        except TimeoutError:
            return f"it did not end within {self._limit_s:g} s and was killed"
        finally:
            await _bury(process)
        return _ending(process.returncode)


async def _bury(process: asyncio.subprocess.Process) -> None:
    """Kill a command that has not ended, with all that it started in its group."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(TimeoutError):
        async with asyncio.timeout(_BURIAL_S):
            await process.wait()


def _ending(code: int | None) -> str | None:
    if code == 0:
        return None
    if code is not None and code < 0:
        return f"it was ended by signal {-code}"
    return f"it ended with exit code {code}"


def _words(name: str, line: str) -> list[str]:
    try:
        words = shlex.split(line)
    except ValueError as error:
        message = f"{name}: {str(error).lower()}"
        raise ConfigurationError(message) from None
    if not words:
        message = f"{name} names no command"
        raise ConfigurationError(message)
    return words


def _environment() -> dict[str, str]:
    """Return our environment without what a command that tells of alerts has no business with."""
    secrets = {"ANTHROPIC_API_KEY", *(variable(field) for field in secret_fields())}
    return {name: value for name, value in os.environ.items() if name not in secrets}
