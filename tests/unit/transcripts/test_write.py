"""What is written out reads back to the same cues."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnoted.errors import UsageError
from footnoted.model.transcript import (
    Cue,
    CueKind,
    Transcript,
    TranscriptFormat,
    TranscriptOrigin,
)
from footnoted.transcripts.captions import read_transcript
from footnoted.transcripts.write import write_srt, write_txt, write_vtt

if TYPE_CHECKING:
    from collections.abc import Callable

CUES = (
    Cue(0, 0, 1_500, "[Music]", None, CueKind.SOUND),
    Cue(1, 1_500, 4_000, "5 < 6 && 7 > 6, isn't it?", "Ida Rust"),
    Cue(2, 4_000, 4_000, "1", None),
    Cue(3, 3_723_004, 3_730_000, "Größe: 漢字 — “enough”", "Ida Rust"),
    Cue(4, 90_000_000, 90_000_001, "On the second day.", "Ida Rust"),
)


def transcript(cues: tuple[Cue, ...]) -> Transcript:
    """Return cues as a transcript."""
    return Transcript(
        format=TranscriptFormat.WEBVTT,
        origin=TranscriptOrigin.EDITED,
        language="en",
        cues=cues,
    )


def again(text: str, name: str) -> tuple[Cue, ...]:
    """Return the cues of what was written."""
    return read_transcript(text.encode(), name, origin=TranscriptOrigin.EDITED).cues


@pytest.mark.parametrize(("write", "name"), [(write_vtt, "a.vtt"), (write_srt, "a.srt")])
def test_written_captions_read_back_to_the_same_cues(
    write: Callable[[Transcript], str], name: str
) -> None:
    """Times, words, speakers and sounds survive."""
    assert again(write(transcript(CUES)), name) == CUES


def test_words_that_look_like_tags_survive_vtt() -> None:
    """People spell out markup, too."""
    cues = (Cue(0, 0, 1_000, "write <b> and &amp; here"),)
    assert again(write_vtt(transcript(cues)), "a.vtt") == cues


def test_vtt_keeps_the_language() -> None:
    """It stands in the header."""
    text = write_vtt(transcript(CUES))
    assert read_transcript(text.encode(), "a", origin=TranscriptOrigin.EDITED).language == "en"


def test_text_has_a_line_per_cue_with_its_time() -> None:
    """A person can read it, and so can the reader."""
    text = write_txt(transcript(CUES))
    assert text.splitlines()[1] == "[00:00:01.500] Ida Rust: 5 < 6 && 7 > 6, isn't it?"
    assert [cue.start_ms for cue in again(text, "a.txt")] == [cue.start_ms for cue in CUES]


@pytest.mark.parametrize("write", [write_vtt, write_srt])
def test_a_transcript_without_times_has_no_captions(write: Callable[[Transcript], str]) -> None:
    """The sentence says what to do instead."""
    untimed = transcript((Cue(0, None, None, "Hello."),))
    with pytest.raises(UsageError, match="has no times"):
        write(untimed)
    assert write_txt(untimed) == "Hello.\n"


WORDS = st.text(string.ascii_letters + "äß漢<>&'.,!?-", min_size=1, max_size=8).filter(
    lambda word: "-->" not in word and any(char.isalpha() for char in word)
)
TEXTS = st.lists(WORDS, min_size=2, max_size=6).map(lambda words: "Z" + " ".join(words))


@given(st.lists(st.tuples(st.integers(1, 5_000), st.integers(1, 5_000), TEXTS), max_size=12))
def test_any_timed_words_survive_vtt(rows: list[tuple[int, int, str]]) -> None:
    """Reading what was written is the identity, whatever the words are."""
    cues: list[Cue] = []
    at_ms = 0
    for pause_ms, length_ms, text in rows:
        at_ms += pause_ms
        cues.append(Cue(len(cues), at_ms, at_ms + length_ms, text))
        at_ms += length_ms
    if cues:
        assert again(write_vtt(transcript(tuple(cues))), "a.vtt") == tuple(cues)
