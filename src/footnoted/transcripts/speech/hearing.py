"""What was heard in a recording, as a transcript with cues and as the file it is kept in."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.model.transcript import Cue, CueKind, Transcript, TranscriptFormat, TranscriptOrigin
from footnoted.transcripts.formats.words import group_words
from footnoted.transcripts.sounds import is_sound
from footnoted.transcripts.speech.stitching import Line
from footnoted.transcripts.speech.unheard import without_sound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_LONGEST_CUE_MS = 15_000


@dataclass(frozen=True, slots=True)
class Hearing:
    """A transcript that was recognised. `file` holds the same as JSON and can be read back."""

    transcript: Transcript
    file: bytes
    model: str
    duration_ms: int
    chunks: int
    dropped: int

    @property
    def file_sha256(self) -> str:
        """Return the hash of the file, by which a version is told from others."""
        return hashlib.sha256(self.file).hexdigest()


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was heard in a recording, and what its transcript should say about itself."""

    name: str
    model: str
    language: str | None
    duration_ms: int
    chunks: int
    dropped: int
    notes: tuple[str, ...] = ()


def hearing_of(lines: Sequence[Line], findings: Findings) -> Hearing:
    """Return the transcript. Raises AudioUnreadableError when no word was heard."""
    cues = tuple(_cues(lines))
    if not cues:
        raise without_sound(findings.name, "no speech was heard in it")
    transcript = Transcript(
        format=TranscriptFormat.SEGMENTS_JSON,
        origin=TranscriptOrigin.ASR,
        language=findings.language,
        cues=cues,
        notes=findings.notes,
    )
    return Hearing(
        transcript,
        _file(cues, findings),
        findings.model,
        findings.duration_ms,
        findings.chunks,
        findings.dropped,
    )


def rename_speaker(transcript: Transcript, old: str, new: str) -> Transcript:
    """Return the transcript with one speaker under another name; nothing else changes."""
    cues = tuple(
        cue._replace(speaker=new) if cue.speaker == old else cue for cue in transcript.cues
    )
    return transcript.model_copy(update={"cues": cues})


def _cues(lines: Iterable[Line]) -> Iterator[Cue]:
    worded = (piece for line in lines for piece in _pieces(line) if piece.text)
    for index, line in enumerate(worded):
        kind = CueKind.SOUND if is_sound(line.text) else CueKind.SPEECH
        yield Cue(index, line.start_ms, line.end_ms, line.text, line.speaker, kind)


def _pieces(line: Line) -> Iterator[Line]:
    """Yield a line as it is, or in sentences where it is long and its words are timed."""
    text = " ".join(line.text.split())
    if line.end_ms - line.start_ms <= _LONGEST_CUE_MS or not line.words:
        yield line._replace(text=text)
        return
    for cue in group_words(line.words):
        if cue.start_ms is not None and cue.end_ms is not None:
            yield Line(cue.start_ms, cue.end_ms, cue.text, line.speaker, ())


def _file(cues: Sequence[Cue], findings: Findings) -> bytes:
    """Return the cues as JSON of segments in seconds, which `captions.read_transcript` reads."""
    segments = [
        {
            "start": (cue.start_ms or 0) / 1000,
            "end": (cue.end_ms or 0) / 1000,
            "text": cue.text,
            **({"speaker": cue.speaker} if cue.speaker else {}),
        }
        for cue in cues
    ]
    document = {
        "recognizer": findings.model,
        "language_code": findings.language,
        "notes": list(findings.notes),
        "segments": segments,
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()
