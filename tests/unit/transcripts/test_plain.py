"""Plain text: times only where the text states them, one cue per sentence otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from footnoted.model.transcript import Transcript

    Read = Callable[..., Transcript]


def test_prose_has_a_cue_per_sentence_and_no_times(read: Read) -> None:
    """Hard-wrapped lines are joined, and no second is invented."""
    text = "The lock is old. It turns\nonly to the left.\n\nMr. Ode says so! Does he?"
    transcript = read(text)
    assert [cue.text for cue in transcript.cues] == [
        "The lock is old.",
        "It turns only to the left.",
        "Mr. Ode says so!",
        "Does he?",
    ]
    assert not transcript.is_timed


@pytest.mark.parametrize(
    "text",
    [
        "[00:00:05] Fill the tray.\n[00:01:10] Now wait.\n",
        "0:05 Fill the tray.\n1:10 Now wait.\n",
        "0:05\nFill the tray.\n1:10\nNow wait.\n",
        "(00:05) Fill the tray.\n(01:10) Now wait.\n",
        "- [0:05] - Fill the\n  tray.\n- [1:10] - Now wait.\n",
    ],
)
def test_stamps_at_line_starts_are_times(read: Read, text: str) -> None:
    """A cue lasts until the next stamp; the last one's end is not invented."""
    found = [(cue.start_ms, cue.end_ms, cue.text) for cue in read(text).cues]
    assert found == [(5_000, 70_000, "Fill the tray."), (70_000, 70_000, "Now wait.")]


def test_a_time_mentioned_in_prose_is_no_stamp(read: Read) -> None:
    """One line that begins with a clock time does not make a timed transcript."""
    lines = ["We left the house early.", "9:30 was too late for the ferry.", *["It rained."] * 10]
    assert not read("\n".join(lines)).is_timed


def test_stamps_that_run_backwards_are_no_times(read: Read) -> None:
    """A list of results begins with times as well."""
    assert not read("10:12 Ana\n9:58 Bea\n9:12 Cleo\n8:59 Dora\n").is_timed


def test_markdown_loses_its_headings_front_matter_and_emphasis(read: Read) -> None:
    """Only what was said is left."""
    text = "---\ntitle: Kilns\n---\n# Kilns\n\nWe **fire** it twice.\n\n---\n\nThen it cools."
    assert [cue.text for cue in read(text, "a.md").cues] == ["We fire it twice.", "Then it cools."]


def test_lines_before_the_first_stamp_are_left_out_and_noted(read: Read) -> None:
    """Front matter of a stamped file is not speech."""
    transcript = read("# Show 12\n- host: Ida\n\n[00:00] Hello.\n[00:04] Welcome.\n", "a.md")
    assert [cue.text for cue in transcript.cues] == ["Hello.", "Welcome."]
    assert transcript.notes == ("2 lines before the first time stamp left out",)


def test_text_without_sentence_marks_keeps_its_lines(read: Read) -> None:
    """Captions saved as text, one per line, often have no full stop at all."""
    lines = [f"this is caption line number {n} without an end" for n in range(30)]
    assert [cue.text for cue in read("\n".join(lines)).cues] == lines


def test_one_word_per_line_flows_into_sentences(read: Read) -> None:
    """Word dumps put every word on a line of its own."""
    words = "This is one. And here is the other one. " * 6
    text = "\n\n".join(f" {word}" for word in words.split())
    assert [cue.text for cue in read(text).cues][:2] == [
        "This is one.",
        "And here is the other one.",
    ]


def test_a_speech_without_a_pause_is_cut_into_cues_one_can_quote(read: Read) -> None:
    """No cue is longer than a person can take in."""
    text = "First it begins. " + "and then it went on, " * 60 + "until it stopped. The end."
    cues = read(text).cues
    assert max(len(cue.text) for cue in cues) <= 320
    assert " ".join(cue.text for cue in cues) == text


def test_every_word_of_unstamped_text_is_kept(read: Read) -> None:
    """Cutting loses nothing."""
    text = "One (two) three… Four? “Five six!” Seven. 8 nine。十。"
    assert "".join("".join(cue.text for cue in read(text).cues).split()) == "".join(text.split())
