"""What all models of speech services have in common: a name there, a server, and prices."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from datetime import datetime

    from footnoted.ledger.faults import Fault
    from footnoted.ledger.speech_prices import SpeechPrices, SpeechPriceTable
    from footnoted.transcripts.speech.service import SpeechService


class ServiceModel:
    """One model on one server; those who speak its protocol build on this."""

    at_once = 2
    probe_path: ClassVar[str]
    """What answers a GET that bills nothing, below the server's address."""

    def __init__(self, name: str, service: SpeechService, prices: SpeechPriceTable) -> None:
        """Ask `name` there; what its minutes cost is looked up by that name."""
        self._name = name
        self._service = service
        self._prices = prices

    @property
    def name(self) -> str:
        """Return the model's id as the server knows it."""
        return self._name

    @property
    def provider(self) -> str:
        """Return the server."""
        return self._service.base_url

    @property
    def key_sha256(self) -> str | None:
        """Return the hash of the key."""
        return self._service.key_sha256

    def prices_at(self, at: datetime) -> SpeechPrices | None:
        """Return what a minute costs then. Raises ConfigurationError when nobody said."""
        return self._prices.prices_of(self._name, at)

    async def probe(self) -> Fault | None:
        """Return what asking for a list says of the server and the key."""
        return await self._service.probe(self.probe_path)

    async def close(self) -> None:
        """Close the connections."""
        await self._service.close()
