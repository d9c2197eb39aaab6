"""TTML: the time expressions and containers of the specification."""

from __future__ import annotations

import pytest

from footnoted.transcripts.formats.ttml import read_ttml

HEAD = (
    '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" '
    'xmlns:ttm="http://www.w3.org/ns/ttml#metadata" xmlns:tts="http://www.w3.org/ns/ttml#styling" '
    'xml:lang="de" {}><head><metadata><ttm:agent xml:id="ida" type="person"><ttm:name type="full">'
    "Ida Rust</ttm:name></ttm:agent></metadata></head><body>{}</body></tt>"
)


def cues(body: str, parameters: str = "") -> list[tuple[int | None, int | None, str]]:
    """Return start, end and text of the cues of a document with that body."""
    read = read_ttml(HEAD.format(parameters, body)).cues
    return [(cue.start_ms, cue.end_ms, cue.text.strip()) for cue in read]


@pytest.mark.parametrize(
    ("expression", "parameters", "expected_ms"),
    [
        ("00:01:02.5", "", 62_500),
        ("1.5h", "", 5_400_000),
        ("2m", "", 120_000),
        ("1500ms", "", 1_500),
        ("00:00:01:12", 'ttp:frameRate="24"', 1_500),
        ("00:00:01:15", "", 1_500),
        ("48f", 'ttp:frameRate="24"', 2_000),
        ("30f", 'ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001"', 1_001),
        ("25000000t", 'ttp:tickRate="10000000"', 2_500),
    ],
)
def test_time_expressions_are_read(expression: str, parameters: str, expected_ms: int) -> None:
    """Clock time with fraction or frames, and offsets in h, m, s, ms, f, t (TTML2, 12.3.1)."""
    assert cues(f'<p begin="{expression}" end="9h">x</p>', parameters)[0][0] == expected_ms


def test_children_count_from_the_begin_of_their_container() -> None:
    """A division shifts its paragraphs, and its end ends them."""
    body = '<div begin="10s" end="14s"><p begin="1s" end="2s">a</p><p begin="3s">b</p></div>'
    assert cues(body) == [(11_000, 12_000, "a"), (13_000, 14_000, "b")]


def test_in_a_sequence_each_begins_when_the_one_before_ends() -> None:
    """timeContainer="seq"."""
    body = '<div timeContainer="seq"><p dur="2s">a</p><p dur="3s">b</p></div>'
    assert cues(body) == [(0, 2_000, "a"), (2_000, 5_000, "b")]


def test_timed_spans_are_cues_of_their_own() -> None:
    """Karaoke and live captions time the spans, not the paragraph."""
    body = '<p begin="5s"><span begin="0s" end="1s">a</span> <span begin="1s" end="2s">b</span></p>'
    assert cues(body) == [(5_000, 6_000, "a"), (6_000, 7_000, "b")]


def test_breaks_are_kept_and_ruby_readings_left_out() -> None:
    """A reading above a character is not said twice."""
    body = (
        '<p begin="1s" end="2s">one<br/>two <span tts:ruby="container"><span tts:ruby="base">漢'
        '</span><span tts:ruby="text">かん</span></span></p>'
    )
    assert cues(body) == [(1_000, 2_000, "one\ntwo 漢")]


def test_the_agent_is_the_speaker_and_the_language_is_kept() -> None:
    """ttm:agent points to a name in the head."""
    reading = read_ttml(HEAD.format("", '<p begin="1s" end="2s" ttm:agent="ida">Moin.</p>'))
    assert (reading.language, reading.cues[0].speaker) == ("de", "Ida Rust")


def test_paragraphs_without_times_have_none() -> None:
    """A document without times is a transcript without times."""
    assert cues("<div><p>a</p></div>") == [(None, None, "a")]
