"""What becomes of the ranges a model gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnoted.llm.tasks import TopicRange
from footnoted.model.transcript import Cue
from footnoted.stages.topic_ranges import cover_with_topics

# Cue 3 is a sound, and so not among the speech.
CUES = tuple(Cue(n, n * 1000, n * 1000 + 900, f"words {n}") for n in (0, 1, 2, 4, 5, 6, 7))


def _covered(*ranges: tuple[int, int]) -> list[tuple[int, int, str | None]]:
    topics = cover_with_topics(
        [TopicRange(first_cue=first, last_cue=last, title=f"{first}") for first, last in ranges],
        CUES,
    ).topics
    return [(topic.first_cue, topic.last_cue, topic.title) for topic in topics]


def test_ranges_become_topics_and_gaps_become_topics_without_a_title() -> None:
    """All speech is covered, in order."""
    assert _covered((5, 6), (1, 2)) == [
        (0, 0, None),
        (1, 2, "1"),
        (4, 4, None),
        (5, 6, "5"),
        (7, 7, None),
    ]


@pytest.mark.parametrize(
    ("ranges", "reason"),
    [
        ([(5, 4)], "rejected_reversed"),
        ([(-1, 2)], "rejected_out_of_range"),
        ([(6, 8)], "rejected_out_of_range"),
        ([(3, 3)], "rejected_out_of_range"),
        ([(0, 4), (4, 7)], "rejected_overlapping"),
    ],
)
def test_a_range_that_cannot_be_is_rejected_and_counted(
    ranges: list[tuple[int, int]], reason: str
) -> None:
    """It is never bent into one that can."""
    given = [TopicRange(first_cue=first, last_cue=last, title="t") for first, last in ranges]
    covered = cover_with_topics(given, CUES)
    assert covered.counts[reason] == 1
    assert covered.counts["unlabelled"] == 1


def test_a_title_without_words_is_no_title() -> None:
    """The range stays, and is called nothing."""
    covered = cover_with_topics([TopicRange(first_cue=0, last_cue=7, title=" \n ")], CUES)
    assert [(topic.title, topic.end_ms) for topic in covered.topics] == [(None, 7900)]


@given(st.lists(st.tuples(st.integers(-2, 10), st.integers(-2, 10)), max_size=8))
def test_topics_cover_all_speech_without_overlap(ranges: list[tuple[int, int]]) -> None:
    """Whatever the answer was, every cue is in exactly one topic."""
    topics = cover_with_topics(
        [TopicRange(first_cue=first, last_cue=last, title="t") for first, last in ranges], CUES
    ).topics
    held = [
        cue.index
        for topic in topics
        for cue in CUES
        if topic.first_cue <= cue.index <= topic.last_cue
    ]
    assert held == [cue.index for cue in CUES]
    assert [topic.position for topic in topics] == list(range(len(topics)))
