"""The port to whoever is told of alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from footnoted.pipeline.alerts.delivery.message import Message


class Receiver(Protocol):
    """Something that takes messages, within a time limit of its own."""

    @property
    def name(self) -> str:
        """Return the variable that names the receiver; it is stored and shown."""
        ...

    async def deliver(self, message: Message) -> str | None:
        """Return None when the message was taken, else why not, without anything secret."""
        ...
