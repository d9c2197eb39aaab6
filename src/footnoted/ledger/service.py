"""A paid service over HTTP: its good answers, and a fault for everything else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from footnoted.fetch.service import EndlessAnswerError, NoAnswerError
from footnoted.ledger.faults import CallFailedError, FaultKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from footnoted.fetch.service import ServiceAnswer, ServiceClient
    from footnoted.ledger.faults import Fault
    from footnoted.ledger.service_faults import ServiceFaults

_PROBE_TIMEOUT_S = 10.0
_GOOD = range(200, 300)


class PaidService:
    """Posts to one server with one key, which is in no message."""

    def __init__(self, client: ServiceClient, faults: ServiceFaults) -> None:
        """Ask through `client`; `faults` knows what its failures mean."""
        self._client, self._faults = client, faults

    @property
    def base_url(self) -> str:
        """Return the server's address."""
        return self._client.base_url

    @property
    def key_sha256(self) -> str | None:
        """Return the hash of the key."""
        return self._client.key_sha256

    def request(self, method: str, path: str, **content: Any) -> httpx.Request:  # noqa: ANN401 - as the client's
        """Return a request for what stands below the server's address."""
        return self._client.request(method, path, **content)

    async def send(self, request: httpx.Request, timeout_s: float) -> ServiceAnswer:
        """Return a good answer (2xx). Raises CallFailedError for any other, and for none."""
        try:
            answer = await self._client.send(request, timeout_s)
        except NoAnswerError as error:
            raise self._failed(self._faults.of_transport(error.cause)) from None
        except EndlessAnswerError as error:
            raise self.unreadable(str(error), error.headers) from None
        if answer.status not in _GOOD:
            raise self._failed(self._faults.of_status(*answer))
        return answer

    def unreadable(self, why: str, headers: Mapping[str, str]) -> CallFailedError:
        """Return the error of an answer that makes no sense; the work behind it may be billed."""
        return self._failed(self._faults.unreadable(why, headers))

    async def probe(self, path: str) -> Fault | None:
        """Return what a GET that bills nothing says of the server and the key; None: nothing bad.

        A server at home may not know the address: then it is there, and that is all it can tell.
        """
        try:
            await self.send(self.request("GET", path), _PROBE_TIMEOUT_S)
        except CallFailedError as error:
            return None if error.fault.kind is FaultKind.REJECTED else error.fault
        return None

    async def close(self) -> None:
        """Close every connection."""
        await self._client.close()

    def _failed(self, fault: Fault) -> CallFailedError:
        return CallFailedError(replace(fault, message=self._client.hushed(fault.message)))
