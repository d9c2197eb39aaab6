"""The whole chain on real recordings: quotes resolve, nothing overlaps, nothing is lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from footnoted.llm.extractive import answer_task
from footnoted.llm.tasks import (
    ExtractAnswer,
    ExtractTask,
    SegmentAnswer,
    SegmentTask,
    SynthesisMoment,
    SynthesizeAnswer,
    SynthesizeTask,
)
from footnoted.model.transcript import Cue

if TYPE_CHECKING:
    from pathlib import Path

    from footnoted.llm.tasks import ExtractedMoment

_TYPES = ("technique", "settings", "tip", "warning", "definition", "reasoning", "workflow")


def _read(path: Path) -> tuple[Cue, ...]:
    data: dict[str, Any] = json.loads(path.read_text())
    lines = data.get("lines") or data["segments"]
    return tuple(
        Cue(at, round(line["start"] * 1000), round(line["start"] * 1000) + 1000, line["text"])
        for at, line in enumerate(lines)
    )


def _moments(cues: tuple[Cue, ...]) -> list[ExtractedMoment]:
    segmented = answer_task(SegmentTask(language="en", cues=cues))
    assert isinstance(segmented, SegmentAnswer)
    covered = [at for t in segmented.topics for at in range(t.first_cue, t.last_cue + 1)]
    assert covered == list(range(len(cues)))
    moments: list[ExtractedMoment] = []
    for topic in segmented.topics:
        part = cues[topic.first_cue : topic.last_cue + 1]
        task = ExtractTask(language="en", topic=topic.title, cues=part, content_types=_TYPES)
        answer = answer_task(task)
        assert isinstance(answer, ExtractAnswer)
        moments += answer.moments
    return moments


def test_quotes_of_real_lectures_are_found_in_the_cues_they_cite(shared_data: Path) -> None:
    """Every quote of every lecture is contiguous text of exactly its cues, in order."""
    paths = sorted((shared_data / "gt-chapters-crashcourse").glob("*.json"))[:5]
    assert paths
    for path in paths:
        cues = _read(path)
        moments = _moments(cues)
        assert 3 <= len(moments) <= 14, path.name
        for moment in moments:
            cited = cues[moment.first_cue : moment.last_cue + 1]
            assert moment.quote in " ".join(" ".join(cue.text.split()) for cue in cited)
            assert moment.title
            assert moment.content_type in _TYPES
        assert [m.first_cue for m in moments] == sorted(m.first_cue for m in moments)


def test_a_real_podcast_becomes_pages_that_lose_no_moment(shared_data: Path) -> None:
    """An hour and a half of four people talking ends as pages with every moment on one of them."""
    path = min((shared_data / "gt-chapters-allin").glob("*.json"))
    moments = _moments(_read(path))
    material = tuple(
        SynthesisMoment(
            index=at,
            title=moment.title,
            summary=moment.summary,
            content_type=moment.content_type,
            subtopic=None,
            tools=moment.tools,
            quote=moment.quote[:300],
        )
        for at, moment in enumerate(moments)
    )
    task = SynthesizeTask(language="en", category="Business", moments=material)
    answer = answer_task(task)
    assert isinstance(answer, SynthesizeAnswer)
    claims = [c for page in answer.pages for s in page.sections for c in s.claims]
    assert sorted(at for claim in claims for at in claim.moment_indices) == list(
        range(len(moments))
    )
    assert len({page.title for page in answer.pages}) == len(answer.pages)
    assert 20 <= len(moments) <= 70
