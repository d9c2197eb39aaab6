"""Runs the installed program under a clock that keeps the emulator's time, again and again.

Reads one JSON object a line: `arguments`, `environment`, `clock` (emulated epoch seconds, the real
epoch seconds they were told at, emulated seconds per real one), `log` and perhaps `dies` (a stage,
a point and which time it comes there, as tests/acceptance/crash_worker.py has them) or `asks` (then
it is asking.py that runs). For each it
forks, tells the child's pid on a line, and its exit code on another once it has ended. Forking
spares each start the imports; the parent has no event loop, no thread and no connection.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import time
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import asking  # noqa: E402 - found beside this file

from footnoted import __main__ as program  # noqa: E402 - found through the path above
from footnoted import daemon as _daemon  # noqa: E402, F401 - imported once, for every fork
from footnoted.api import server as _server  # noqa: E402, F401 - the same
from footnoted.cli import application as _application  # noqa: E402, F401 - the same
from footnoted.clock import SystemClock  # noqa: E402 - the same
from footnoted.db import storage  # noqa: E402 - the same
from footnoted.llm import anthropic_client as _client  # noqa: E402 - the same
from footnoted.profiles.techniques import profile as _profile  # noqa: E402, F401 - the same


class ScaledClock:
    """The emulator's time: `scale` times as fast as the machine's."""

    def __init__(self, told_s: float, told_at_s: float, scale: float) -> None:
        """Begin with what the emulator's clock told, and when."""
        self._start = datetime.fromtimestamp(told_s, UTC)
        self._told_at_s = told_at_s
        self._scale = scale
        self._random = random.SystemRandom()

    def now(self) -> datetime:
        """Return the emulated time."""
        return self._start + timedelta(seconds=(time.time() - self._told_at_s) * self._scale)

    def monotonic_s(self) -> float:
        """Return emulated seconds that never go backwards."""
        return time.monotonic() * self._scale

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds` of emulated time."""
        await asyncio.sleep(seconds / self._scale)

    def jitter(self) -> float:
        """Return a number in [0, 1)."""
        return self._random.random()


def run(order: dict[str, Any]) -> None:
    """Become the program."""
    os.environ.update(order["environment"])
    clock = order["clock"]
    assert storage.SystemClock is SystemClock, "the program takes its clock from elsewhere"
    storage.SystemClock = lambda: ScaledClock(*clock)  # type: ignore[assignment,misc]
    sys.argv = ["footnoted", *order["arguments"]]
    if "dies" in order:
        from tests.acceptance import crash_worker  # noqa: PLC0415 - most orders need it not

        reaper = crash_worker.Reaper(*order["dies"])
        crash_worker.watch_the_journal(reaper)
        crash_worker.watch_the_saves(reaper)
        watch_the_provider(reaper)
    with Path(order["log"]).open("a", encoding="utf-8") as log:
        os.dup2(log.fileno(), sys.stdout.fileno())
        os.dup2(log.fileno(), sys.stderr.fileno())
    if "asks" in order:
        asyncio.run(asking.ask(order["asks"]))
    else:
        program.main()


def watch_the_provider(reaper: Any) -> None:
    """Pass by when a call is journaled as sent, and nothing has left yet."""
    model = _client.AnthropicModel
    answer = model.answer

    async def wrapped(self: Any, request: Any, options: Any) -> Any:
        from tests.acceptance.crash_worker import STAGES  # noqa: PLC0415 - as above

        reaper.pass_by(STAGES[type(request.task)], "before_send")
        return await answer(self, request, options)

    model.answer = wrapped  # type: ignore[method-assign]


def main() -> None:
    """Fork for each order; tell its pid, then its exit code."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                run(json.loads(line))
            except SystemExit as end:
                code = int(end.code or 0)
            except Exception:  # noqa: BLE001 - told in the log, where the bench reads it
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
