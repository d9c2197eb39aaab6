"""The JSON of recognisers: words become sentence-like cues, speakers stay."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from footnoted.model.transcript import TranscriptFormat
from footnoted.transcripts.formats.words import MAX_RUN_MS, Word, group_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from footnoted.model.transcript import Transcript

    Read = Callable[..., Transcript]

WORDS = [
    ("Bring", 0.5, 0.8),
    ("the", 0.8, 0.9),
    ("ladder.", 0.9, 1.5),
    ("It", 1.6, 1.7),
    ("is", 1.7, 1.8),
    ("heavy.", 1.8, 2.4),
]
EXPECTED = [(500, 1_500, "Bring the ladder."), (1_600, 2_400, "It is heavy.")]


def _bare(word: str) -> str:
    return word.rstrip(".")


def _amazon() -> object:
    items: list[object] = []
    for word, start, end in WORDS:
        items.append(
            {
                "type": "pronunciation",
                "start_time": str(start),
                "end_time": str(end),
                "alternatives": [{"content": _bare(word)}],
            }
        )
        if word.endswith("."):
            items.append({"type": "punctuation", "alternatives": [{"content": "."}]})
    return {"jobName": "x", "results": {"transcripts": [], "items": items}}


def _speechmatics() -> object:
    results: list[object] = []
    for word, start, end in WORDS:
        results.append(
            {
                "type": "word",
                "start_time": start,
                "end_time": end,
                "alternatives": [{"content": _bare(word), "speaker": "S1"}],
            }
        )
        if word.endswith("."):
            results.append(
                {
                    "type": "punctuation",
                    "start_time": end,
                    "end_time": end,
                    "alternatives": [{"content": "."}],
                }
            )
    return {"format": "2.9", "results": results}


def _pieces(text: str, start: str, end: str) -> list[dict[str, object]]:
    return [{text: word, start: begin, end: finish} for word, begin, finish in WORDS]


SENTENCES: list[dict[str, object]] = [
    {"start": start / 1000, "end": end / 1000, "text": text} for start, end, text in EXPECTED
]
DOCUMENTS: dict[str, tuple[TranscriptFormat, object]] = {
    "whisper": (
        TranscriptFormat.WHISPER_JSON,
        {"text": "…", "segments": SENTENCES, "language": "en"},
    ),
    "whisper.cpp": (
        TranscriptFormat.WHISPER_JSON,
        {"transcription": [{"offsets": {"from": a, "to": b}, "text": t} for a, b, t in EXPECTED]},
    ),
    "podcast": (
        TranscriptFormat.PODCAST_JSON,
        {
            "version": "1.0.0",
            "segments": [
                {"startTime": a / 1000, "endTime": b / 1000, "body": t} for a, b, t in EXPECTED
            ],
        },
    ),
    "podcast words": (
        TranscriptFormat.PODCAST_JSON,
        {"version": "1.0.0", "segments": _pieces("body", "startTime", "endTime")},
    ),
    "deepgram": (
        TranscriptFormat.DEEPGRAM_JSON,
        {
            "results": {
                "channels": [
                    {
                        "alternatives": [
                            {
                                "transcript": "",
                                "words": [
                                    {
                                        "word": _bare(w).lower(),
                                        "punctuated_word": w,
                                        "start": a,
                                        "end": b,
                                    }
                                    for w, a, b in WORDS
                                ],
                            }
                        ]
                    }
                ]
            }
        },
    ),
    "amazon": (TranscriptFormat.AMAZON_JSON, _amazon()),
    "google": (
        TranscriptFormat.GOOGLE_JSON,
        {
            "results": [
                {
                    "alternatives": [
                        {
                            "transcript": "",
                            "words": [
                                {
                                    "word": w,
                                    "startTime": f"{a}s",
                                    "endTime": {"seconds": "0", "nanos": int(b * 1e9)},
                                }
                                for w, a, b in WORDS
                            ],
                        }
                    ]
                }
            ]
        },
    ),
    "ibm": (
        TranscriptFormat.IBM_JSON,
        {"results": [{"alternatives": [{"timestamps": [list(word) for word in WORDS]}]}]},
    ),
    "speechmatics": (TranscriptFormat.SPEECHMATICS_JSON, _speechmatics()),
    "speechmatics 1": (
        TranscriptFormat.SPEECHMATICS_JSON,
        {
            "speakers": [],
            "words": [{"name": w, "time": a, "duration": round(b - a, 3)} for w, a, b in WORDS],
        },
    ),
    "kaldi": (
        TranscriptFormat.KALDI_JSON,
        {
            "retval": {
                "words": [{"word": _bare(w), "punct": w, "start": a, "end": b} for w, a, b in WORDS]
            }
        },
    ),
    "assembly": (
        TranscriptFormat.SEGMENTS_JSON,
        {
            "audio_url": "x",
            "words": [
                {"text": w, "start": int(a * 1000), "end": int(b * 1000)} for w, a, b in WORDS
            ],
        },
    ),
    "word list": (TranscriptFormat.SEGMENTS_JSON, _pieces("word", "start", "end")),
    "triples": (TranscriptFormat.SEGMENTS_JSON, [list(word) for word in WORDS]),
    "segment list": (TranscriptFormat.SEGMENTS_JSON, SENTENCES),
    "autoEdit": (
        TranscriptFormat.SEGMENTS_JSON,
        {"text": [{"paragraph": [{"line": _pieces("text", "startTime", "endTime")}]}]},
    ),
}


@pytest.mark.parametrize("vendor", DOCUMENTS)
def test_every_recogniser_gives_the_same_cues(read: Read, vendor: str) -> None:
    """Words are gathered into sentences; segments stay as they are."""
    expected_format, document = DOCUMENTS[vendor]
    transcript = read(json.dumps(document), "talk.json")
    found = [(cue.start_ms, cue.end_ms, cue.text) for cue in transcript.cues]
    assert (transcript.format, found) == (expected_format, EXPECTED)


def test_speakers_are_kept_and_divide_cues(read: Read) -> None:
    """A change of speaker ends a cue; a bare number becomes a label."""
    words = [
        {"word": w, "start": n, "end": n + 0.5, "speaker": n // 2}
        for n, w in enumerate(["one", "two", "three", "four"])
    ]
    document = {"results": {"channels": [{"alternatives": [{"words": words}]}]}}
    found = [(cue.speaker, cue.text) for cue in read(json.dumps(document), "a.json").cues]
    assert found == [("Speaker 0", "one two"), ("Speaker 1", "three four")]


def test_a_segment_without_an_end_lasts_until_the_next(read: Read) -> None:
    """The last one's end is its start: no second is invented."""
    document = {"lines": [{"start": 0, "text": "So it begins."}, {"start": 2, "text": "And ends."}]}
    found = [(cue.start_ms, cue.end_ms) for cue in read(json.dumps(document), "a.json").cues]
    assert found == [(0, 2_000), (2_000, 2_000)]


def test_a_word_without_times_takes_those_of_its_run() -> None:
    """WhisperX leaves numbers without times."""
    cues = group_words(
        [Word(0, 400, "In"), Word(None, None, "1987"), Word(900, 1_200, "it rained.")]
    )
    assert [(cue.start_ms, cue.end_ms, cue.text) for cue in cues] == [
        (0, 1_200, "In 1987 it rained.")
    ]


def test_runs_without_punctuation_end_at_a_pause_and_within_seconds() -> None:
    """A cue is what a person can take in."""
    steady = [Word(n * 300, n * 300 + 280, "la") for n in range(100)]
    after_a_pause = [Word(40_000, 40_200, "ti")]
    cues = group_words([*steady, *after_a_pause])
    assert all((cue.end_ms or 0) - (cue.start_ms or 0) <= MAX_RUN_MS for cue in cues)
    assert cues[-1].text == "ti"
    assert sum(len(cue.text.split()) for cue in cues) == 101
