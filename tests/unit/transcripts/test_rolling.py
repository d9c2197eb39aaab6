"""De-rolling keeps every spoken line once, and every line that was spoken twice, twice."""

from __future__ import annotations

from itertools import pairwise

import pytest

from footnoted.transcripts.reading import RawCue
from footnoted.transcripts.rolling import clip_overlaps, unroll


def rolled(lines: list[str], *, stills: bool = True) -> list[RawCue]:
    """Return lines as YouTube rolls them: each typed under the one before, then a 10 ms still."""
    cues: list[RawCue] = []
    above = " "
    for number, line in enumerate(lines):
        start_ms = number * 2_000
        is_typed = " " in line  # a single word carries no word times
        cues.append(RawCue(start_ms, start_ms + 1_990, f"{above}\n{line}", None, is_typed))
        if stills:
            cues.append(RawCue(start_ms + 1_990, start_ms + 2_000, f"{line}\n "))
        above = line
    return cues


def spoken(cues: list[RawCue]) -> list[str]:
    """Return the texts that are left after unrolling."""
    return [cue.text for cue in unroll(cues).cues]


TALK = ["the kettle goes on first", "then we warm the pot", "and only then the tea goes in"]


def test_each_line_of_a_rolling_caption_is_kept_once() -> None:
    """What is carried over from the line before, and the stills, go."""
    assert spoken(rolled(TALK)) == TALK


def test_a_line_keeps_the_time_at_which_it_was_typed() -> None:
    """The start is that of the cue that types the line, not of the still or the carrying cue."""
    assert [cue.start_ms for cue in unroll(rolled(TALK)).cues] == [0, 2_000, 4_000]


@pytest.mark.parametrize("stills", [True, False])
def test_a_line_said_three_times_in_a_row_stays_three_times(stills: bool) -> None:  # noqa: FBT001 - a parameter of the table
    """A typed line equal to the one above it was said again."""
    lines = ["no no no", "no no no", "no no no", "that is not the tea"]
    assert spoken(rolled(lines, stills=stills)) == lines


@pytest.mark.parametrize("stills", [True, False])
def test_a_single_word_said_three_times_stays_three_times(stills: bool) -> None:  # noqa: FBT001 - a parameter of the table
    """Single words have no word times; the screen still shows that they came anew."""
    lines = ["so I said to them", "stop", "stop", "stop", "and they stopped at once"]
    assert spoken(rolled(lines, stills=stills)) == lines


def test_a_line_with_word_times_is_spoken_even_if_it_equals_the_screen() -> None:
    """Word times are never carried over: such a line is said now."""
    cues = [*rolled(TALK), RawCue(6_000, 7_990, TALK[-1], None, is_typed=True)]
    assert spoken(cues) == [*TALK, TALK[-1]]


def test_a_word_said_again_after_a_cleared_screen_stays() -> None:
    """An empty first line says that nothing was carried over."""
    cues = [
        *rolled(TALK),
        RawCue(6_000, 7_990, f"{TALK[-1]}\nyes"),
        RawCue(7_990, 8_000, "yes\n "),
        RawCue(8_000, 10_000, " \nyes"),
    ]
    assert spoken(cues) == [*TALK, "yes", "yes"]


def test_after_a_long_pause_the_same_line_is_a_repetition() -> None:
    """Nothing is carried over a gap of seconds."""
    cues = [*rolled(TALK), RawCue(20_000, 22_000, f"{TALK[-1]}\nagain")]
    assert spoken(cues) == [*TALK, f"{TALK[-1]}\nagain"]


def test_conversions_without_word_times_and_empty_lines_unroll_too() -> None:
    """Converters to SRT leave only the doubled lines."""
    converted = [
        RawCue(
            cue.start_ms, cue.end_ms, "\n".join(cue.text.replace(" \n", "").split("\n ")).strip()
        )
        for cue in rolled(TALK)
    ]
    assert spoken(converted) == TALK


def test_captions_that_grow_word_by_word_are_kept_once() -> None:
    """Live captions lengthen one line; only what is added is new."""
    cues = [
        RawCue(0, 500, "the tide"),
        RawCue(500, 1_000, "the tide comes in"),
        RawCue(1_000, 1_500, "the tide comes in at noon"),
    ]
    assert spoken(cues) == ["the tide", "comes in", "at noon"]


def test_a_manual_track_with_repeated_lines_is_left_as_it_is() -> None:
    """Equal cues one after the other prove no rolling: a chorus is said as often as it is sung."""
    cues = [RawCue(at * 1_000, at * 1_000 + 900, "Row, row, row your boat.") for at in range(6)]
    result = unroll(cues)
    assert (result.cues, result.was_rolling) == (cues, False)


def test_overlapping_lines_end_where_the_next_begins() -> None:
    """YouTube leaves a line standing while the next is spoken."""
    cues = [RawCue(at * 1_000, at * 1_000 + 1_900, f"line {at}") for at in range(4)]
    clipped = clip_overlaps(cues)
    assert all((a.end_ms or 0) <= (b.start_ms or 0) for a, b in pairwise(clipped))
    assert clipped[-1].end_ms == 4_900


def test_two_people_who_sometimes_talk_at_once_keep_their_times() -> None:
    """A few overlaps are people, not a rolling display."""
    cues = [
        RawCue(0, 1_000, "Shall we begin?"),
        RawCue(1_000, 3_000, "I think we should"),
        RawCue(2_500, 4_000, "Yes!"),
        RawCue(4_000, 5_000, "Good."),
    ]
    assert clip_overlaps(cues) == cues
