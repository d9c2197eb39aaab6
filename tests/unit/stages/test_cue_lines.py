"""A transcript as prompts show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnoted.model.text import clock_time
from footnoted.model.transcript import Cue, CueKind, TranscriptOrigin
from footnoted.stages.answer_size import text_tokens
from footnoted.stages.cue_lines import render_cues
from footnoted.transcripts.captions import read_transcript

if TYPE_CHECKING:
    from pathlib import Path


def _cues(*spans: tuple[int, int], speaker: str | None = None) -> list[Cue]:
    return [Cue(n, start, end, f"w{n}", speaker) for n, (start, end) in enumerate(spans)]


def test_cues_are_joined_into_blocks_of_half_a_minute() -> None:
    """A block ends before it would cover more; a single long cue stands alone."""
    cues = _cues((62_000, 75_000), (75_000, 91_500), (91_500, 92_500), (93_000, 140_000))
    assert render_cues(cues) == "[0-1] (1:02-1:31) w0 w1\n[2] (1:31-1:32) w2\n[3] (1:33-2:20) w3"


def test_without_times_every_cue_is_a_line() -> None:
    """Nothing says how long a block would be, so each cue can be cited alone."""
    assert render_cues([Cue(12, None, None, "one"), Cue(13, None, None, "two")]) == (
        "[12] one\n[13] two"
    )


def test_a_speaker_and_a_gap_in_the_numbers_end_a_block() -> None:
    """A line is one voice, and its range holds no cue that is not shown."""
    cues = [
        Cue(0, 0, 1000, "a", "Ada"),
        Cue(1, 1000, 2000, "b", "Bo"),
        Cue(2, 2000, 3000, "c", "Bo"),
        Cue(4, 3000, 4000, "d", "Bo"),
    ]
    assert render_cues(cues) == (
        "[0] (0:00-0:01) Ada: a\n[1-2] (0:01-0:03) Bo: b c\n[4] (0:03-0:04) Bo: d"
    )


def test_hours_are_shown_from_the_first_on() -> None:
    """4 h streams keep readable times."""
    assert render_cues([Cue(0, 3_661_000, 3_662_000, "late")]) == "[0] (1:01:01-1:01:02) late"


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("captions-whisper-lexicap/episode_251_small.vtt", 0.35),
        ("captions-youtube-auto/auto-2025-punct-32min.en.vtt", 0.30),
        ("captions-talkpython/379-17-django-libs.vtt", 0.23),
    ],
)
def test_blocks_cost_fewer_tokens_than_a_line_per_cue(
    shared_data: Path, name: str, saved: float
) -> None:
    """Recognised speech, automatic captions, and a podcast with speakers."""
    content = (shared_data / name).read_bytes()
    said = read_transcript(content, name, origin=TranscriptOrigin.IMPORTED)
    cues = [cue for cue in said.cues if cue.kind is CueKind.SPEECH]
    lines = "\n".join(
        f"[{cue.index}] ({clock_time(cue.start_ms or 0)}-{clock_time(cue.end_ms or 0)})"
        f"{f' {cue.speaker}:' if cue.speaker else ''} {cue.text}"
        for cue in cues
    )
    assert text_tokens(render_cues(cues)) <= text_tokens(lines) * (1 - saved)
