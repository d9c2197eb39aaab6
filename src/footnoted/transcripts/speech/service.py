"""One speech service over HTTP, with one key."""

from __future__ import annotations

from footnoted.fetch.service import ServiceClient
from footnoted.ledger.service import PaidService
from footnoted.ledger.service_faults import ServiceFaults

_MOST_BYTES = 64 * 2**20


class SpeechService(PaidService):
    """A server that hears."""

    def __init__(self, base_url: str, authorization: str | None) -> None:
        """Connect to nothing yet; `authorization` is the whole header."""
        client = ServiceClient(base_url, authorization, most_bytes=_MOST_BYTES)
        super().__init__(client, ServiceFaults("the speech service"))
