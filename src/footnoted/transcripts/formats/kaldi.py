"""Transcripts of the BBC's tools: its Kaldi service, and the editor autoEdit 2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from footnoted.transcripts.formats.segments import Piece, piece_cues
from footnoted.transcripts.formats.words import Word, group_words, speaker_lookup

if TYPE_CHECKING:
    from footnoted.transcripts.reading import RawCue


class _KaldiSpeaker(BaseModel):
    name: str = Field(validation_alias="@id")


class _KaldiSpan(BaseModel):
    start: float
    duration: float
    speaker: _KaldiSpeaker


class _KaldiSegmentation(BaseModel):
    segments: list[_KaldiSpan] = Field(default_factory=list[_KaldiSpan])


class _KaldiAnswer(BaseModel):
    words: list[Piece]
    segmentation: _KaldiSegmentation | None = None


class _Kaldi(BaseModel):
    retval: _KaldiAnswer


def kaldi_cues(document: object) -> list[RawCue]:
    """Return the cues of the BBC's Kaldi service, speakers from its segmentation."""
    answer = _Kaldi.model_validate(document).retval
    spans = answer.segmentation.segments if answer.segmentation else []
    speaker_at = speaker_lookup([(s.start, s.start + s.duration, s.speaker.name) for s in spans])
    return group_words(
        Word(w.start_ms, w.end_ms, w.text, speaker_at(w.start)) for w in answer.words
    )


class _EditLine(BaseModel):
    line: list[Piece]


class _EditParagraph(BaseModel):
    paragraph: list[_EditLine]


class _AutoEdit(BaseModel):
    text: list[_EditParagraph]


def autoedit_cues(document: object) -> list[RawCue]:
    """Return the cues of an autoEdit 2 transcript, word lists inside paragraphs."""
    return [
        cue
        for part in _AutoEdit.model_validate(document).text
        for line in part.paragraph
        for cue in piece_cues(line.line)
    ]
