"""What words mean: an address, a file, or something that a person has to write otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnoted.errors import UsageError
from footnoted.sources.net.address import address_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in an empty folder."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("text", ["", " "])
def test_nothing_is_no_place(text: str) -> None:
    """A variable that is unset would follow whatever folder one is in."""
    with pytest.raises(UsageError, match="an empty word names no place; write a dot"):
        address_of(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://pod.example/feed.xml", "https://pod.example/feed.xml"),
        ("HTTP://pod.example", "HTTP://pod.example"),
        ("youtube.com/@x", "https://youtube.com/@x"),
        ("www.youtube.com/@x/videos", "https://www.youtube.com/@x/videos"),
        ("youtu.be/x", "https://youtu.be/x"),
        ("WWW.pod.example/feed?a=b", "https://WWW.pod.example/feed?a=b"),
        ("youtube.com/@the-channel", "youtube.com/@the-channel"),
        ("@the-channel", "@the-channel"),
    ],
)
def test_an_address_needs_no_scheme_where_its_host_is_known(text: str, address: str) -> None:
    """What YouTube itself shows stays as it is: it is read further on."""
    assert address_of(text) == address


@pytest.mark.parametrize(
    "text", ["talks", "~/talks", "./pod.example/x", "talks/*.vtt", "talk.vtt", "feeds.opml", "v1.2"]
)
def test_a_path_is_a_path_though_nothing_is_there(text: str) -> None:
    """A name that ends as files do is the name of a file."""
    assert address_of(text) is None


@pytest.mark.parametrize("text", ["pod.example/feed.xml", "pod.example", "pod.example:8000/feed"])
def test_what_may_be_either_says_how_to_write_both(text: str) -> None:
    """A mistyped path is no reason to ask a host somewhere for it."""
    with pytest.raises(UsageError) as raised:
        address_of(text)
    assert raised.value.message == (
        f"{text}: there is no such file or folder; write https://{text} for the address"
    )


@pytest.mark.parametrize("text", ["www.talks/one", "@the-channel", "pod.example/feed.xml"])
def test_what_is_there_is_meant(text: str, tmp_path: Path) -> None:
    """Whatever its name looks like."""
    (tmp_path / text).mkdir(parents=True)
    assert address_of(text) is None


def test_another_scheme_is_named() -> None:
    """And is not taken for a folder."""
    with pytest.raises(UsageError, match="only http and https are followed, not ftp"):
        address_of("ftp://pod.example/feed.xml")
