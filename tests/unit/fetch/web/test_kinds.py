"""What bytes are, by their first ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnoted.fetch.web.kinds import HEAD_BYTES, sniff

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = {
    b"ID3\x04\x00": "audio/mpeg",
    b"\xff\xfb\x90\x64" + bytes(8): "audio/mpeg",
    b"\xff\xf1\x50\x80": "audio/aac",
    b"OggS\x00\x02" + bytes(22) + b"\x01\x1eOpusHead": "audio/ogg",
    b"OggS\x00\x02" + bytes(22) + b"\x01\x2a\x80theora": "video/ogg",
    b"fLaC\x00": "audio/flac",
    b"RIFF\x00\x00\x00\x00WAVEfmt ": "audio/wav",
    b"RIFF\x00\x00\x00\x00AVI LIST": "video/x-msvideo",
    b"\x00\x00\x00\x20ftypM4A \x00\x00": "audio/mp4",
    b"\x00\x00\x00\x20ftypisom\x00\x00": "video/mp4",
    b"\x00\x00\x00\x14ftypqt  \x00": "video/quicktime",
    b"\x00\x00\x00\x18ftypheic": "image/heic",
    b"\x1a\x45\xdf\xa3\x01\x00\x42\x82\x84webm": "video/webm",
    b"\x1a\x45\xdf\xa3\x01\x00\x42\x82\x88matroska": "video/x-matroska",
    (b"\x47" + bytes(187)) * 3: "video/mp2t",
    b"FORM\x00\x00\x00\x00AIFFCOMM": "audio/aiff",
    b"PK\x03\x04": "application/zip",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"<!DOCTYPE html><html>": "text/html",
    b"\n <!-- hi --> <HTML lang=en>": "text/html",
    b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "x">': "text/html",
    b"<html><body>no": "text/html",
    b"\xef\xbb\xbf<?xml version='1.0'?><rss>": "application/xml",
    '<?xml version="1.0"?><feed>'.encode("utf-16"): "application/xml",
    b"<rss version='2.0'>": "application/xml",
    b'{"error": 1}': "application/json",
    b"[ {}]": "application/json",
}
UNKNOWN = [
    b"",
    b"WEBVTT\n\n",
    b"1\n00:00:01,000 --> 00:00:02,000\nhi",
    b"[00:12.00]la",
    b"[Music] hello",
    b"{0}{25}hello",
    b"plain <html> later",
    b"\xff\xfe" + "hello".encode("utf-16-le"),
    b"\xff\xff\xff\xff",
    b"ftyp",
]


@pytest.mark.parametrize(("head", "content_type"), KNOWN.items())
def test_a_kind_is_told_by_its_first_bytes(head: bytes, content_type: str) -> None:
    """As its own specification fixes them."""
    found = sniff(head)
    assert found is not None
    assert found.content_type == content_type


@pytest.mark.parametrize("head", UNKNOWN)
def test_what_has_no_mark_is_not_guessed(head: bytes) -> None:
    """Captions and plain words are for others to read."""
    assert sniff(head) is None


def test_real_recordings_are_told_apart(shared_data: Path) -> None:
    """All samples are media, but for the one that broke off in its header."""
    folder = shared_data / "audio-samples"
    endings = {".mp3", ".m4a", ".ogg", ".wav", ".flac", ".opus"}
    seen: dict[str, bool] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in endings and "broken" not in path.name:
            with path.open("rb") as file:
                found = sniff(file.read(HEAD_BYTES))
            seen[path.name] = found is not None and found.is_media
    assert seen
    assert [name for name, is_media in seen.items() if not is_media] == []
