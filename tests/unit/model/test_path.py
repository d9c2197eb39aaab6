"""Paths that can be stored, and opened by address."""

from __future__ import annotations

import os
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnoted.model.path import file_url, real_path, stored_path


@given(st.binary(min_size=1, max_size=40))
def test_any_name_of_bytes_can_be_stored_and_found_again(name: bytes) -> None:
    """The stored form is plain text, and no two names share one."""
    path = os.fsdecode(b"/folder/" + name.replace(b"\0", b"x"))
    stored = stored_path(path)
    stored.encode()
    assert real_path(stored) == path


@pytest.mark.parametrize("path", ["/a/b.vtt", "C:\\videos\\x.vtt", "/odd\\xff", "/odd\\x5cx"])
def test_names_that_look_escaped_are_kept_apart(path: str) -> None:
    """A backslash before an x is escaped itself."""
    assert real_path(stored_path(path)) == path


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/talks/a b.mp4", "file:///talks/a%20b.mp4"),
        ("/talks/100% #1?.mkv", "file:///talks/100%25%20%231%3F.mkv"),
        ("/talks/été.mp3", "file:///talks/%C3%A9t%C3%A9.mp3"),
        (os.fsdecode(b"/talks/\xff.mp3"), "file:///talks/%FF.mp3"),
        ("/odd\\xff.mp3", "file:///odd%5Cxff.mp3"),
    ],
)
def test_the_address_of_a_file_holds_its_bytes(path: str, url: str) -> None:
    """RFC 8089: what is no letter of an address is percent-encoded, byte by byte."""
    assert file_url(stored_path(path)) == url


@given(st.binary(min_size=1, max_size=40))
def test_any_address_opens_the_file_it_is_of(name: bytes) -> None:
    """Whatever the name, the path of the address is the path."""
    path = b"/folder/" + name.replace(b"\0", b"x")
    parts = urlsplit(file_url(stored_path(os.fsdecode(path))))
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("file", "", "", "")
    assert unquote_to_bytes(parts.path) == path
