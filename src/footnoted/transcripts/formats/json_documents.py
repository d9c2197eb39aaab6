"""Which JSON transcript a document is, decided by its structure, and its reading."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple, cast

from pydantic import ValidationError

from footnoted.model.transcript import TranscriptFormat
from footnoted.transcripts.formats.kaldi import autoedit_cues, kaldi_cues
from footnoted.transcripts.formats.recognisers import (
    amazon_cues,
    assembly_cues,
    deepgram_cues,
    google_cues,
    ibm_cues,
)
from footnoted.transcripts.formats.segments import Piece, Pieces, piece_cues
from footnoted.transcripts.formats.speechmatics import speechmatics_cues, speechmatics_v1_cues
from footnoted.transcripts.formats.words import Word, group_words, milliseconds
from footnoted.transcripts.formats.youtube import read_json3
from footnoted.transcripts.reading import RawCue, Reading
from footnoted.transcripts.unreadable import FormatProblem, UnreadableCode, malformed

if TYPE_CHECKING:
    from collections.abc import Callable

_SEGMENT_KEYS = ("segments", "sentences", "transcription", "utterances", "lines")
_LANGUAGE_KEYS = ("language", "language_code", "detected_language")
_TRIPLE = 3


class _Kind(NamedTuple):
    format: TranscriptFormat
    cues: Callable[[object], list[RawCue]]


def read_json(text: str) -> Reading:
    """Return the raw cues of a JSON transcript.

    Raises FormatProblem when the JSON is broken, holds no transcript structure we know, or does
    not hold what its structure promises.
    """
    document = parse_json(text)
    fields = _fields(document)
    if fields is not None and "events" in fields:
        return read_json3(fields)
    kind = _kind(document)
    if kind is None:
        raise FormatProblem(
            UnreadableCode.UNKNOWN_FORMAT,
            "this JSON is not a transcript in any structure footnoted knows.",
        )
    try:
        cues = kind.cues(document)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"]) or "top"
        sentence = f"its JSON field {where[:80]} is not what the format promises."
        raise malformed(sentence) from None
    return Reading(
        format=kind.format, cues=cues, language=_language(document), notes=_notes(document)
    )


def parse_json(text: str) -> object:
    """Return the parsed document.

    Raises FormatProblem with the place where the JSON breaks off.
    """
    try:
        return cast("object", json.loads(text))
    except json.JSONDecodeError as error:
        sentence = f"its JSON breaks off at line {error.lineno}, column {error.colno}."
        raise malformed(sentence) from None
    except (RecursionError, ValueError):
        sentence = "its JSON nests too deep or holds a number too long."
        raise malformed(sentence) from None


def _fields(document: object) -> dict[str, object] | None:
    return cast("dict[str, object]", document) if isinstance(document, dict) else None


def _kind(document: object) -> _Kind | None:
    if isinstance(document, list):
        return _kind_of_list(cast("list[object]", document))
    fields = _fields(document)
    return _kind_of_fields(fields) if fields is not None else None


def _kind_of_fields(fields: dict[str, object]) -> _Kind | None:
    if "retval" in fields:
        return _Kind(TranscriptFormat.KALDI_JSON, kaldi_cues)
    if "results" in fields:
        return _kind_of_results(fields["results"])
    if "audio_url" in fields and ("utterances" in fields or "words" in fields):
        return _Kind(TranscriptFormat.SEGMENTS_JSON, assembly_cues)
    if any(name in fields for name in _SEGMENT_KEYS):
        is_podcast = "version" in fields and "segments" in fields
        return _Kind(
            TranscriptFormat.PODCAST_JSON if is_podcast else _segment_format(fields), _segments
        )
    if isinstance(fields.get("text"), list):
        return _Kind(TranscriptFormat.SEGMENTS_JSON, autoedit_cues)
    if isinstance(fields.get("words"), list) and "speakers" in fields:
        return _Kind(TranscriptFormat.SPEECHMATICS_JSON, speechmatics_v1_cues)
    return None


def _kind_of_list(items: list[object]) -> _Kind | None:
    first = items[0] if items else None
    if isinstance(first, dict) and any(
        key in first for key in ("start", "startTime", "start_time")
    ):
        return _Kind(TranscriptFormat.SEGMENTS_JSON, _list_of_pieces)
    if isinstance(first, list) and _is_triple(cast("list[object]", first)):
        return _Kind(TranscriptFormat.SEGMENTS_JSON, _list_of_triples)
    return None


def _kind_of_results(results: object) -> _Kind | None:
    """Tell four vendors apart by what `results` holds."""
    if isinstance(results, dict):
        if "channels" in results:
            return _Kind(TranscriptFormat.DEEPGRAM_JSON, deepgram_cues)
        if "items" in results:
            return _Kind(TranscriptFormat.AMAZON_JSON, amazon_cues)
        return None
    if not isinstance(results, list) or not results:
        return None
    first = cast("list[object]", results)[0]
    if not isinstance(first, dict) or "alternatives" not in first:
        return None
    if "type" in first and "start_time" in first:
        return _Kind(TranscriptFormat.SPEECHMATICS_JSON, speechmatics_cues)
    choices = cast("object", first["alternatives"])
    choice = cast("list[object]", choices)[0] if isinstance(choices, list) and choices else None
    if isinstance(choice, dict) and "timestamps" in choice:
        return _Kind(TranscriptFormat.IBM_JSON, ibm_cues)
    return _Kind(TranscriptFormat.GOOGLE_JSON, google_cues)


def _segment_format(fields: dict[str, object]) -> TranscriptFormat:
    whisper = "segments" in fields and ("text" in fields or "language" in fields)
    cpp = "transcription" in fields
    return TranscriptFormat.WHISPER_JSON if whisper or cpp else TranscriptFormat.SEGMENTS_JSON


def _segments(document: object) -> list[RawCue]:
    return piece_cues(Pieces.model_validate(document).pieces)


def _list_of_pieces(document: object) -> list[RawCue]:
    return piece_cues([Piece.model_validate(item) for item in cast("list[object]", document)])


def _is_triple(item: list[object]) -> bool:
    return (
        len(item) == _TRIPLE
        and isinstance(item[0], str)
        and all(isinstance(number, int | float) for number in item[1:])
    )


def _list_of_triples(document: object) -> list[RawCue]:
    """Return the cues of `[text, start, end]` lists: sentences as they are, words gathered."""
    triples: list[Word] = []
    for item in cast("list[object]", document):
        if not isinstance(item, list) or not _is_triple(cast("list[object]", item)):
            sentence = "one of its [text, start, end] items is not of that form."
            raise malformed(sentence)
        text, start, end = cast("tuple[str, float, float]", tuple(cast("list[object]", item)))
        triples.append(Word(milliseconds(start), milliseconds(end), text))
    if sum(len(word.text.split()) for word in triples) < len(triples) * 1.5:
        return group_words(triples)
    return [RawCue(word.start_ms, word.end_ms, word.text) for word in triples]


def _language(document: object) -> str | None:
    fields = _fields(document)
    if fields is None:
        return None
    stated = next((fields[key] for key in _LANGUAGE_KEYS if isinstance(fields.get(key), str)), None)
    return stated if isinstance(stated, str) else None


def _notes(document: object) -> tuple[str, ...]:
    """Return what a transcript that footnoted recognised says about itself."""
    fields = _fields(document)
    notes = fields.get("notes") if fields is not None and "recognizer" in fields else None
    return (
        tuple(str(note) for note in cast("list[object]", notes)) if isinstance(notes, list) else ()
    )
