"""What stays of an address when everything that rotates is taken off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnoted.sources.feeds.addresses import absolute_url, normal_url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://cdn.example/ep1.mp3", "cdn.example/ep1.mp3"),
        ("http://www.cdn.example:80/ep1.mp3#t=10", "cdn.example/ep1.mp3"),
        ("https://user:secret@cdn.example:8443/ep1.mp3", "cdn.example:8443/ep1.mp3"),
        ("https://CDN.example/Ep%201.mp3", "cdn.example/Ep 1.mp3"),
        ("https://cdn.example/ep1.mp3?utm_source=feed&utm_medium=x", "cdn.example/ep1.mp3"),
        ("https://cdn.example/ep1.mp3?token=abc&expires=1700000000", "cdn.example/ep1.mp3"),
        ("https://cdn.example/play?id=7&sig=abc&b=2", "cdn.example/play?b=2&id=7"),
        ("https://cdn.example/play?b=2&id=7", "cdn.example/play?b=2&id=7"),
        (
            "https://s3.example/e.mp3?X-Amz-Date=20260101&X-Amz-Signature=ff&X-Amz-Expires=60",
            "s3.example/e.mp3",
        ),
        (
            "https://blob.example/e.mp3?sv=2020&st=a&se=b&sr=b&sp=r&sig=xyz&episode=4",
            "blob.example/e.mp3?episode=4",
        ),
        ("https://show.example/play?st=4&se=2", "show.example/play?se=2&st=4"),
        (
            "https://dts.podtrac.com/redirect.mp3/chtbl.com/track/AB12/traffic.example/ep1.mp3",
            "traffic.example/ep1.mp3",
        ),
        (
            "https://pdst.fm/e/chrt.fm/track/9/mgln.ai/e/1/cdn.example/a/b.mp3",
            "cdn.example/a/b.mp3",
        ),
        ("https://op3.dev/e,pg=123/https://cdn.example/a.mp3", "cdn.example/a.mp3"),
        ("https://op3.dev/e/cdn.example:8080/a.mp3?token=1", "cdn.example:8080/a.mp3"),
        (
            "https://dts.podtrac.com/redirect.mp3/nothing-behind",
            "dts.podtrac.com/redirect.mp3/nothing-behind",
        ),
    ],
)
def test_an_address_keeps_what_identifies_the_file(url: str, expected: str) -> None:
    """Schemes, ports, accounts, campaigns, signatures and counters go."""
    assert normal_url(url) == expected


@pytest.mark.parametrize(
    "url", ["https://show.example", "https://show.example/", "https://show.example/?utm_source=x"]
)
def test_a_front_page_identifies_nothing(url: str) -> None:
    """Feeds without pages of their own link every item to it."""
    assert normal_url(url) is None


@pytest.mark.parametrize(
    "url", ["https://[broken/x", "https://host:99999999/x", "", "https:///x", "mailto:a@b.example"]
)
def test_a_malformed_address_identifies_nothing_or_itself_and_never_raises(url: str) -> None:
    """Whatever a feed writes."""
    assert normal_url(url) in {None, "b.example"}


@given(st.text(max_size=60), st.text(alphabet="abc/?&=%+.:;#[]@", max_size=60))
def test_no_text_makes_it_raise(host: str, rest: str) -> None:
    """Addresses are text from strangers."""
    normal_url(f"https://{host}/{rest}")
    absolute_url("https://feeds.example/x", rest)


@given(
    st.from_regex(r"[a-z]{1,8}\.example", fullmatch=True),
    st.from_regex(r"[a-z0-9]{1,8}(/[a-z0-9]{1,8}){0,3}\.mp3", fullmatch=True),
    st.text(alphabet="0123456789abcdef", min_size=1, max_size=40),
)
def test_signing_and_counting_never_change_what_stays(host: str, path: str, token: str) -> None:
    """The property behind the table."""
    plain = normal_url(f"https://{host}/{path}")
    assert normal_url(f"http://{host}/{path}?token={token}&expires={token}") == plain
    assert normal_url(f"https://chtbl.com/track/{token}/{host}/{path}?utm_source={token}") == plain


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("ep 1.mp3", "https://feeds.example/show/ep%201.mp3"),
        ("/ep1.mp3\n", "https://feeds.example/ep1.mp3"),
        ("//cdn.example/ep1.mp3", "https://cdn.example/ep1.mp3"),
        ("file:///etc/passwd", None),
        ("javascript:alert(1)", None),
        ("data:audio/mpeg;base64,AA", None),
        ("", None),
        (None, None),
        ("https://cdn.example/" + "a" * 5_000, None),
    ],
)
def test_an_address_is_made_absolute_or_refused(raw: object, expected: str | None) -> None:
    """Only http and https lead anywhere."""
    assert absolute_url("https://feeds.example/show/feed.xml", raw) == expected
