"""A receiver of alerts that remembers what it took, and takes nothing while it is told not to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass
class FakeReceiver:
    """Takes messages; `refusal` is why it does not, `error` what it raises instead."""

    name: str = "FOOTNOTED_ALERT_URL"
    refusal: str | None = None
    error: Exception | None = None
    hangs: bool = False
    asked: int = 0
    taken: list[Mapping[str, Any]] = field(default_factory=list)

    async def deliver(self, message: Mapping[str, Any]) -> str | None:
        """Take `message`, unless something was set that prevents it."""
        self.asked += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.error is not None:
            raise self.error
        if self.refusal is None:
            self.taken.append(message)
        return self.refusal

    def told(self) -> list[list[tuple[str, str, str]]]:
        """Return code, what it concerns, and state of each alert of each message taken."""
        return [
            [(one["code"], one["concerns"], one["state"]) for one in message["alerts"]]
            for message in self.taken
        ]
