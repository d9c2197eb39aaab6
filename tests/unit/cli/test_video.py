"""A video as `footnoted show` prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from footnoted.cli.video import _print_moment
from footnoted.knowledge.moments import Moment
from footnoted.model.citation import MatchKind
from footnoted.pipeline.reports.videos.report import EvidenceLine, MomentLine

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
