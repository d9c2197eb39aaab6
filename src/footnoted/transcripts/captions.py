"""Reading a transcript file: bytes in, a clean transcript out, or one sentence why not.

bytes -> decode -> sniff -> a reader of formats/ -> clean -> Transcript
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from footnoted.model.transcript import Transcript, TranscriptFormat, TranscriptOrigin
from footnoted.transcripts.clean import Cleaned, clean
from footnoted.transcripts.encoding import decode
from footnoted.transcripts.error_pages import error_page_message
from footnoted.transcripts.formats.docx import docx_text, is_zip
from footnoted.transcripts.formats.json_documents import read_json
from footnoted.transcripts.formats.lines import (
    read_ass,
    read_lrc,
    read_microdvd,
    read_sbv,
    read_tsv,
)
from footnoted.transcripts.formats.plain import read_plain
from footnoted.transcripts.formats.srt import read_srt
from footnoted.transcripts.formats.ttml import read_ttml
from footnoted.transcripts.formats.webpage import read_webpage
from footnoted.transcripts.formats.webvtt import read_webvtt
from footnoted.transcripts.formats.youtube import read_srv1, read_srv3
from footnoted.transcripts.reading import Reading
from footnoted.transcripts.sniff import Shape, sniff
from footnoted.transcripts.unreadable import (
    FormatProblem,
    TranscriptUnreadableError,
    UnreadableCode,
    malformed,
)

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_BYTES = 64 * 2**20
_NAME_LANGUAGE = re.compile(r"\.([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?)$")
_CAPTION_SUFFIXES = frozenset({".vtt", ".srt", ".sbv", ".ttml", ".dfxp", ".json3", ".srv3", ".ytt"})
_PROSE_SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown", ".transcript"})
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


def read_transcript(
    data: bytes,
    file_name: str,
    *,
    origin: TranscriptOrigin,
    language_hint: str | None = None,
    max_bytes: int = MAX_BYTES,
) -> Transcript:
    """Return the transcript a file holds, clean and in order, or raise why there is none.

    The content decides the format; the name only where the content leaves it open. The language
    is the hint, else what the file states, else what its name says (`talk.en.vtt`).

    Raises TranscriptUnreadableError, whatever the bytes are.
    """
    name = PurePath(file_name).name or "the file"
    try:
        reading = _read(data, name, max_bytes)
        cleaned = _clean(reading)
    except FormatProblem as problem:
        raise TranscriptUnreadableError(problem.why, name, problem.sentence) from None
    return Transcript(
        format=reading.format,
        origin=origin,
        language=language_hint or reading.language or _language_in(name),
        cues=cleaned.cues,
        notes=(*reading.notes, *cleaned.notes),
    )


def _clean(reading: Reading) -> Cleaned:
    cleaned = clean(reading.cues)
    if not cleaned.cues:
        sentence = "it holds no words."
        raise FormatProblem(UnreadableCode.EMPTY, sentence)
    return cleaned


def _read(data: bytes, name: str, max_bytes: int) -> Reading:
    if len(data) > max_bytes:
        raise FormatProblem(
            UnreadableCode.TOO_LARGE,
            f"it has {len(data) / 2**20:.1f} MiB; the limit is {max_bytes / 2**20:.0f} MiB.",
        )
    if not data.strip():
        raise FormatProblem(UnreadableCode.EMPTY, "the file is empty.")
    if is_zip(data):
        text = docx_text(data, max_bytes=max_bytes)
        return read_plain(text, as_format=TranscriptFormat.DOCX)
    decoded = decode(data)
    reading = _read_text(decoded.text, name)
    if decoded.guessed is None:
        return reading
    note = f"read as {decoded.guessed}: its encoding had to be guessed"
    return Reading(reading.format, reading.cues, reading.language, (note, *reading.notes))


def _read_text(text: str, name: str) -> Reading:
    shape = sniff(text, name)
    message = error_page_message(text) if shape is not Shape.WEBPAGE else None
    if message is not None:
        raise FormatProblem(
            UnreadableCode.ERROR_PAGE, f"this is no transcript but an error page ({message})."
        )
    if shape is Shape.WEBVTT:
        return _read_webvtt(text)
    if shape is Shape.MARKDOWN:
        return read_plain(text, is_markdown=True)
    if shape is Shape.PLAIN:
        _refuse_foreign(name)
        return read_plain(text)
    if shape in (Shape.SCC, Shape.OTHER_XML):
        what = "a Scenarist SCC file" if shape is Shape.SCC else "XML, but no timed text"
        raise FormatProblem(
            UnreadableCode.UNKNOWN_FORMAT,
            f"this is {what}, which footnoted does not read; convert it to WebVTT.",
        )
    return _readers()[shape](text)


def _readers() -> dict[Shape, Callable[[str], Reading]]:
    return {
        Shape.SRT: read_srt,
        Shape.SBV: read_sbv,
        Shape.TTML: read_ttml,
        Shape.SRV3: read_srv3,
        Shape.SRV1: read_srv1,
        Shape.JSON: read_json,
        Shape.WEBPAGE: read_webpage,
        Shape.ASS: read_ass,
        Shape.LRC: read_lrc,
        Shape.TSV: read_tsv,
        Shape.MICRODVD: read_microdvd,
    }


def _read_webvtt(text: str) -> Reading:
    """Return the file as the specification reads it, or forgivingly where that finds little.

    Converters leave commas in WebVTT's times; the specification drops such cues.
    """
    strict = read_webvtt(text)
    arrows = text.count("-->")
    if len(strict.cues) * 2 >= arrows > 0:
        return strict
    forgiving = read_srt(text, as_format=TranscriptFormat.WEBVTT)
    if len(forgiving.cues) > len(strict.cues):
        note = "read forgivingly: its times are not written as WebVTT asks"
        return Reading(forgiving.format, forgiving.cues, strict.language, (note, *forgiving.notes))
    if not strict.cues and len(text.split()) > 1:
        sentence = "no cue in it has times that can be read."
        raise malformed(sentence)
    return strict


def _refuse_foreign(name: str) -> None:
    """Refuse text whose name promises something else: reading it as prose would be a guess."""
    suffix = PurePath(name).suffix.lower()
    if suffix in _CAPTION_SUFFIXES:
        sentence = "no cue in it has times that can be read."
        raise malformed(sentence)
    if _SUFFIX.fullmatch(suffix) and suffix not in _PROSE_SUFFIXES:
        sentence = (
            f"it holds no captions, and {suffix} is not read as prose; only .txt and .md files are."
        )
        raise FormatProblem(UnreadableCode.UNKNOWN_FORMAT, sentence)


def _language_in(name: str) -> str | None:
    found = _NAME_LANGUAGE.search(PurePath(name).stem)
    return found.group(1) if found else None
