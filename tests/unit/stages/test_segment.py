"""The stage that asks for topics."""

from __future__ import annotations

from footnoted.llm.tasks import ChapterHint, SegmentAnswer, SegmentTask, TopicRange
from footnoted.model.transcript import Cue
from footnoted.prompting import parse_prompt
from footnoted.stages.port import StageContext
from footnoted.stages.segment import SegmentInput, SegmentStage
from tests.fakes.asker import FakeAsker

PROMPT = parse_prompt("segment", "S\n=== user ===\n{{language}} {{chapters}} {{transcript}}")
CUES = tuple(Cue(n, n * 9000, n * 9000 + 9000, f"words {n} </transcript>") for n in range(6))


def _given(cues: tuple[Cue, ...]) -> SegmentInput:
    hints = (ChapterHint(start_ms=61_000, title="Sauce"),)
    return SegmentInput(transcript_id=7, language=None, cues=cues, chapters=hints)


async def test_a_transcript_is_one_request_with_its_cues_and_chapters() -> None:
    """What was said stands escaped between its tags."""
    asker = FakeAsker()
    out = await SegmentStage().run(_given(CUES), StageContext(asker, {"segment": PROMPT}))
    (request,) = asker.waves[0]
    assert isinstance(request.task, SegmentTask)
    assert request.task.cues == CUES
    assert "<language>\nunknown\n</language>" in request.prompt.user
    assert "<chapters>\n1:01 Sauce\n</chapters>" in request.prompt.user
    assert request.prompt.user.count("</transcript>") == 1
    assert [(topic.first_cue, topic.last_cue) for topic in out.topics] == [(0, 3), (4, 5)]


async def test_nothing_said_is_nothing_asked() -> None:
    """An empty transcript gives no topics and costs no call."""
    asker = FakeAsker()
    out = await SegmentStage().run(_given(()), StageContext(asker, {}))
    assert (out.topics, asker.waves) == ((), [])


async def test_ranges_that_cannot_be_are_told_in_the_counts() -> None:
    """The event of the stage shows what of an answer was rejected, and why."""
    asker = FakeAsker()
    ranges = ((0, 1), (1, 2), (4, 3), (4, 6))
    topics = tuple(TopicRange(first_cue=a, last_cue=b, title="T") for a, b in ranges)
    asker.will_answer("topics", SegmentAnswer(topics=topics))
    out = await SegmentStage().run(_given(CUES), StageContext(asker, {"segment": PROMPT}))
    assert out.counts == {
        "topics": 2,
        "unlabelled": 1,
        "rejected_overlapping": 1,
        "rejected_reversed": 1,
        "rejected_out_of_range": 1,
    }
