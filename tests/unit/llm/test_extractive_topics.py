"""Topics by lexical cohesion: where they begin, what they cover, how they are called."""

from __future__ import annotations

import itertools
from math import log
from typing import TYPE_CHECKING

import pytest

from footnoted.llm.methods.lexicon import Lexicon, guess_language, lexicon_for, tokens_of
from footnoted.llm.methods.segmentation import Prior, find_boundaries
from footnoted.llm.methods.topics import segment
from footnoted.llm.methods.units import units_of
from footnoted.llm.tasks import ChapterHint, SegmentTask
from footnoted.model.transcript import Cue

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_BREAD = (
    "Knead the dough until the gluten is strong.",
    "Strong gluten lets the dough rise in the oven.",
    "Let the dough rise twice before it goes into the oven.",
    "A hot oven gives the dough a good crust.",
)
_GUITAR = (
    "Tune the guitar before you touch the strings.",
    "Old strings make a guitar sound dull.",
    "Change the strings of the guitar every month.",
    "A guitar with fresh strings keeps its tuning.",
)


def _cues(lines: Iterable[str], *, step_ms: int | None = 5000, first: int = 0) -> tuple[Cue, ...]:
    if step_ms is None:
        return tuple(Cue(first + at, None, None, line) for at, line in enumerate(lines))
    return tuple(
        Cue(first + at, at * step_ms, (at + 1) * step_ms, line) for at, line in enumerate(lines)
    )


def _ranges(cues: Sequence[Cue], **hints: tuple[ChapterHint, ...]) -> list[tuple[int, int]]:
    answer = segment(SegmentTask(language="en", cues=tuple(cues), **hints))
    return [(topic.first_cue, topic.last_cue) for topic in answer.topics]


def test_a_change_of_words_begins_a_topic() -> None:
    """Two subjects that share no word fall apart exactly between them."""
    assert _ranges(_cues(_BREAD * 3 + _GUITAR * 3)) == [(0, 11), (12, 23)]


def test_cues_without_times_are_segmented_too() -> None:
    """Plain text has no seconds, and gets the same topics."""
    assert _ranges(_cues(_BREAD * 3 + _GUITAR * 3, step_ms=None)) == [(0, 11), (12, 23)]


def test_titles_say_what_each_topic_is_about() -> None:
    """A title is made of the topic's own words, in title case, without function words around."""
    answer = segment(SegmentTask(language="en", cues=_cues(_BREAD * 3 + _GUITAR * 3)))
    bread, guitar = (topic.title for topic in answer.topics)
    assert "Dough" in bread
    assert "Guitar" in guitar
    assert all(title.split()[0][0].isupper() for title in (bread, guitar))


def test_two_topics_on_one_thing_get_two_titles() -> None:
    """A list of topics in which two are called the same helps nobody."""
    answer = segment(SegmentTask(language="en", cues=_cues((_BREAD * 3 + _GUITAR * 3) * 2)))
    titles = [topic.title for topic in answer.topics]
    assert len(titles) == 4
    assert len(set(titles)) == 4


def test_topics_name_cues_by_their_index_not_their_position() -> None:
    """Sound cues are left out of a task, so indices may have gaps and need not begin at 0."""
    speech = [cue for cue in _cues(_BREAD * 3 + _GUITAR * 3, first=7) if cue.index != 9]
    assert _ranges(speech) == [(7, 18), (19, 30)]


def test_chapters_of_the_publisher_are_kept_as_they_are() -> None:
    """A declared chapter is a topic with its own title; speech before the first is one too."""
    hints = (ChapterHint(start_ms=10_000, title="Oven"), ChapterHint(start_ms=40_000, title="End"))
    answer = segment(SegmentTask(language="en", cues=_cues(_BREAD * 3), chapters=hints))
    found = [(topic.first_cue, topic.last_cue, topic.title) for topic in answer.topics]
    assert found[1:] == [(2, 7, "Oven"), (8, 11, "End")]
    assert found[0][:2] == (0, 1)


def test_chapters_after_the_last_word_are_not_topics() -> None:
    """A chapter without speech cannot cite anything."""
    hints = (ChapterHint(start_ms=0, title="All"), ChapterHint(start_ms=900_000, title="Credits"))
    answer = segment(SegmentTask(language="en", cues=_cues(_BREAD), chapters=hints))
    assert [topic.title for topic in answer.topics] == ["All"]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_tiny_transcript_is_one_topic(count: int) -> None:
    """A few sentences on one thing are not split, and not lost."""
    assert _ranges(_cues(_BREAD[:count])) == [(0, count - 1)]


def test_text_without_punctuation_is_cut_between_utterances() -> None:
    """Automatic captions become units of sensible length that never end on a hanging word."""
    line = "you take what the so called bakers do with the now famous dough and put it in the oven"
    cues = _cues([line] * 12)
    units = units_of(cues, lexicon_for("en", ""))
    assert " ".join(unit.text for unit in units) == " ".join(cue.text for cue in cues)
    assert max(unit.words for unit in units) <= 31
    assert not {unit.text.split()[-1] for unit in units} & {"the", "and", "in", "but", "so"}


def test_every_unit_is_contiguous_text_of_the_cues_it_cites() -> None:
    """A quote must be found again in its cues: sentences may begin and end inside them."""
    lines = ["Knead it well. Then let", "it rest. Dr. Oetker said 3.5 minutes. Bake", "it hot!"]
    cues = _cues(lines)
    units = units_of(cues, lexicon_for("en", ""))
    assert [unit.text for unit in units] == [
        "Knead it well.",
        "Then let it rest.",
        "Dr. Oetker said 3.5 minutes.",
        "Bake it hot!",
    ]
    assert [(unit.first, unit.last) for unit in units] == [(0, 0), (0, 1), (1, 1), (1, 2)]


def test_a_change_of_speaker_ends_a_unit() -> None:
    """What two people say is never quoted as one sentence."""
    cues = (Cue(0, 0, 1, "I would say", "Ana"), Cue(1, 1, 2, "that it depends.", "Ben"))
    units = units_of(cues, lexicon_for("en", ""))
    assert [(unit.text, unit.speaker) for unit in units] == [
        ("I would say", "Ana"),
        ("that it depends.", "Ben"),
    ]


@pytest.mark.parametrize(
    ("shared", "rest", "begins"),
    [
        ("Rise, dough. Tune the guitar before", "you touch the strings.", 12),
        ("The dough in the oven is done. Tune the", "guitar before you touch the strings.", 13),
    ],
)
def test_a_shared_cue_goes_to_the_topic_it_says_more_of(
    shared: str, rest: str, begins: int
) -> None:
    """A sentence may begin in the middle of a cue, and its topic with it."""
    lines = [*_BREAD * 3, shared, rest, *_GUITAR * 3]
    assert _ranges(_cues(lines)) == [(0, begins - 1), (begins, 25)]


def test_the_cheapest_split_is_found_exactly() -> None:
    """The dynamic program finds what trying every split finds."""
    units = [["a", "b"], ["a"], ["c", "d"], ["c"], ["e", "a"], ["e"], ["e", "f"]]
    vocabulary = len({stem for unit in units for stem in unit})
    total = sum(map(len, units))

    def cost(edges: Sequence[int]) -> float:
        value = 0.0
        for first, last in itertools.pairwise((0, *edges, len(units))):
            words = [stem for unit in units[first:last] for stem in unit]
            size = len(words)
            value -= sum(log((words.count(w) + 1) / (size + vocabulary)) for w in words)
        return value + 0.3 * log(total) * (len(edges) + 1)

    splits = [
        split for size in range(len(units)) for split in itertools.combinations(range(1, 7), size)
    ]
    assert tuple(find_boundaries(units, Prior(weight=0.3))) == min(splits, key=cost)


def test_segments_are_never_longer_than_allowed() -> None:
    """The bound on segments is what keeps long recordings cheap; a monotone text is cut by it."""
    boundaries = find_boundaries([["a"]] * 100, Prior(longest_units=30))
    edges = [0, *boundaries, 100]
    assert max(last - first for first, last in itertools.pairwise(edges)) <= 30


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("It's C++, not C#.", ["It's", "C++", ",", "not", "C#", "."]),
        ("low-pass at 3.5 kHz", ["low-pass", "at", "3.5", "kHz"]),
        ("नमस्ते दुनिया।", ["नमस्ते", "दुनिया", "।"]),
        ("量子力学のデモ", ["量子", "子力", "力学", "の", "デモ"]),
    ],
)
def test_text_falls_into_tokens_in_any_script(text: str, tokens: list[str]) -> None:
    """Vowel signs stay with their letters; scripts without spaces fall into pairs."""
    assert tokens_of(text) == tokens


def test_inflected_words_share_a_stem_and_function_words_have_none() -> None:
    """Cohesion counts what is talked about, whatever its ending."""
    lexicon = Lexicon("en")
    assert lexicon.stems("The compressors were compressing") == ["compressor", "compress"]
    assert lexicon.stems("you know um what I mean") == []


def test_a_wrong_language_label_does_not_win_over_the_text() -> None:
    """A file called Hindi that is in English is read as English."""
    sample = "this is what we have to do if the agent is to act in the environment"
    assert lexicon_for("hi", sample).language == "en"
    assert lexicon_for("pt-BR", "o que é isso para a gente não é").language == "pt"
    assert guess_language("zzz qqq xxx") == "und"
