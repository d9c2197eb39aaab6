"""Which addresses are asked, and where redirects lead."""

from __future__ import annotations

import pytest

from footnoted.fetch.port import WebRefusedError
from footnoted.fetch.web.route import Route, parse_address, shown_address

MALFORMED = [
    "",
    "a.example/feed",
    "ftp://a.example/",
    "file:///etc/passwd",
    "data:text/xml,<rss/>",
    "javascript:alert(1)",
    "http://",
    "http:///path",
    "http://a.example:99999/",
    "http://a.example:0/",
    "http://me:secret@a.example/",
    "http://secret@a.example/",
    "http://[::1/",
    "http://a.example/\x00",
    "http://" + "a" * 70_000,
    "http://xn--\udcff.example/",
]


@pytest.mark.parametrize("address", MALFORMED, ids=lambda address: repr(address[:30]))
def test_what_is_no_plain_web_address_is_refused(address: str) -> None:
    """Without repeating it, for it may hold a secret."""
    with pytest.raises(WebRefusedError) as caught:
        parse_address(address)
    assert caught.value.failure_code == "address_malformed"
    assert "secret" not in caught.value.message


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://a.example/feeds/dead-2026.xml", "a.example/feeds/dead-2026.xml"),
        ("http://127.0.0.1:8080/episode12.mp3", "127.0.0.1:8080/episode12.mp3"),
        ("https://a.example/", "a.example"),
        ("https://a.example/f%C3%BCr%0Auns", "a.example/füruns"),
        ("https://a.example/rss?auth=hunter2", "a.example/rss?…"),
        ("https://a.example/private/tGk3xQ9/feed.rss", "a.example/private/…/feed.rss"),
        ("https://a.example/9f86d081884c7d659a2feaa0c55ad015", "a.example/…"),
        ("https://a.example/AbCdEfGhIjKlMnOpQrStUvWx", "a.example/…"),
        ("https://a.example/" + "word-" * 50, "a.example/" + "word-" * 23 + "word…"),
    ],
)
def test_an_address_is_shown_without_what_may_be_a_secret(address: str, shown: str) -> None:
    """Two addresses of a host can be told apart, and a private feed stays private."""
    assert shown_address(parse_address(address)) == shown


def test_a_plain_one_is_taken_without_its_fragment() -> None:
    """With whatever port, in whatever script, with the blanks that feeds leave around it."""
    assert str(parse_address(" http://a.example:8080/x?y=1#z\n")) == "http://a.example:8080/x?y=1"
    assert parse_address("https://bücher.example/").raw_host == b"xn--bcher-kva.example"


def follow(*hops: tuple[int, str]) -> Route:
    """Return a route after some redirects."""
    route = Route("https://a.example/feed")
    for status, location in hops:
        route.follow(status, location)
    return route


def test_moves_for_good_are_told_as_far_as_they_go() -> None:
    """What comes after a temporary one is only for today."""
    assert follow((302, "/b")).moved_to is None
    assert follow((301, "/b"), (308, "https://c.example/d")).moved_to == "https://c.example/d"
    route = follow((308, "/b"), (307, "/c"), (301, "/d"))
    assert (route.moved_to, str(route.url)) == ("https://a.example/b", "https://a.example/d")


def test_a_move_away_from_https_is_not_remembered() -> None:
    """Whoever sits on the line could ask for one."""
    assert follow((301, "http://a.example/feed")).moved_to is None


def test_secrets_stay_at_the_first_origin() -> None:
    """Another host, port or scheme is elsewhere."""
    assert follow((302, "/x")).is_elsewhere is False
    assert [
        follow((302, to)).is_elsewhere
        for to in ("http://a.example/", "https://b.example/", "https://a.example:444/")
    ] == [True, True, True]


@pytest.mark.parametrize("location", [None, "", "file:///etc/passwd", "//u:p@b/", "//b:99999/"])
def test_a_redirect_to_no_web_address_is_refused(location: str | None) -> None:
    """The rules of the first address hold for all others."""
    with pytest.raises(WebRefusedError):
        Route("https://a.example/").follow(302, location)
