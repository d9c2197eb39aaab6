"""What bytes are, by their first ones: what a server or a file name says is only a claim.

The signatures are those of the formats' own specifications: ID3v2 and MPEG audio (ISO/IEC 11172-3),
ADTS (13818-7), MPEG systems (13818-1), ISO base media (14496-12), Matroska (RFC 9559), Ogg
(RFC 3533), FLAC (RFC 9639), RIFF, AIFF, ASF, FLV.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

HEAD_BYTES = 2048
"""How many first bytes tell a kind."""

_TS_PACKET = 188


@dataclass(frozen=True, slots=True)
class Kind:
    """A content type, and the ending that files of it have."""

    content_type: str
    suffix: str

    @property
    def is_media(self) -> bool:
        """Return whether it is sound or pictures that move."""
        return self.content_type.startswith(("audio/", "video/"))


HTML: Final = Kind("text/html", ".html")
XML: Final = Kind("application/xml", ".xml")
JSON: Final = Kind("application/json", ".json")
_MP3 = Kind("audio/mpeg", ".mp3")
_MOV = Kind("video/quicktime", ".mov")

_SIGNATURES: tuple[tuple[int, bytes, Kind], ...] = (
    (0, b"ID3", _MP3),
    (0, b"fLaC", Kind("audio/flac", ".flac")),
    (8, b"WAVE", Kind("audio/wav", ".wav")),
    (8, b"AVI ", Kind("video/x-msvideo", ".avi")),
    (8, b"AIFF", Kind("audio/aiff", ".aiff")),
    (8, b"AIFC", Kind("audio/aiff", ".aiff")),
    (4, b"moov", _MOV),
    (4, b"mdat", _MOV),
    (4, b"wide", _MOV),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Kind("video/x-ms-asf", ".asf")),
    (0, b"FLV\x01", Kind("video/x-flv", ".flv")),
    (0, b"\x00\x00\x01\xba", Kind("video/mpeg", ".mpg")),
    (0, b"#!AMR", Kind("audio/amr", ".amr")),
    (0, b"caff", Kind("audio/x-caf", ".caf")),
    (0, b"PK\x03\x04", Kind("application/zip", ".zip")),
    (0, b"\x1f\x8b\x08", Kind("application/gzip", ".gz")),
    (0, b"%PDF-", Kind("application/pdf", ".pdf")),
    (0, b"\x89PNG\r\n\x1a\n", Kind("image/png", ".png")),
    (0, b"\xff\xd8\xff", Kind("image/jpeg", ".jpg")),
    (0, b"GIF8", Kind("image/gif", ".gif")),
    (8, b"WEBP", Kind("image/webp", ".webp")),
)
_BRANDS = (
    (b"M4A ", Kind("audio/mp4", ".m4a")),
    (b"M4B ", Kind("audio/mp4", ".m4b")),
    (b"qt  ", _MOV),
    (b"3g", Kind("video/3gpp", ".3gp")),
    (b"avif", Kind("image/avif", ".avif")),
    (b"heic", Kind("image/heic", ".heic")),
    (b"mif1", Kind("image/heic", ".heic")),
)
_HTML = re.compile(r"<(?:!doctype\s+html|(?:html|head|body|script|title|meta)[\s>/])")
_XML = re.compile(r"<(?:\?xml\s|(?:rss|feed|rdf:rdf|opml|tt|tt:tt|timedtext|transcript)[\s>])")
_COMMENTS = re.compile(r"(?:\s|<!--.*?-->)*", re.DOTALL)
_JSON = re.compile(r"(?:\{\s*[\"}]|\[\s*[\[{\"\]])")
_ROOT_BEFORE = re.compile(r"<(?:!doctype\s+html|html)[\s>]")


def sniff(head: bytes) -> Kind | None:
    """Return what the first bytes of something show it to be, or None where they show nothing."""
    return _container(head) or _frames(head) or _markup(head)


def _container(head: bytes) -> Kind | None:
    for offset, mark, kind in _SIGNATURES:
        if head.startswith(mark, offset):
            return kind
    if head.startswith(b"OggS"):
        is_video = b"\x80theora" in head
        return Kind("video/ogg", ".ogv") if is_video else Kind("audio/ogg", ".ogg")
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        is_webm = b"webm" in head[:128]
        return Kind("video/webm", ".webm") if is_webm else Kind("video/x-matroska", ".mkv")
    if head.startswith(b"ftyp", 4):
        brand = head[8:12]
        known = (kind for mark, kind in _BRANDS if brand.startswith(mark))
        return next(known, Kind("video/mp4", ".mp4"))
    return None


def _frames(head: bytes) -> Kind | None:
    """Return the kind of a stream that has no header but repeats itself: TS, ADTS, MPEG audio."""
    syncs = head[: 3 * _TS_PACKET : _TS_PACKET]
    if len(syncs) == 3 and set(syncs) == {0x47}:  # noqa: PLR2004 - packets in a row are proof
        return Kind("video/mp2t", ".ts")
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:  # noqa: PLR2004 - a frame sync
        return None
    layer, bitrate, rate = head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    if layer == 0 and head[1] & 0xF0 == 0xF0:  # noqa: PLR2004
        return Kind("audio/aac", ".aac") if head[2] >> 2 & 15 < 13 else None  # noqa: PLR2004
    is_frame = layer in (1, 2) and bitrate != 15 and rate != 3 and head[1] >> 3 & 3 != 1  # noqa: PLR2004
    return _MP3 if is_frame else None


def _markup(head: bytes) -> Kind | None:
    text = _text(head).lower()
    start = _COMMENTS.match(text)
    text = text[start.end() :] if start else text
    if _HTML.match(text):
        return HTML
    if _XML.match(text):
        return HTML if _ROOT_BEFORE.search(text) else XML  # XHTML begins as XML
    return JSON if _JSON.match(text) else None


def _text(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "ignore")
    return head.decode("utf-8-sig", "replace")
