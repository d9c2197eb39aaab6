"""The word lists of speech services: Amazon, Google, IBM, Deepgram, Speechmatics, Kaldi (BBC)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic import AliasChoices, BaseModel, Field

from footnoted.transcripts.formats.segments import Piece, piece_cues, speaker_name
from footnoted.transcripts.formats.words import Word, group_words, milliseconds
from footnoted.transcripts.reading import RawCue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
    speaker_at = _speaker_lookup([(s.start_time, s.end_time, s.speaker_label) for s in spans])
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
    return group_words(_punctuated(words))


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
    speaker_at = _speaker_lookup(spans)
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
    return group_words(_punctuated(words))


def speechmatics_v1_cues(document: object) -> list[RawCue]:
    """Return the cues of a Speechmatics version 1 transcript."""
    answer = _SpeechmaticsV1.model_validate(document)
    spans = [(s.time, s.time + s.duration, s.name) for s in answer.speakers]
    speaker_at = _speaker_lookup(spans)
    return group_words(
        _punctuated(
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
    speaker_at = _speaker_lookup([(s.start, s.start + s.duration, s.speaker.name) for s in spans])
    return group_words(
        Word(w.start_ms, w.end_ms, w.text, speaker_at(w.start)) for w in answer.words
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


def _punctuated(words: Sequence[Word]) -> list[Word]:
    """Return the words with glued punctuation joined to the word before it."""
    joined: list[Word] = []
    for word in words:
        if word.is_glued and joined:
            joined[-1] = joined[-1]._replace(text=joined[-1].text + word.text)
        else:
            joined.append(word)
    return joined


def _speaker_lookup(
    spans: Sequence[tuple[float, float, str]],
) -> Callable[[float | None], str | None]:
    """Return who speaks at a second; spans come in order, and so do the questions."""
    position = 0

    def speaker_at(second: float | None) -> str | None:
        nonlocal position
        if second is None:
            return None
        while position < len(spans) and spans[position][1] <= second:
            position += 1
        if position < len(spans) and spans[position][0] <= second:
            return spans[position][2]
        return None

    return speaker_at
