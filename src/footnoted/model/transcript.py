"""What was said: cues, and a transcript as one immutable version of them."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict


class CueKind(StrEnum):
    """Whether a cue carries speech or stands for a sound such as `[Music]`."""

    SPEECH = "speech"
    SOUND = "sound"


class Cue(NamedTuple):
    """One timed line of a transcript: the unit of citation.

    `index` counts from 0 without gaps. Times are milliseconds from the start of the recording,
    or both None in a transcript that has no times; they are never invented.
    """

    index: int  # type: ignore[assignment]  # a cue is never searched with tuple.index
    start_ms: int | None
    end_ms: int | None
    text: str
    speaker: str | None = None
    kind: CueKind = CueKind.SPEECH


class TranscriptFormat(StrEnum):
    """The file formats a transcript can be read from."""

    WEBVTT = "webvtt"
    SRT = "srt"
    SBV = "sbv"
    TTML = "ttml"
    YOUTUBE_JSON3 = "youtube_json3"
    YOUTUBE_SRV3 = "youtube_srv3"
    YOUTUBE_SRV1 = "youtube_srv1"
    PODCAST_JSON = "podcast_json"
    PODCAST_HTML = "podcast_html"
    WHISPER_JSON = "whisper_json"
    DEEPGRAM_JSON = "deepgram_json"
    AMAZON_JSON = "amazon_json"
    GOOGLE_JSON = "google_json"
    IBM_JSON = "ibm_json"
    SPEECHMATICS_JSON = "speechmatics_json"
    KALDI_JSON = "kaldi_json"
    SEGMENTS_JSON = "segments_json"
    ASS = "ass"
    LRC = "lrc"
    TSV = "tsv"
    MICRODVD = "microdvd"
    DOCX = "docx"
    PLAIN = "plain"


class TranscriptOrigin(StrEnum):
    """How the words came to be; `captions_translated` are a machine's words for what was said."""

    CAPTIONS_MANUAL = "captions_manual"
    CAPTIONS_AUTO = "captions_auto"
    CAPTIONS_TRANSLATED = "captions_translated"
    ASR = "asr"
    IMPORTED = "imported"
    EDITED = "edited"


class Transcript(BaseModel):
    """One version of what was said, cleaned and ready to cite.

    `notes` names what cleaning did (for example `rolling captions unrolled`), for `show`.
    """

    model_config = ConfigDict(frozen=True)

    format: TranscriptFormat
    origin: TranscriptOrigin
    language: str | None
    cues: tuple[Cue, ...]
    notes: tuple[str, ...] = ()

    @property
    def is_timed(self) -> bool:
        """Return whether every cue has times (a transcript is timed whole or not at all)."""
        return bool(self.cues) and all(cue.start_ms is not None for cue in self.cues)

    @property
    def duration_ms(self) -> int | None:
        """Return the end of the last cue in milliseconds, or None without times."""
        return max((cue.end_ms for cue in self.cues if cue.end_ms is not None), default=None)

    @property
    def word_count(self) -> int:
        """Return how many white-space separated words of speech there are."""
        return sum(len(cue.text.split()) for cue in self.cues if cue.kind is CueKind.SPEECH)

    @property
    def text_sha256(self) -> str:
        """Return the hash of what was said and when; equal for equal cues."""
        lines = (
            f"{cue.start_ms}\t{cue.end_ms}\t{cue.speaker or ''}\t{cue.kind}\t{cue.text}\n"
            for cue in self.cues
        )
        return hashlib.sha256("".join(lines).encode()).hexdigest()
