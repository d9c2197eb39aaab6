"""Writing a transcript out as WebVTT, SubRip or text, so that reading it gives the same cues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from footnoted.model.transcript import Cue, Transcript


def write_vtt(transcript: Transcript) -> str:
    """Return the transcript as WebVTT, speakers as voice tags.

    Raises UsageError when the transcript has no times.
    """
    header = "WEBVTT\n"
    if transcript.language:
        header += f"Kind: captions\nLanguage: {transcript.language}\n"
    blocks = [
        f"{_vtt_clock(start_ms)} --> {_vtt_clock(end_ms)}\n{_voice(cue)}\n"
        for cue, start_ms, end_ms in _timed(transcript, "WebVTT")
    ]
    return "\n".join([header, *blocks])


def write_srt(transcript: Transcript) -> str:
    """Return the transcript as SubRip, speakers as `NAME:` on a line of their own.

    Raises UsageError when the transcript has no times.
    """
    blocks = [
        f"{cue.index + 1}\n{_clock(start_ms, ',')} --> {_clock(end_ms, ',')}\n{_headed(cue)}\n"
        for cue, start_ms, end_ms in _timed(transcript, "SubRip")
    ]
    return "\n".join(blocks)


def write_txt(transcript: Transcript) -> str:
    """Return a line per cue, stamped `[h:mm:ss]` when the transcript has times."""
    lines = [
        f"[{_clock(cue.start_ms, '.')}] {_labelled(cue)}"
        if cue.start_ms is not None
        else _labelled(cue)
        for cue in transcript.cues
    ]
    return "\n".join(lines) + "\n" if lines else ""


def _timed(transcript: Transcript, what: str) -> Iterator[tuple[Cue, int, int]]:
    for cue in transcript.cues:
        if cue.start_ms is None or cue.end_ms is None:
            sentence = (
                f"This transcript has no times, and {what} needs them; use the format txt instead."
            )
            raise UsageError(sentence)
        yield cue, cue.start_ms, cue.end_ms


def _voice(cue: Cue) -> str:
    text = _escaped(cue.text)
    return f"<v {_escaped(cue.speaker)}>{text}" if cue.speaker else text


def _labelled(cue: Cue) -> str:
    return f"{cue.speaker}: {cue.text}" if cue.speaker else cue.text


def _headed(cue: Cue) -> str:
    return f"{cue.speaker}:\n{cue.text}" if cue.speaker else cue.text


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _vtt_clock(milliseconds: int) -> str:
    return _clock(milliseconds, ".")


def _clock(milliseconds: int, mark: str) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{mark}{rest:03d}"
