"""Whether what came is what was asked for."""

from __future__ import annotations

import pytest

from footnoted.fetch.port import WebRefusedError
from footnoted.fetch.web.answers import require_kind, require_length

FEED = ("application/rss+xml", "application/atom+xml", "application/xml", "text/xml")
AUDIO = ("audio/", "video/")
XML = b"<?xml version='1.0'?><rss></rss>"
PAGE = b"<!doctype html><title>Sorry</title>"
MP3 = b"ID3\x04\x00\x00"

TAKEN = [
    (FEED, "application/rss+xml; charset=utf-8", XML),
    (FEED, "text/html", XML),
    (FEED, None, XML),
    (FEED, "text/plain", b"\n"),
    (AUDIO, "audio/mpeg", MP3),
    (AUDIO, "application/octet-stream", MP3),
    (AUDIO, "text/html", MP3),
    (AUDIO, "audio/x-rare", b"rare"),
    (("text/html",), "text/html", PAGE),
    (("text/vtt",), "text/vtt", b"WEBVTT"),
    (("text/vtt",), "text/plain", b"WEBVTT"),
    (("application/json",), "text/plain", b'{"a": 1}'),
    ((), "anything", PAGE),
]
REFUSED = [
    (FEED, "application/rss+xml", PAGE, "it sent a web page, declared as application/rss"),
    (FEED, None, PAGE, "it sent a web page, declared as nothing"),
    (FEED, "audio/mpeg", MP3, "it sent audio/mpeg"),
    (FEED, "image/png", b"?", "it sent image/png"),
    (AUDIO, "audio/mpeg", PAGE, "it sent a web page"),
    (AUDIO, "audio/mpeg", b'{"error": "gone"}', "it sent application/json"),
    (AUDIO, "audio/mpeg", XML, "it sent application/xml"),
    (AUDIO, "application/zip", b"PK\x03\x04", "it sent application/zip"),
]


@pytest.mark.parametrize(("accepts", "declared", "head"), TAKEN)
def test_what_was_asked_for_is_taken_whatever_it_is_called(
    accepts: tuple[str, ...], declared: str | None, head: bytes
) -> None:
    """Servers name things wrong every day."""
    require_kind("a.example", accepts, declared, head)


@pytest.mark.parametrize(("accepts", "declared", "head", "sentence"), REFUSED)
def test_something_else_is_refused_with_a_sentence(
    accepts: tuple[str, ...], declared: str | None, head: bytes, sentence: str
) -> None:
    """An error page under the name of a feed, or of a recording, is what it is."""
    with pytest.raises(WebRefusedError, match=f"a.example: {sentence}") as caught:
        require_kind("a.example", accepts, declared, head)
    assert caught.value.failure_code == "answer_wrong_type"


@pytest.mark.parametrize("declared", [None, "", "100", "nonsense", "-5"])
def test_a_length_that_fits_or_is_none_is_left_to_the_counter(declared: str | None) -> None:
    """What really comes is counted anyway."""
    require_length("a.example", declared, 100)


@pytest.mark.parametrize("declared", ["101", "9" * 5000])
def test_a_length_that_cannot_fit_is_refused_before_a_byte_is_read(declared: str) -> None:
    """However many digits it has."""
    with pytest.raises(WebRefusedError, match="100 bytes is the most") as caught:
        require_length("a.example", declared, 100)
    assert caught.value.failure_code == "answer_too_large"
