"""Speechmatics transcripts, versions 1 and 2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from footnoted.transcripts.formats.segments import speaker_name
from footnoted.transcripts.formats.words import (
    Word,
    group_words,
    join_punctuation,
    milliseconds,
    speaker_lookup,
)

if TYPE_CHECKING:
    from footnoted.transcripts.reading import RawCue


class _Choice(BaseModel):
    content: str = ""
    speaker: str | int | None = None


class _SpeechmaticsResult(BaseModel):
    start_time: float
    end_time: float
    type: str
    alternatives: list[_Choice] = Field(min_length=1)


class _Speechmatics(BaseModel):
    results: list[_SpeechmaticsResult]


class _SpeechmaticsWordV1(BaseModel):
    time: float
    duration: float = 0
    name: str


class _SpeechmaticsSpeakerV1(BaseModel):
    name: str
    time: float
    duration: float = 0


class _SpeechmaticsV1(BaseModel):
    words: list[_SpeechmaticsWordV1]
    speakers: list[_SpeechmaticsSpeakerV1] = Field(default_factory=list[_SpeechmaticsSpeakerV1])


def speechmatics_cues(document: object) -> list[RawCue]:
    """Return the cues of a Speechmatics version 2 transcript."""
    words: list[Word] = []
    for result in _Speechmatics.model_validate(document).results:
        choice = result.alternatives[0]
        is_glued = result.type == "punctuation" and bool(words)
        speaker = words[-1].speaker if is_glued else speaker_name(choice.speaker)
        start_ms, end_ms = milliseconds(result.start_time), milliseconds(result.end_time)
        words.append(Word(start_ms, end_ms, choice.content, speaker, is_glued))
    return group_words(join_punctuation(words))


def speechmatics_v1_cues(document: object) -> list[RawCue]:
    """Return the cues of a Speechmatics version 1 transcript."""
    answer = _SpeechmaticsV1.model_validate(document)
    spans = [(s.time, s.time + s.duration, s.name) for s in answer.speakers]
    speaker_at = speaker_lookup(spans)
    return group_words(
        join_punctuation(
            [
                Word(
                    milliseconds(w.time),
                    milliseconds(w.time + w.duration),
                    w.name,
                    speaker_at(w.time),
                    w.name in {".", ",", "?", "!"},
                )
                for w in answer.words
            ]
        )
    )
