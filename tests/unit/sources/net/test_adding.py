"""One feed has one address, however it is written."""

from __future__ import annotations

import pytest

from footnoted.sources.net.adding import feed_at


@pytest.mark.parametrize(
    "written",
    [
        "HTTPS://Pod.Example/Feed.xml?show=A",
        "https://pod.example/Feed.xml?show=A#latest",
    ],
)
def test_what_no_server_is_asked_makes_no_other_feed(written: str) -> None:
    """Host and scheme have no case, and what stands behind # is not sent (RFC 9110, 4.2.3)."""
    assert feed_at(written).locator == "https://pod.example/Feed.xml?show=A"


def test_the_secret_of_a_feed_stays_as_it_is() -> None:
    """Name and password have capitals of their own."""
    assert feed_at("https://Me:SeCret@Pod.Example/f").locator == "https://Me:SeCret@pod.example/f"
