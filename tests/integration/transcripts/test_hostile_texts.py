"""Long texts made to be slow to read: too much work for the unit tier at the size that tells."""

from __future__ import annotations

import time

import pytest

from footnoted.model.transcript import TranscriptOrigin
from footnoted.transcripts.captions import read_transcript
from footnoted.transcripts.unreadable import TranscriptUnreadableError, UnreadableCode

_MOST_S = 5.0

EVIL = {
    "brackets": "1\n00:00:01,000 --> 00:00:02,000\n" + "[a] " * 20_000 + "x]",
    "comments": "<!---->" * 20_000 + "x",
    "open tags": "WEBVTT\n\n00:01.000 --> 00:02.000\n" + "<v a" * 50_000,
    "ruby": "WEBVTT\n\n00:01.000 --> 00:02.000\n" + "<rt" * 50_000,
    "styles": "1\n00:00:01,000 --> 00:00:02,000\n" + "{\\" * 50_000,
    "word times": "1\n00:00:01,000 --> 00:00:02,000\n" + "<00:00:01.000>" * 20_000,
    "blank lines": "1\n00:00:01,000 --> 00:00:02,000\nwords" + "\n" * 200_000,
    "one endless sentence": "word " * 200_000 + ".",
    "nested segments": '{"segments":[' + '{"text":"a","words":[' * 900 + "]}" * 900 + "]}",
    "one long word": "a." * 100_000,
    "one long line": "a b. C " * 40_000,
    "white space": "A" + " " * 200_000 + ":",
    "emphasis": "**a " * 50_000,
    "colons": "Ada: " * 40_000,
    "stamps": "0:01\n" * 40_000,
    "arrows": "-->\n" * 50_000,
    "timings": "00:00:01,000 --> 00:00:02,000\n" * 20_000,
    "counters": "1\n00:00:01,000 --> 00:00:02,000\n" + "7\n\n" * 50_000,
    "objects": '{"segments": [' + '{"start": 1, "end": 2, "text": "a"},' * 20_000 + "1]}",
}


@pytest.mark.parametrize("what", EVIL)
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_no_text_makes_the_reader_hang(what: str, name: str) -> None:
    """Time of the processor grows with the length of a text, not with its square."""
    began_s = time.process_time()
    try:
        read_transcript(EVIL[what].encode(), name, origin=TranscriptOrigin.IMPORTED)
    except TranscriptUnreadableError as error:
        UnreadableCode(error.failure_code)  # raises for a code nobody knows
    assert time.process_time() - began_s < _MOST_S
