"""A memory of hosts that needs no database, and who hears of those that rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.fetch.web.hosts import Standing

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class FakeHostBook:
    """Remembers hosts as long as it lives."""

    def __init__(self) -> None:
        """Know no host."""
        self.standings: dict[str, Standing] = {}

    async def revise(
        self, host: str, revise: Callable[[Standing], Standing]
    ) -> tuple[Standing, Standing]:
        """Return how a host stood and how it stands now."""
        before = self.standings.get(host, Standing())
        after = self.standings[host] = revise(before)
        return before, after

    async def forget(self, before: datetime) -> None:
        """Forget hosts that nothing is held against and that were not asked since `before`."""
        self.standings = {
            host: standing
            for host, standing in self.standings.items()
            if standing.failures > 0
            or (standing.goes_at is not None and standing.goes_at >= before)
        }


class FakeHostWitness:
    """Remembers what it heard: (host, code, until) of each rest, and who recovered."""

    def __init__(self) -> None:
        """Have heard nothing."""
        self.rests: list[tuple[str, str, datetime]] = []
        self.recoveries: list[str] = []

    async def rested(self, host: str, code: str, detail: str, until: datetime) -> None:
        """Hear that a host rests."""
        assert detail
        self.rests.append((host, code, until))

    async def recovered(self, host: str) -> None:
        """Hear that a host recovered."""
        self.recoveries.append(host)
