"""The edge as the settings want it; what sends requests is loaded when it is first wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.fetch.web.book import StoredHostBook
from footnoted.fetch.web.gate import HostGate
from footnoted.fetch.web.hosts import HostPace, parse_paces

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.fetch.web.client import HttpWeb
    from footnoted.fetch.web.connections import GuardedBackend
    from footnoted.fetch.web.gate import HostWitness
    from footnoted.settings import Settings


def make_gate(
    settings: Settings, database: Database, clock: Clock, witness: HostWitness | None = None
) -> HostGate:
    """Return the one gate of this process; `witness` hears of hosts that rest.

    Raises ConfigurationError for paces that cannot be read.
    """
    usual = HostPace(settings.host_gap_s, settings.host_connections)
    paces = parse_paces(usual, settings.host_paces)
    book = StoredHostBook(database)
    return HostGate(book, clock, paces=paces, witness=witness, is_offline=settings.offline)


def make_web(settings: Settings, gate: HostGate, clock: Clock) -> HttpWeb:
    """Return what asks the net, through `gate`; the caller closes it with `aclose`."""
    import httpx  # noqa: PLC0415 - heavy, and most commands ask nothing

    from footnoted.fetch.web.client import HttpWeb  # noqa: PLC0415 - the same
    from footnoted.fetch.web.transport import GuardedTransport  # noqa: PLC0415 - the same

    transport = GuardedTransport(_backend(settings), httpx.create_ssl_context())
    return HttpWeb(gate, transport, clock)


def make_guard(settings: Settings) -> Callable[[], AbstractAsyncContextManager[str]]:
    """Return what opens a guarding proxy for one run of a program that asks the net itself."""

    def guard() -> AbstractAsyncContextManager[str]:
        from footnoted.fetch.web.proxy import guarding_proxy  # noqa: PLC0415 - as above

        return guarding_proxy(_backend(settings))

    return guard


def _backend(settings: Settings) -> GuardedBackend:
    """Return what opens connections to where the settings let them go."""
    from footnoted.fetch.web.connections import (  # noqa: PLC0415 - as above
        GuardedBackend,
        SystemResolver,
        ThisMachineResolver,
    )

    resolver = ThisMachineResolver() if settings.offline else SystemResolver()
    return GuardedBackend(resolver, allow_private=settings.allow_private_addresses)
