"""Names of hosts, and how fast each may be asked."""

from __future__ import annotations

import pytest

from footnoted.errors import ConfigurationError
from footnoted.fetch.web.hosts import HostPace, host_name, parse_paces

USUAL = HostPace(1.0, 1)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("www.YouTube.com", "youtube.com"),
        ("youtube.com.", "youtube.com"),
        ("[::1]", "::1"),
        ("m.youtube.com", "m.youtube.com"),
    ],
)
def test_one_host_has_one_name(written: str, name: str) -> None:
    """However an address writes it."""
    assert host_name(written) == name


def test_a_pace_holds_for_a_host_and_all_below_it() -> None:
    """The longest name that fits decides; all others have the usual pace."""
    paces = parse_paces(USUAL, "youtube.com=5, fast.example=0/4,slow.fast.example=60")
    assert paces.of("youtube.com") == HostPace(5, 1)
    assert paces.of("m.youtube.com") == HostPace(5, 1)
    assert paces.of("a.fast.example") == HostPace(0, 4)
    assert paces.of("a.slow.fast.example") == HostPace(60, 1)
    assert paces.of("notyoutube.com") == USUAL
    assert paces.of("127.0.0.1") == USUAL


@pytest.mark.parametrize("words", ["a", "a=", "=1", "a=-1", "a=1/0", "a=x", "a=1/x", "a=nan"])
def test_a_pace_that_cannot_be_read_is_refused(words: str) -> None:
    """In a sentence that names the variable."""
    with pytest.raises(ConfigurationError, match="FOOTNOTED_HOST_PACES"):
        parse_paces(USUAL, words)
