"""The WebVTT parser does what the specification says, on blocks of our own."""

from __future__ import annotations

import pytest

from footnoted.transcripts.formats.webvtt import parse_webvtt, read_webvtt
from footnoted.transcripts.unreadable import FormatProblem


def cue_texts(text: str) -> list[str]:
    """Return the texts of the cues of a WebVTT text."""
    return [cue.text for cue in parse_webvtt(text).cues]


def test_identifier_settings_and_lines_are_kept_as_written() -> None:
    """A cue has its id, its settings and its lines."""
    cue = parse_webvtt("WEBVTT\n\nintro\n00:01.500 --> 01:00:02.000 align:start\na\nb\n").cues[0]
    assert cue == ("intro", 1_500, 3_602_000, " align:start", "a\nb")


@pytest.mark.parametrize("signature", ["WEBVT", "webvtt", "WEBVTT!", " WEBVTT", "\ufeffWEBVTT", ""])
def test_a_wrong_signature_is_refused(signature: str) -> None:
    """The first line is WEBVTT, then white space or the end."""
    with pytest.raises(FormatProblem):
        parse_webvtt(f"{signature}\n\n00:00.000 --> 00:01.000\nhello")


@pytest.mark.parametrize(
    "timing",
    [
        "0:00.000 --> 00:01.000",
        "00:00,000 --> 00:01.000",
        "00:60.000 --> 01:01.000",
        "00:00.00 --> 00:01.000",
        "00:00.000 -> 00:01.000",
    ],
)
def test_a_cue_with_wrong_times_is_dropped_and_the_next_is_read(timing: str) -> None:
    """A broken timing line costs its own cue only."""
    text = f"WEBVTT\n\n{timing}\nlost\n\n00:02.000 --> 00:03.000\nkept\n"
    assert cue_texts(text) == ["kept"]


def test_comments_styles_and_regions_are_no_cues() -> None:
    """Blocks without a timing line hold no speech."""
    blocks = ["WEBVTT", "STYLE\n::cue { color: red }", "NOTE by me\nand more"]
    text = "\n\n".join([*blocks, "00:00.000 --> 00:01.000\nx"])
    assert cue_texts(text) == ["x"]


def test_an_arrow_ends_a_cue_without_a_blank_line() -> None:
    """A timing line begins a cue wherever it stands."""
    text = "WEBVTT\n\n00:00.000 --> 00:01.000\nfirst\n00:01.000 --> 00:02.000\nsecond"
    assert cue_texts(text) == ["first", "second"]


def test_one_digit_hours_and_carriage_returns_are_read() -> None:
    """Whisper writes 1:00:00.160, and old editors end lines with CR."""
    cue = parse_webvtt("WEBVTT\r\r1:00:00.160 --> 1:00:03.160\rlate").cues[0]
    assert (cue.start_ms, cue.end_ms, cue.text) == (3_600_160, 3_603_160, "late")


def test_the_header_gives_the_language() -> None:
    """YouTube writes `Language: en` under the signature."""
    text = "WEBVTT\nKind: captions\nLanguage: pt-BR\n\n00:00.000 --> 00:01.000\noi"
    assert read_webvtt(text).language == "pt-BR"


def test_tags_go_and_voices_become_speakers() -> None:
    """Two voices in one cue are two cues of the same time."""
    voices = "<v Ann>Did <b>you</b>?</v>\n<v.loud Bo Li>I &lt;3 it&nbsp;so</v>"
    text = f"WEBVTT\n\n00:00.000 --> 00:01.000\n{voices}"
    found = [(cue.speaker, cue.text.strip()) for cue in read_webvtt(text).cues]
    assert found == [("Ann", "Did you?"), ("Bo Li", "I <3 it\xa0so")]


def test_less_than_signs_that_open_no_tag_stay() -> None:
    """Mathematics is spoken too."""
    text = "WEBVTT\n\n00:00.000 --> 00:01.000\nif x < 3 and y > 2"
    assert read_webvtt(text).cues[0].text == "if x < 3 and y > 2"


def test_lines_with_word_times_are_marked_as_typed() -> None:
    """Word times tell de-rolling which line is spoken now."""
    text = "WEBVTT\n\n00:00.000 --> 00:01.000\nabove\nnow<00:00:00.500><c> here</c>"
    cue = read_webvtt(text).cues[0]
    assert (cue.text, cue.is_typed) == ("above\nnow here", True)
