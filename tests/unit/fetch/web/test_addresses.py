"""Which addresses may be asked."""

from __future__ import annotations

import pytest

from footnoted.fetch.web.addresses import why_refused

PUBLIC = ["93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::101:101", "2002:101:101::1"]
OWN = {
    "127.0.0.1": "loopback",
    "127.9.8.7": "all of it is loopback",
    "10.1.2.3": "RFC 1918",
    "172.31.255.255": "RFC 1918",
    "192.168.0.10": "RFC 1918",
    "100.64.0.1": "carrier-grade NAT, RFC 6598",
    "::1": "loopback",
    "fd12:3456::1": "unique local, RFC 4193",
    "fec0::1": "site-local, RFC 3879",
    "::ffff:127.0.0.1": "IPv4-mapped",
    "::ffff:10.0.0.1": "IPv4-mapped",
    "::127.0.0.1": "IPv4-compatible",
    "::ffff:0:192.168.1.1": "IPv4-translated, RFC 7915",
    "64:ff9b::7f00:1": "NAT64, RFC 6052",
    "2002:7f00:1::": "6to4, RFC 3056",
    "2002:c0a8:101::1": "6to4",
    "2606:4700::5efe:a00:1": "ISATAP, RFC 5214",
}
NEVER = {
    "0.0.0.0": "unspecified",  # noqa: S104 - nobody binds here
    "::": "unspecified",
    "::ffff:0.0.0.0": "unspecified",
    "224.0.0.1": "multicast",
    "ff02::1": "multicast",
    "169.254.1.1": "link-local",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local",
    "169.254.169.254": "the metadata service of a cloud",
    "::ffff:169.254.169.254": "the metadata service of a cloud",
    "64:ff9b::a9fe:a9fe": "the metadata service of a cloud",
    "100.100.100.200": "the metadata service of a cloud",
    "168.63.129.16": "the metadata service of a cloud",
    "fd00:ec2::254": "the metadata service of a cloud",
    "255.255.255.255": "reserved",
    "240.0.0.1": "reserved",
    "192.0.2.1": "reserved",
    "198.18.0.1": "reserved",
    "192.88.99.1": "reserved",
    "2001:db8::1": "reserved",
    "2001:0:4136:e378::1": "reserved",
    "64:ff9b:1::a00:1": "reserved",
    "100::1": "reserved",
    "localhost": "no IP address",
}


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_internet_may_be_asked(address: str) -> None:
    """With IPv4 addresses inside of IPv6 ones too, where those are public."""
    assert why_refused(address, allow_private=False) is None


@pytest.mark.parametrize("address", OWN, ids=lambda address: f"{address} ({OWN[address]})")
def test_ones_own_network_is_asked_only_where_a_person_allows_it(address: str) -> None:
    """However the address is written or wrapped."""
    assert why_refused(address, allow_private=False) == "private"
    assert why_refused(address, allow_private=True) is None


@pytest.mark.parametrize(("address", "why"), NEVER.items())
def test_some_addresses_are_never_asked(address: str, why: str) -> None:
    """A person's permission is for the own network, and for nothing else."""
    for allow_private in (False, True):
        assert why_refused(address, allow_private=allow_private) == why
