"""The word lists of speech services: Amazon, Google, IBM, Deepgram, AssemblyAI."""

from __future__ import annotations

import re

from pydantic import AliasChoices, BaseModel, Field

from footnoted.transcripts.formats.segments import Piece, speaker_name
from footnoted.transcripts.formats.words import (
    Word,
    group_words,
    join_punctuation,
    milliseconds,
    speaker_lookup,
)
from footnoted.transcripts.reading import RawCue

_DURATION = re.compile(r"^([0-9]{1,9}(?:\.[0-9]{1,12})?)s?$")


class _Choice(BaseModel):
    content: str = ""
    speaker: str | int | None = None


class _AmazonItem(BaseModel):
    start_time: float | None = None
    end_time: float | None = None
    alternatives: list[_Choice] = Field(min_length=1)
    type: str
    speaker_label: str | None = None


class _AmazonSpan(BaseModel):
    start_time: float
    end_time: float
    speaker_label: str


class _AmazonSpeakers(BaseModel):
    segments: list[_AmazonSpan] = Field(default_factory=list[_AmazonSpan])


class _AmazonResults(BaseModel):
    items: list[_AmazonItem]
    speaker_labels: _AmazonSpeakers | None = None
    language_code: str | None = None


class _Amazon(BaseModel):
    results: _AmazonResults


def amazon_cues(document: object) -> list[RawCue]:
    """Return the cues of an Amazon Transcribe job; punctuation joins the word before it."""
    results = _Amazon.model_validate(document).results
    spans = results.speaker_labels.segments if results.speaker_labels else []
    speaker_at = speaker_lookup([(s.start_time, s.end_time, s.speaker_label) for s in spans])
    words: list[Word] = []
    for item in results.items:
        speaker = item.speaker_label or speaker_at(item.start_time)
        is_glued = item.type == "punctuation" and bool(words)
        words.append(
            Word(
                milliseconds(item.start_time),
                milliseconds(item.end_time),
                item.alternatives[0].content,
                words[-1].speaker if is_glued else speaker,
                is_glued,
            )
        )
    return group_words(join_punctuation(words))


class _GoogleTime(BaseModel):
    seconds: float = 0
    nanos: float = 0


class _GoogleWord(BaseModel):
    word: str
    start: _GoogleTime | str | None = Field(
        default=None, validation_alias=AliasChoices("startTime", "start_time", "startOffset")
    )
    end: _GoogleTime | str | None = Field(
        default=None, validation_alias=AliasChoices("endTime", "end_time", "endOffset")
    )
    speaker: int | str | None = Field(
        default=None, validation_alias=AliasChoices("speakerTag", "speaker_tag", "speakerLabel")
    )


class _GoogleAlternative(BaseModel):
    transcript: str = ""
    words: list[_GoogleWord] = Field(default_factory=list[_GoogleWord])


class _GoogleResult(BaseModel):
    alternatives: list[_GoogleAlternative] = Field(default_factory=list[_GoogleAlternative])


class _Google(BaseModel):
    results: list[_GoogleResult]


def google_cues(document: object) -> list[RawCue]:
    """Return the cues of a Google Speech-to-Text answer, result by result."""
    cues: list[RawCue] = []
    best = [r.alternatives[0] for r in _Google.model_validate(document).results if r.alternatives]
    tagged = any(word.speaker for choice in best for word in choice.words)
    if tagged and best[-1].words:  # with diarisation the last result repeats all words, tagged
        best = best[-1:]
    for choice in best:
        words = [
            Word(_google_ms(w.start), _google_ms(w.end), w.word, speaker_name(w.speaker or None))
            for w in choice.words
        ]
        cues.extend(group_words(words) if words else [RawCue(None, None, choice.transcript)])
    return cues


def _google_ms(value: _GoogleTime | str | None) -> int | None:
    if value is None:
        return None
    if isinstance(value, _GoogleTime):
        return milliseconds(value.seconds + value.nanos / 1e9)
    found = _DURATION.match(value)
    return milliseconds(float(found.group(1))) if found else None


class _IbmAlternative(BaseModel):
    timestamps: list[tuple[str, float, float]] = Field(
        default_factory=list[tuple[str, float, float]]
    )


class _IbmResult(BaseModel):
    alternatives: list[_IbmAlternative] = Field(min_length=1)


class _IbmSpeaker(BaseModel):
    start: float = Field(validation_alias="from")
    end: float = Field(validation_alias="to")
    speaker: int


class _Ibm(BaseModel):
    results: list[_IbmResult]
    speaker_labels: list[_IbmSpeaker] = Field(default_factory=list[_IbmSpeaker])


def ibm_cues(document: object) -> list[RawCue]:
    """Return the cues of an IBM Watson answer, one result at a time."""
    answer = _Ibm.model_validate(document)
    spans = [(s.start, s.end, f"Speaker {s.speaker}") for s in answer.speaker_labels]
    speaker_at = speaker_lookup(spans)
    return [
        cue
        for result in answer.results
        for cue in group_words(
            Word(milliseconds(start), milliseconds(end), word, speaker_at(start))
            for word, start, end in result.alternatives[0].timestamps
        )
    ]


class _DeepgramAlternative(BaseModel):
    words: list[Piece] = Field(default_factory=list[Piece])
    transcript: str = ""


class _DeepgramChannel(BaseModel):
    alternatives: list[_DeepgramAlternative] = Field(min_length=1)
    detected_language: str | None = None


class _DeepgramResults(BaseModel):
    channels: list[_DeepgramChannel]


class _Deepgram(BaseModel):
    results: _DeepgramResults


def deepgram_cues(document: object) -> list[RawCue]:
    """Return the cues of a Deepgram answer; two channels are two speakers, in order of time."""
    channels = _Deepgram.model_validate(document).results.channels
    cues: list[RawCue] = []
    for number, channel in enumerate(channels):
        named = f"Channel {number}" if len(channels) > 1 else None
        found = _deepgram_words(channel.alternatives[0])
        cues.extend(cue._replace(speaker=cue.speaker or named) for cue in found)
    return sorted(cues, key=lambda cue: cue.start_ms or 0) if len(channels) > 1 else cues


def _deepgram_words(choice: _DeepgramAlternative) -> list[RawCue]:
    if not choice.words:
        return [RawCue(None, None, choice.transcript)]
    return group_words(
        Word(w.start_ms, w.end_ms, w.text, speaker_name(w.speaker)) for w in choice.words
    )


class _AssemblyPiece(BaseModel):
    start: float
    end: float
    text: str
    speaker: str | None = None


class _Assembly(BaseModel):
    utterances: list[_AssemblyPiece] | None = None
    words: list[_AssemblyPiece] | None = None


def assembly_cues(document: object) -> list[RawCue]:
    """Return the cues of an AssemblyAI transcript, which counts in milliseconds."""
    answer = _Assembly.model_validate(document)
    words = [
        Word(
            milliseconds(piece.start / 1000),
            milliseconds(piece.end / 1000),
            piece.text,
            f"Speaker {piece.speaker}" if piece.speaker else None,
        )
        for piece in answer.words or answer.utterances or []
    ]
    return group_words(words)
