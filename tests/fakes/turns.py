"""A gate before hosts that lets everybody pass and remembers what it was told."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class FakeTurns:
    """A `fetch.ytdlp.port.HostTurns`; `rests` says whether a refusal makes the host rest."""

    def __init__(self, *, rests: bool = True) -> None:
        """Start with a host that is well."""
        self.rests = rests
        self.turns: list[str] = []
        self.refusals: list[tuple[str, str, float | None]] = []
        self.successes = 0

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncGenerator[None]:
        """Let pass."""
        self.turns.append(host)
        yield

    async def refused(
        self, host: str, code: str, detail: str, rest_s: float | None = None
    ) -> datetime | None:
        """Note the refusal; the host rests for as long as it asked, or for a minute."""
        assert detail
        self.refusals.append((host, code, rest_s))
        return NOON + timedelta(seconds=rest_s or 60) if self.rests else None

    async def went_well(self, host: str) -> None:
        """Count it."""
        assert host
        self.successes += 1
