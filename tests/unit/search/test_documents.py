"""What a transcript, a moment and a page become."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from footnoted.model.transcript import Cue, CueKind
from footnoted.search.documents import (
    MomentFacts,
    PageFacts,
    VideoFacts,
    moment_document,
    page_document,
    transcript_windows,
)
from footnoted.search.port import DocumentKind

VIDEO = VideoFacts(
    video_id=5,
    profile="techniques",
    creator="Ann",
    title="On bees",
    source_id=3,
    language="en",
    published_at=datetime(2024, 6, 1, tzinfo=UTC),
    tags=("bees",),
)


def talk(count: int, *, words: int = 10, seconds: int = 5, end: str = "") -> list[Cue]:
    """Return cues of equal size, one after the other; each text starts with its number."""
    return [
        Cue(n, n * seconds * 1000, (n + 1) * seconds * 1000, f"{n}" + " and" * (words - 1) + end)
        for n in range(count)
    ]


def first_words(cues: list[Cue]) -> list[list[int]]:
    """Return the numbers of the cues in each window."""
    return [
        [int(word) for word in window.text.split() if word.isdecimal()]
        for window in transcript_windows(VIDEO, cues)
    ]


def test_a_window_holds_at_most_120_words() -> None:
    """Quick speech is cut by words."""
    assert first_words(talk(26, words=10, seconds=1)) == [
        list(range(12)),
        list(range(12, 24)),
        [24, 25],
    ]


def test_a_window_lasts_at_most_60_seconds() -> None:
    """Slow speech is cut by time."""
    assert first_words(talk(7, words=2, seconds=20)) == [[0, 1, 2], [3, 4, 5], [6]]


def test_a_window_ends_with_a_sentence_when_it_has_enough() -> None:
    """After 45 seconds the next full stop closes it."""
    cues = talk(6, words=2, seconds=15)
    cues[2] = cues[2]._replace(text="2 end.")
    assert first_words(cues) == [[0, 1, 2], [3, 4, 5]]
    cues[2] = cues[2]._replace(text="2 end")
    assert first_words(cues) == [[0, 1, 2, 3], [4, 5]]


def test_a_long_cue_is_a_window_of_its_own() -> None:
    """A cue is never cut: it is the unit of citation."""
    cues = [Cue(0, None, None, "0 " + "word " * 300), Cue(1, None, None, "1 short")]
    assert first_words(cues) == [[0], [1]]


def test_japanese_is_measured_by_characters() -> None:
    """A script without spaces does not become one endless window."""
    cues = [Cue(n, None, None, "日" * 80) for n in range(6)]
    assert [len(window.text) for window in transcript_windows(VIDEO, cues)] == [242, 242]


def test_sounds_are_not_indexed() -> None:
    """Nobody looks for `[Music]`."""
    cues = [
        Cue(0, 0, 1000, "[Music]", kind=CueKind.SOUND),
        Cue(1, 1000, 2000, "Welcome."),
        Cue(2, 2000, 3000, "…"),
    ]
    (window,) = transcript_windows(VIDEO, cues)
    assert (window.text, window.start_ms, window.end_ms) == ("Welcome.", 1000, 2000)
    assert transcript_windows(VIDEO, cues[:1]) == []


def test_a_window_knows_where_it_comes_from() -> None:
    """Facts of the video, times and speakers of its cues."""
    cues = [
        Cue(4, 1000, 9000, "So.", "Bo"),
        Cue(5, 2000, 3000, "Yes.", "Cy"),
        Cue(6, 3000, 4000, "No.", "Bo"),
    ]
    (window,) = transcript_windows(VIDEO, cues)
    assert window.model_dump(exclude={"id"}) == {
        "kind": DocumentKind.WINDOW,
        "profile": "techniques",
        "video_id": 5,
        "page_id": None,
        "source_id": 3,
        "creator": "Ann",
        "title": "On bees",
        "text": "So. Yes. No.",
        "start_ms": 1000,
        "end_ms": 9000,
        "language": "en",
        "category": None,
        "tags": ("bees",),
        "tools": (),
        "speakers": ("Bo", "Cy"),
        "published_at": datetime(2024, 6, 1, tzinfo=UTC),
    }


def test_ids_depend_on_the_video_and_the_first_cue() -> None:
    """The same transcript gives the same ids; another video gives others."""
    cues = talk(30)
    ids = [window.id for window in transcript_windows(VIDEO, cues)]
    other = VideoFacts(video_id=6, profile="techniques", creator="Ann", title="On bees")
    assert ids == [window.id for window in transcript_windows(VIDEO, cues)]
    assert not {*ids} & {window.id for window in transcript_windows(other, cues)}


def test_what_comes_later_does_not_change_earlier_windows() -> None:
    """A corrected ending leaves the beginning as it is indexed."""
    cues = talk(30)
    changed = [*cues[:29], cues[29]._replace(text="else")]
    before, after = transcript_windows(VIDEO, cues), transcript_windows(VIDEO, changed)
    assert before[:-1] == after[:-1]
    assert before[-1] != after[-1]


@given(
    st.lists(
        st.tuples(st.integers(1, 60), st.integers(1, 90), st.sampled_from(["", ".", "?"])),
        max_size=60,
    )
)
def test_every_cue_of_speech_is_in_exactly_one_window(
    sizes: list[tuple[int, int, str]],
) -> None:
    """In order, whatever the cues are like."""
    cues: list[Cue] = []
    at_ms = 0
    for index, (word_count, seconds, end) in enumerate(sizes):
        text = f"{index}" + " and" * word_count + end
        cues.append(Cue(index, at_ms, at_ms + seconds * 1000, text))
        at_ms += seconds * 1000
    assert [n for window in first_words(cues) for n in window] == list(range(len(cues)))


def test_a_moment_says_what_it_says_and_what_was_said() -> None:
    """Summary and quote are searched; the place is that of the quote."""
    moment = MomentFacts(
        UUID(int=1),
        "Wait",
        "Let it rest.",
        "you let it rest",
        61_000,
        64_000,
        "rest",
        ("pan",),
        ("Bo",),
    )
    document = moment_document(VIDEO, moment)
    assert document.text == "Let it rest.\nyou let it rest"
    assert (document.kind, document.title, document.video_id, document.start_ms) == (
        DocumentKind.MOMENT,
        "Wait",
        5,
        61_000,
    )
    assert (document.category, document.tools, document.speakers) == ("rest", ("pan",), ("Bo",))
    assert document == moment_document(VIDEO, moment)


def test_a_page_belongs_to_no_video() -> None:
    """It has an id of its own kind, stable over versions."""
    facts = PageFacts(UUID(int=1), "techniques", "Ann", "Bees", "All of it.", "They fly.", "rest")
    document = page_document(facts)
    assert (document.kind, document.page_id, document.video_id) == (
        DocumentKind.PAGE,
        UUID(int=1),
        None,
    )
    assert document.text == "All of it.\nThey fly."
    moment = MomentFacts(UUID(int=1), "", "", "", None, None)
    assert document.id != moment_document(VIDEO, moment).id
