"""Transcripts as JSON segments: Whisper and its family, podcast-namespace, and plain lists.

What these share is a list of pieces with a start, mostly an end, a text, sometimes a speaker,
under a few names each; the models below name all of them.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from pydantic import AliasChoices, BaseModel, Field

from footnoted.transcripts.formats.words import Word, group_words, milliseconds
from footnoted.transcripts.reading import RawCue

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORDS_PER_PIECE_OF_WORD_LISTS = 1.5


class Offsets(BaseModel):
    """whisper.cpp's own times, in milliseconds."""

    start: float = Field(validation_alias="from")
    end: float = Field(validation_alias="to")


class Piece(BaseModel):
    """One timed piece of a transcript, a segment or a single word; times in seconds."""

    start: float | None = Field(
        default=None, validation_alias=AliasChoices("start", "startTime", "start_time", "start_s")
    )
    end: float | None = Field(
        default=None, validation_alias=AliasChoices("end", "endTime", "end_time", "end_s")
    )
    text: str = Field(
        validation_alias=AliasChoices(
            "text", "body", "punctuated_word", "punct", "word", "content", "transcript"
        )
    )
    speaker: str | int | None = Field(
        default=None, validation_alias=AliasChoices("speaker", "speaker_name", "speaker_label")
    )
    offsets: Offsets | None = None
    words: list[Piece] | None = None

    @property
    def start_ms(self) -> int | None:
        """Return when the piece begins, in milliseconds."""
        return milliseconds(self.offsets.start / 1000 if self.offsets else self.start)

    @property
    def end_ms(self) -> int | None:
        """Return when the piece ends, in milliseconds."""
        return milliseconds(self.offsets.end / 1000 if self.offsets else self.end)


class Pieces(BaseModel):
    """A list of pieces under the names that tools give it, with the language they state."""

    pieces: list[Piece] = Field(
        validation_alias=AliasChoices(
            "segments", "sentences", "transcription", "utterances", "lines"
        )
    )
    language: str | None = None


def speaker_name(label: str | int | None) -> str | None:
    """Return the label a file gives a speaker, a bare number as `Speaker 1`; "" is nobody."""
    if isinstance(label, int):
        return f"Speaker {label}"
    return label.strip() or None if label else None


def piece_cues(pieces: Sequence[Piece]) -> list[RawCue]:
    """Return segments as cues; lists of single words are gathered into sentence-like cues."""
    if _are_words(pieces):
        return group_words(_words(pieces))
    following = [piece.start_ms for piece in pieces[1:]]
    cues: list[RawCue] = []
    for piece, next_start_ms in zip_longest(pieces, following):
        start_ms, end_ms = piece.start_ms, piece.end_ms
        if start_ms is not None and end_ms is None:
            end_ms = start_ms if next_start_ms is None else max(next_start_ms, start_ms)
        cues.append(
            RawCue(
                start_ms,
                None if start_ms is None else end_ms,
                piece.text,
                speaker_name(piece.speaker),
            )
        )
    return cues


def _are_words(pieces: Sequence[Piece]) -> bool:
    """Return whether the pieces are single words: almost none holds a space."""
    spoken = [piece.text.split() for piece in pieces if piece.text.strip()]
    words = sum(len(parts) for parts in spoken)
    timed_often = any(piece.words for piece in pieces[:1])
    return (
        len(spoken) > 1
        and not timed_often
        and words < len(spoken) * _WORDS_PER_PIECE_OF_WORD_LISTS
        and max(len(piece.text) for piece in pieces) < 40  # noqa: PLR2004 - scripts without spaces write segments, not words
        and all(piece.end is not None for piece in pieces[:1])
    )


def _words(pieces: Sequence[Piece]) -> list[Word]:
    return [
        Word(piece.start_ms, piece.end_ms, piece.text, speaker_name(piece.speaker))
        for piece in pieces
    ]
