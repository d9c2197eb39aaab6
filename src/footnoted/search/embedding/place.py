"""Whether an address is on this machine."""

from __future__ import annotations

import ipaddress


def is_this_machine(host: str) -> bool:
    """Return whether a host leads nowhere else; names but `localhost` may lead anywhere."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
