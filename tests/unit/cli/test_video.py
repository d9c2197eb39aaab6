"""A video as `footnoted show` prints it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from footnoted.cli.video import _language, _print_moment, _transcript
from footnoted.knowledge.moments import Moment
from footnoted.model.citation import MatchKind
from footnoted.pipeline.reports.videos.report import EvidenceLine, MomentLine, TranscriptLine

if TYPE_CHECKING:
    import pytest


def test_the_title_of_a_moment_stands_apart_from_its_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """So that `0:04` is not read as part of it."""
    moment = Moment(
        id=UUID(int=1),
        evidence_id=UUID(int=2),
        title="Knead the dough",
        summary="Knead it",
        kind="advice",
        category=None,
        subtopic=None,
        tools=(),
    )
    evidence = EvidenceLine(
        match=MatchKind.EXACT,
        score=1.0,
        quote="knead the dough",
        first_cue=1,
        last_cue=1,
        start_ms=4_000,
        end_ms=8_000,
        link=None,
    )
    _print_moment(1, MomentLine(moment=moment, evidence=evidence))
    first = capsys.readouterr().out.splitlines()[0]
    assert first == "   1. Knead the dough  0:04 · advice · unclassified"


def version(origin: str, *, is_used: bool = True) -> TranscriptLine:
    """Return a transcript in German."""
    return TranscriptLine(
        id=1,
        version=1,
        is_used=is_used,
        origin=origin,
        format="webvtt",
        language="de",
        word_count=2,
        cue_count=1,
        duration_ms=None,
        is_timed=True,
        notes=(),
        quality={},
        created_at=datetime(2026, 11, 21, tzinfo=UTC),
    )


def test_words_that_a_machine_translated_are_said_to_be_so() -> None:
    """Beside the language too: nobody spoke it. What is not in use any more says nothing of it."""
    told = version("captions_translated")
    assert _transcript(told) == (
        "version 1: 2 words in 1 cues; webvtt, captions_translated; de; translated by a machine;"
        " passed the quality gate"
    )
    assert _language("de", [told]) == "de, translated by a machine"
    left = version("captions_translated", is_used=False)
    assert _language("de", [left, version("captions_auto")]) == "de"
    assert _language("en", [told]) == "en"
