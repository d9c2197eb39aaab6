"""Excerpts: the same question wherever a part stands, and answers that cite the recording."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from footnoted.llm.tasks import TopicRange
from footnoted.model.topic import Topic
from footnoted.model.transcript import Cue, CueKind
from footnoted.stages.cue_lines import render_cues
from footnoted.stages.excerpt import Excerpt, excerpt_of, moved, speech_of

CUES = (
    Cue(40, 83_250, 85_000, "so the glue"),
    Cue(41, 85_100, 87_000, "needs a night", "Ada"),
    Cue(43, None, None, "to set"),
)


def test_an_excerpt_counts_from_its_own_beginning() -> None:
    """Numbers and times; what lies between stays as far apart, what has no time gets none."""
    assert excerpt_of(CUES) == Excerpt(
        (
            Cue(0, 0, 1_750, "so the glue"),
            Cue(1, 1_850, 3_750, "needs a night", "Ada"),
            Cue(3, None, None, "to set"),
        ),
        40,
    )
    assert excerpt_of(()) == Excerpt((), 0)


def test_the_speech_of_a_topic_is_its_cues_without_sounds() -> None:
    """The number it begins at is that of the first thing said."""
    sound = Cue(1, 2_000, 3_000, "[Music]", None, CueKind.SOUND)
    cues = (Cue(0, 0, 1_000, "a"), sound, Cue(2, 4_000, 5_000, "b"), Cue(3, 6_000, 7_000, "c"))
    topic = Topic(position=0, first_cue=1, last_cue=2, title=None, start_ms=None, end_ms=None)
    assert speech_of(topic, cues) == Excerpt((Cue(0, 0, 1_000, "b"),), 2)


def test_what_an_answer_cites_is_found_in_the_recording_again() -> None:
    """The numbers move by where the excerpt began, and nothing else does."""
    cited = TopicRange(first_cue=1, last_cue=3, title="Glue")
    assert moved(cited, 40) == TopicRange(first_cue=41, last_cue=43, title="Glue")


@given(
    st.lists(st.tuples(st.integers(0, 9_000), st.text("ab ", min_size=1, max_size=9)), max_size=30),
    st.integers(0, 5_000),
    st.integers(0, 10**7),
)
def test_a_part_reads_the_same_wherever_it_stands(
    said: list[tuple[int, str]], cues_before: int, ms_before: int
) -> None:
    """A recording that was trimmed at its start asks the same about what is left."""
    at_ms, here = 0, list[Cue]()
    for index, (length_ms, text) in enumerate(said):
        here.append(Cue(index, at_ms, at_ms + length_ms, text))
        at_ms += length_ms + 17
    there = [
        cue._replace(
            index=cue.index + cues_before,
            start_ms=(cue.start_ms or 0) + ms_before,
            end_ms=(cue.end_ms or 0) + ms_before,
        )
        for cue in here
    ]
    assert render_cues(excerpt_of(there).cues) == render_cues(excerpt_of(here).cues)
