"""Bytes to text: byte order mark, then UTF-8, then charset-normalizer's best guess."""

from __future__ import annotations

import codecs
from typing import NamedTuple

from footnoted.transcripts.unreadable import FormatProblem, UnreadableCode

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF document"),
    (b"ID3", "an MP3 recording"),
    (b"OggS", "an Ogg recording"),
    (b"fLaC", "a FLAC recording"),
    (b"RIFF", "a RIFF recording (WAV or AVI)"),
    (b"\x1aE\xdf\xa3", "a Matroska or WebM recording"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
    (b"\xd0\xcf\x11\xe0", "an old binary Office document"),
)
_GUESS_BYTES = 128 * 1024
_SAMPLE_BYTES = 4096
_NUL_SHARE_OF_UTF16 = 0.35
_CONTROL_SHARE_OF_BINARY = 0.05
_TEXT_CONTROLS = frozenset(b"\t\n\x0b\x0c\r\x1b\x00")


class Decoded(NamedTuple):
    """Text without a byte order mark, and the encoding when it had to be guessed."""

    text: str
    guessed: str | None


def decode(data: bytes) -> Decoded:
    """Return the text of `data`.

    Raises FormatProblem when it is binary, or text in no encoding that can be told.
    """
    _refuse_known_binary(data)
    for bom, name in _BOMS:
        if data.startswith(bom):
            return Decoded(_decode_marked(data, name), None)
    wide = _unmarked_utf16(data)
    if wide:
        return Decoded(_decode_marked(data, wide), wide)
    text = _decode_utf8(data)
    if text is not None:
        _refuse_controls(data)
        return Decoded(text, None)
    return _guess(data)


def _refuse_known_binary(data: bytes) -> None:
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise FormatProblem(UnreadableCode.BINARY, f"this is {what}, not a transcript.")
    if data[4:8] == b"ftyp":
        raise FormatProblem(UnreadableCode.BINARY, "this is an MP4 recording, not a transcript.")


def _decode_marked(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        if error.end >= len(data) - 3:  # cut off in the middle of its last character
            return data.decode(name, errors="ignore")
        raise FormatProblem(
            UnreadableCode.ENCODING,
            f"it starts as {name.upper()} but byte {error.start} is not {name.upper()}.",
        ) from None


def _unmarked_utf16(data: bytes) -> str | None:
    """Return the UTF-16 flavour that a share of zero bytes on one side gives away."""
    sample = data[:_SAMPLE_BYTES]
    if len(sample) < 4 or b"\x00" not in sample:  # noqa: PLR2004 - two characters
        return None
    half = len(sample) / 2
    if sample[1::2].count(0) > half * _NUL_SHARE_OF_UTF16 and sample[0::2].count(0) == 0:
        return "utf-16-le"
    if sample[0::2].count(0) > half * _NUL_SHARE_OF_UTF16 and sample[1::2].count(0) == 0:
        return "utf-16-be"
    return None


def _decode_utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.end >= len(data) - 3 and error.start > 0:  # a truncated download
            return data[: error.start].decode("utf-8")
        return None


def _refuse_controls(data: bytes) -> None:
    sample = data[:_SAMPLE_BYTES]
    controls = sum(1 for byte in sample if byte < 0x20 and byte not in _TEXT_CONTROLS)  # noqa: PLR2004 - the C0 range
    nuls = sample.count(0)
    if controls > len(sample) * _CONTROL_SHARE_OF_BINARY or nuls > len(sample) / 4:
        raise FormatProblem(UnreadableCode.BINARY, "this is binary data, not a transcript.")


def _guess(data: bytes) -> Decoded:
    _refuse_controls(data)
    from charset_normalizer import from_bytes  # noqa: PLC0415 - only strange files need it

    best = from_bytes(data[:_GUESS_BYTES]).best()
    if best is None:
        raise FormatProblem(
            UnreadableCode.ENCODING,
            "its text encoding cannot be told; save it as UTF-8 and add it again.",
        )
    return Decoded(data.decode(best.encoding, errors="replace"), best.encoding)
