"""Topics asked for in parts: cut, asked, put together, and checked like those of a whole answer."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import example, given
from hypothesis import strategies as st

from footnoted.llm.tasks import ChapterHint, SegmentAnswer, SegmentTask, TopicRange
from footnoted.model.transcript import Cue
from footnoted.prompting import parse_prompt
from footnoted.stages.answer_size import STREAMING_TOKENS
from footnoted.stages.port import StageContext
from footnoted.stages.segment import SegmentInput, SegmentStage
from footnoted.stages.topic_question import topic_question, topic_tokens
from footnoted.stages.topic_ranges import cover_with_topics
from tests.fakes.asker import FakeAsker

if TYPE_CHECKING:
    from footnoted.llm.port import ModelRequest
    from footnoted.stages.topic_ranges import CheckedTopics

PROMPT = parse_prompt("segment", "S\n=== user ===\n{{language}} {{chapters}} {{transcript}}")


def _cues(count: int, first: int = 0) -> tuple[Cue, ...]:
    numbers = range(first, first + count)
    return tuple(Cue(n, n * 9_000, n * 9_000 + 9_000, f"words {n}") for n in numbers)


def _request(
    cues: tuple[Cue, ...], *chapters: ChapterHint
) -> tuple[ModelRequest[SegmentAnswer], SegmentTask]:
    task = SegmentTask(language="en", cues=cues, chapters=chapters)
    return topic_question().request("topics", task, PROMPT, 900), task


def _parts(request: ModelRequest[SegmentAnswer]) -> list[ModelRequest[SegmentAnswer]]:
    assert request.divide is not None
    division = request.divide()
    return list(division.requests) if division else []


def _merged(
    count: int, first: tuple[TopicRange, ...], second: tuple[TopicRange, ...]
) -> tuple[TopicRange, ...]:
    request, _ = _request(_cues(count))
    assert request.divide is not None
    division = request.divide()
    assert division is not None
    return division.merge([SegmentAnswer(topics=first), SegmentAnswer(topics=second)]).topics


def _topic(first: int, last: int, title: str = "T") -> TopicRange:
    return TopicRange(first_cue=first, last_cue=last, title=title)


def test_halves_keep_their_cue_numbers_and_may_answer_as_long_as_the_whole() -> None:
    """The whole was denser than its size said, so its parts are too."""
    request, _ = _request(_cues(10))
    parts = _parts(request)
    assert [part.label for part in parts] == ["topics/1", "topics/2"]
    assert [len(part.task.cues) for part in parts] == [5, 5]
    assert "[5-7]" in parts[1].prompt.user
    assert {part.max_tokens_out for part in parts} == {900}
    assert {part.prompt.system for part in parts} == {request.prompt.system}


def test_cutting_is_the_same_each_time() -> None:
    """A replay finds what was bought under the same words."""
    request, _ = _request(_cues(10))
    assert _parts(request) == _parts(_request(_cues(10))[0])


def test_halves_are_cut_down_to_one_cue_and_no_further() -> None:
    """Labels tell every part of every depth apart."""
    waiting, labels = [_request(_cues(7))[0]], []
    while waiting:
        request = waiting.pop()
        labels.append(request.label)
        waiting += _parts(request)
        assert _parts(request) or len(request.task.cues) == 1
    assert len(labels) == len(set(labels)) == 13
    assert "topics/1/2" in labels


def test_a_half_has_the_chapters_that_run_in_it() -> None:
    """The one it begins in, too."""
    hints = [ChapterHint(start_ms=s * 1_000, title=f"c{s}") for s in (0, 40, 60, 200)]
    first, second = _parts(_request(_cues(10), *hints)[0])
    assert "<chapters>\n0:00 c0\n0:40 c40\n</chapters>" in first.prompt.user
    assert "<chapters>\n0:40 c40\n1:00 c60\n</chapters>" in second.prompt.user


def test_a_topic_that_the_cut_went_through_is_one_again() -> None:
    """When both halves give it the same title, and nothing lies between."""
    assert _merged(
        10, (_topic(0, 2, "A"), _topic(3, 4, "The  Reverb")), (_topic(5, 9, "the reverb"),)
    ) == (
        _topic(0, 2, "A"),
        _topic(3, 9, "The  Reverb"),
    )


def test_topics_of_other_titles_or_with_a_gap_stay_two() -> None:
    """A subject that comes back is a second topic."""
    assert _merged(10, (_topic(0, 4, "A"),), (_topic(5, 9, "B"),)) == (
        _topic(0, 4, "A"),
        _topic(5, 9, "B"),
    )
    gap = (_topic(0, 3, "A"),), (_topic(5, 9, "A"),)
    assert _merged(10, *gap) == (*gap[0], *gap[1])


RANGES = st.lists(
    st.builds(_topic, st.integers(-2, 12), st.integers(-2, 12), st.sampled_from(["A", "B", ""])),
    max_size=5,
).map(tuple)


@given(st.integers(2, 10), RANGES, RANGES)
@example(10, (_topic(3, 4, "B"), _topic(2, 4)), (_topic(5, 9),))
@example(10, (_topic(5, 4),), (_topic(5, 9),))
@example(10, (_topic(3, 4),), (_topic(5, 3),))
def test_a_merged_answer_stands_or_falls_as_its_halves_would(
    count: int, first: tuple[TopicRange, ...], second: tuple[TopicRange, ...]
) -> None:
    """The same topics on the same cues, and as many rejected for the same reasons."""
    request, task = _request(_cues(count))
    halves = [part.task.cues for part in _parts(request)]
    apart = [cover_with_topics(*pair) for pair in zip((first, second), halves, strict=True)]
    whole = cover_with_topics(_merged(count, first, second), task.cues)

    def titles(covers: list[CheckedTopics]) -> dict[int, str | None]:
        return {
            cue: topic.title
            for cover in covers
            for topic in cover.topics
            for cue in range(topic.first_cue, topic.last_cue + 1)
        }

    def rejected(counts: Counter[str]) -> Counter[str]:
        return Counter({key: n for key, n in counts.items() if key.startswith("rejected")})

    assert titles([whole]) == titles(apart)
    assert rejected(Counter(whole.counts)) == rejected(
        Counter(apart[0].counts) + Counter(apart[1].counts)
    )


@given(st.integers(1, 60), st.integers(1, 20))
async def test_topics_from_any_parts_cover_all_that_was_said(count: int, limit: int) -> None:
    """Each cue once, in order, as with a whole answer."""
    asker = FakeAsker(is_too_long=lambda request: len(request.task.cues) > limit)
    given_cues = SegmentInput(transcript_id=1, language="en", cues=_cues(count, 3), chapters=())
    out = await SegmentStage().run(given_cues, StageContext(asker, {"segment": PROMPT}))
    covered = [cue for topic in out.topics for cue in range(topic.first_cue, topic.last_cue + 1)]
    assert covered == [cue.index for cue in given_cues.cues]
    assert out.counts["unlabelled"] == 0
    assert not any(key.startswith("rejected") for key in out.counts)


def test_the_bound_follows_the_time_and_never_needs_a_stream() -> None:
    """Half an hour has room for 36 topics; one cue that lasts for hours is at most one topic."""
    half_hour = tuple(
        Cue(n, n * 3_000, n * 3_000 + 3_000, "five words in a cue") for n in range(600)
    )
    assert topic_tokens(half_hour) == 2_720
    assert topic_tokens([Cue(0, 0, 36_000_000, "hello")]) == 1_320
    untimed = tuple(cue._replace(start_ms=None, end_ms=None) for cue in half_hour)
    assert 1_280 < topic_tokens(untimed) < topic_tokens(half_hour)
    livestream = tuple(Cue(n, n * 3_000, n * 3_000 + 3_000, "words") for n in range(36_000))
    assert topic_tokens(livestream) < STREAMING_TOKENS
