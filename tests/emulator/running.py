"""A started emulator as tests and benches hold it: its address, and verbs to steer it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent.parent
STOP_S = 5.0
POLL_S = 0.005
NOT_THERE_S = 5.0


class Emulator:
    """Steers a running emulator over its control endpoints; calls block."""

    def __init__(self, base_url: str) -> None:
        """Take the address."""
        self.base_url = base_url

    def configure(self, **parts: Any) -> None:
        """Replace the named parts of the configuration."""
        self._order("config", parts)

    def break_with(self, *rules: dict[str, Any]) -> None:
        """Replace the fault rules."""
        self._order("faults", {"rules": rules})

    def struck(self) -> list[int]:
        """Return how often each fault rule struck."""
        counts: list[int] = self._order("faults")["struck"]
        return counts

    def advance(self, seconds: float) -> None:
        """Move the virtual clock."""
        self._order("clock", {"advance_s": seconds})

    def set_auto(self, *, auto: bool) -> None:
        """Let the virtual clock move by itself, or no longer."""
        self._order("clock", {"auto": auto})

    def now_s(self) -> float:
        """Return the emulated time."""
        now: float = self._order("clock")["now_s"]
        return now

    def await_sleepers(self, count: int) -> None:
        """Return once `count` calls wait for the clock. Raises TimeoutError after 5 real s."""
        deadline = time.monotonic() + NOT_THERE_S
        while self._order("clock")["sleepers"] < count:
            if time.monotonic() > deadline:
                message = f"fewer than {count} calls wait"
                raise TimeoutError(message)
            time.sleep(POLL_S)

    def rows(self) -> list[dict[str, Any]]:
        """Return the books, one row per accepted call."""
        rows: list[dict[str, Any]] = self._order("ledger")["rows"]
        return rows

    def totals(self) -> dict[str, Any]:
        """Return the sums of the books."""
        totals: dict[str, Any] = self._order("ledger?totals")["totals"]
        return totals

    def reset(self) -> None:
        """Forget everything but the clock."""
        self._order("reset", {})

    def _order(self, name: str, order: dict[str, Any] | None = None) -> dict[str, Any]:
        data = None if order is None else json.dumps(order, default=str).encode()
        url = f"{self.base_url}/__emu__/{name}"
        with urllib.request.urlopen(urllib.request.Request(url, data)) as response:  # noqa: S310 - loopback
            told: dict[str, Any] = json.load(response)
            return told


@contextmanager
def started(*arguments: str) -> Iterator[Emulator]:
    """Yield an emulator in a process of its own that ends with the block."""
    command = [sys.executable, "-m", "tests.emulator", "--port", "0", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline().strip() if process.stdout else ""
        if not line:
            message = f"the emulator did not start: exit {process.wait(STOP_S)}"
            raise RuntimeError(message)
        yield Emulator(line)
    finally:
        process.terminate()
        process.wait(STOP_S)
        if process.stdout:
            process.stdout.close()
