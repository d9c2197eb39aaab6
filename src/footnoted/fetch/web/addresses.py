"""Which addresses may be asked: the public internet, and no way around through an embedded one.

The special ranges are those of the IANA registries (RFC 6890) and RFC 4291, 6052, 3056 and 5214.
"""

from __future__ import annotations

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)

REFUSED_PHRASE = "address refused by footnoted"
"""What a program that asks the net itself is told, and repeats, where it may not go."""

_METADATA = frozenset(
    {
        IPv4Address("169.254.169.254"),
        IPv4Address("100.100.100.200"),
        IPv4Address("168.63.129.16"),
        IPv4Address("192.0.0.192"),
        IPv6Address("fd00:ec2::254"),
        IPv6Address("fd20:ce::254"),
    }
)
"""Where clouds tell a machine about itself, keys included; some lie in public ranges."""

_OWN_NETWORKS = (
    IPv4Network("10.0.0.0/8"),
    IPv4Network("172.16.0.0/12"),
    IPv4Network("192.168.0.0/16"),
    IPv4Network("100.64.0.0/10"),
    IPv4Network("127.0.0.0/8"),
    IPv6Network("::1/128"),
    IPv6Network("fc00::/7"),
    IPv6Network("fec0::/10"),
)
"""Loopback, private and shared ranges: what a person may allow."""

_IN_THE_LAST_BITS = (
    IPv6Network("::/96"),
    IPv6Network("::ffff:0:0/96"),
    IPv6Network("::ffff:0:0:0/96"),
    IPv6Network("64:ff9b::/96"),
)
"""IPv4-compatible, IPv4-mapped, IPv4-translated, NAT64: the last 32 bits are an IPv4 address."""

_NEVER = (
    IPv6Network("64:ff9b:1::/48"),  # NAT64 of a local network: it may lead anywhere inside
    IPv6Network("2001::/32"),  # Teredo
    IPv4Network("192.88.99.0/24"),  # 6to4 relays
)
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})


def why_refused(address: str, *, allow_private: bool) -> str | None:
    """Return what kind of address it is that must not be asked, or None for one that may.

    `allow_private` lets private and loopback ones pass, and nothing else.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return "no IP address"
    if isinstance(found, IPv6Address) and found not in _OWN_NETWORKS[5]:
        inner = _embedded(found)
        if inner is not None:
            return why_refused(str(inner), allow_private=allow_private)
    return _why_refused(found, allow_private=allow_private)


def _why_refused(found: IPv4Address | IPv6Address, *, allow_private: bool) -> str | None:
    if found in _METADATA:
        return "the metadata service of a cloud"
    if any(found in network for network in _OWN_NETWORKS):
        return None if allow_private else "private"
    if found.is_unspecified:
        return "unspecified"
    if found.is_multicast:
        return "multicast"
    if found.is_link_local:
        return "link-local"
    if found.is_reserved or not found.is_global or any(found in one for one in _NEVER):
        return "reserved"
    return None


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that packets to an IPv6 address would end at, if there is one."""
    bits = int(address)
    if int(address) and any(address in network for network in _IN_THE_LAST_BITS):
        return IPv4Address(bits & 0xFFFFFFFF)
    if address.sixtofour is not None:
        return address.sixtofour
    if (bits >> 32) & 0xFFFFFFFF in _ISATAP:
        return IPv4Address(bits & 0xFFFFFFFF)
    return None


def is_this_machine(host: str) -> bool:
    """Return whether a host leads nowhere else; names but `localhost` may lead anywhere."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
