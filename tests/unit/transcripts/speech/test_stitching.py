"""Overlapping answers become one row of words: none lost, none twice, whoever speaks."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from footnoted.transcripts.speech.port import RecognizedSpeech, SpokenSegment, SpokenWord
from footnoted.transcripts.speech.silence import fold
from footnoted.transcripts.speech.stitching import Heard, Line, stitch

if TYPE_CHECKING:
    from collections.abc import Sequence

JITTER_MS = 250
HALF_MS = 2_000
_IN_A_ROW = 4


class Spoken:
    """Words spoken one after another, and a recogniser that hears parts of them in its way."""

    def __init__(self, seed: int, words: int, vocabulary: int) -> None:
        """Speak `words` of so many different ones."""
        self.chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self.words: list[SpokenWord] = []
        at_ms = 0
        for _ in range(words):
            at_ms += self.chance.choice([20, 60, 120, 900])
            long_ms = self.chance.randint(120, 450)
            word = self._next_word(vocabulary)
            self.words.append(SpokenWord(start_ms=at_ms, end_ms=at_ms + long_ms, text=word))
            at_ms += long_ms
        self.end_ms = at_ms

    def _next_word(self, vocabulary: int) -> str:
        """Return any word, but none for the fifth time in a row: nobody could tell which it is."""
        said = [word.text for word in self.words[-_IN_A_ROW:]]
        words = [f"w{number}" for number in range(vocabulary)]
        return self.chance.choice(
            words if len(said) < _IN_A_ROW else [w for w in words if set(said) != {w}]
        )

    def heard(self, start_ms: int, cut_ms: int, end_ms: int, *, exact: bool) -> Heard:
        """Return what is heard of a stretch: words cut through are missed or misheard."""
        inside = [word for word in self.words if word.start_ms < end_ms and word.end_ms > start_ms]
        told = [self._as_heard(word, start_ms, end_ms) for word in inside]
        words = [word for word in told if word is not None]
        return Heard(start_ms, cut_ms, end_ms, speech(words, self.chance, exact=exact))

    def _as_heard(self, word: SpokenWord, start_ms: int, end_ms: int) -> SpokenWord | None:
        is_cut = word.start_ms < start_ms or word.end_ms > end_ms
        if is_cut and self.chance.random() < 0.5:
            return None
        text = self.chance.choice([word.text, word.text.upper(), f"{word.text},"])
        shift_ms = self.chance.randint(-JITTER_MS, JITTER_MS)
        return SpokenWord(
            start_ms=max(0, word.start_ms + shift_ms - start_ms),
            end_ms=max(0, word.end_ms + shift_ms - start_ms),
            text="garbled" if is_cut else text,
        )

    def chunks(self, every_ms: int, *, exact: bool = True) -> list[Heard]:
        """Return the answers to all stretches of about that length."""
        cuts = list(range(every_ms, self.end_ms - every_ms // 2, every_ms))
        starts = [0, *(cut - HALF_MS for cut in cuts)]
        ends = [*(cut + HALF_MS for cut in cuts), self.end_ms]
        return [
            self.heard(start, cut, end, exact=exact)
            for start, cut, end in zip(starts, [0, *cuts], ends, strict=True)
        ]


def speech(words: Sequence[SpokenWord], chance: random.Random, *, exact: bool) -> RecognizedSpeech:
    """Return words in segments of a few each; without times of words unless `exact`."""
    segments: list[SpokenSegment] = []
    rest = list(words)
    while rest:
        count = chance.randint(1, 8)
        part, rest = rest[:count], rest[count:]
        segments.append(
            SpokenSegment(
                start_ms=part[0].start_ms,
                end_ms=max(word.end_ms for word in part),
                text=" ".join(word.text for word in part),
                words=tuple(part) if exact else (),
            )
        )
    return RecognizedSpeech(segments=tuple(segments))


def words_of(lines: Sequence[Line]) -> list[str]:
    """Return the words of lines, folded."""
    return [fold(word) for line in lines for word in line.text.split()]


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.integers(1, 400), st.integers(20_000, 60_000))
def test_no_word_is_lost_or_doubled(seed: int, count: int, every_ms: int) -> None:
    """Times differ between two hearings, and words at an edge are cut through."""
    spoken = Spoken(seed, count, vocabulary=50)
    assert words_of(stitch(spoken.chunks(every_ms))) == [word.text for word in spoken.words]


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.integers(1, 400))
def test_whoever_repeats_himself_is_not_cut_short(seed: int, count: int) -> None:
    """Among four words that come again and again, only time tells which is which."""
    spoken = Spoken(seed, count, vocabulary=4)
    assert words_of(stitch(spoken.chunks(25_000))) == [word.text for word in spoken.words]


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.integers(1, 400))
def test_segments_without_timed_words_are_joined_as_well(seed: int, count: int) -> None:
    """Where each word lies in a segment is then only about known."""
    spoken = Spoken(seed, count, vocabulary=500)
    lines = stitch(spoken.chunks(30_000, exact=False))
    assert words_of(lines) == [word.text for word in spoken.words]


@given(st.integers(0, 10**6), st.integers(2, 300))
def test_lines_follow_each_other(seed: int, count: int) -> None:
    """No line begins before the one before it ends, and none ends before it begins."""
    lines = stitch(Spoken(seed, count, vocabulary=50).chunks(25_000))
    ends = [0, *(line.end_ms for line in lines)]
    assert all(line.start_ms <= line.end_ms for line in lines)
    assert all(line.start_ms >= end for line, end in zip(lines, ends, strict=False))


def test_where_nothing_is_heard_twice_the_cut_decides() -> None:
    """A word before the cut is of the first hearing, one after it of the second."""
    first = Heard(0, 0, 12_000, one_segment(("a", 1_000), ("left", 9_000), ("wrong", 11_000)))
    second = Heard(8_000, 10_000, 20_000, one_segment(("off", 500), ("right", 2_500), ("b", 9_000)))
    assert words_of(stitch([first, second])) == ["a", "left", "right", "b"]


def test_text_without_times_is_joined_where_the_words_agree() -> None:
    """Only the chunk's own times are known, so the longest common run is looked for."""
    first = untimed(0, 62_000, "we begin here and then the river bends to the east")
    second = untimed(58_000, 120_000, "River bends to the east, where the mill stands")
    said = "we begin here and then the river bends to the east where the mill stands"
    assert words_of(stitch([first, second])) == said.split()


def test_text_without_times_and_without_agreement_is_kept_whole() -> None:
    """A word said twice is better than one that is lost."""
    lines = stitch([untimed(0, 62_000, "one two three"), untimed(58_000, 120_000, "four five")])
    assert words_of(lines) == ["one", "two", "three", "four", "five"]


def test_speakers_carry_over_where_both_hearings_heard_them() -> None:
    """Labels of a chunk mean nothing in the next; who says the same words is the same person."""
    first = Heard(0, 0, 12_000, talk(("0", "hello", 1_000), ("1", "dear", 9_500)))
    second = Heard(8_000, 10_000, 30_000, talk(("0", "dear", 1_500), ("1", "friend", 9_000)))
    speakers = [(line.text, line.speaker) for line in stitch([first, second])]
    assert speakers == [("hello", "Speaker 1"), ("dear", "Speaker 2"), ("friend", "Speaker 3")]


def test_nobody_is_named_who_was_not_told() -> None:
    """Without labels there are no speakers."""
    lines = stitch([Heard(0, 0, 12_000, one_segment(("a", 1_000)))])
    assert [line.speaker for line in lines] == [None]


def test_an_empty_answer_takes_nothing_away() -> None:
    """A silent chunk before, between and after changes nothing."""
    spans = [(0, 12_000), (8_000, 20_000), (16_000, 28_000), (24_000, 36_000), (32_000, 40_000)]
    said = {8_000: one_segment(("a", 5_000)), 24_000: one_segment(("b", 5_000))}
    nothing = RecognizedSpeech(segments=())
    answers = [Heard(at, at + 2_000, end, said.get(at, nothing)) for at, end in spans]
    assert words_of(stitch(answers)) == ["a", "b"]


def test_japanese_is_joined_by_character() -> None:
    """There are no spaces to tell words by."""
    first = Heard(0, 0, 12_000, whole("今日は天気がとても良い", 2_000, 12_000))
    second = Heard(8_000, 10_000, 22_000, whole("とても良いですね", 0, 9_000))
    assert "".join(line.text for line in stitch([first, second])) == "今日は天気がとても良いですね"


def one_segment(*words: tuple[str, int]) -> RecognizedSpeech:
    """Return words that begin at those times as one segment."""
    spoken = tuple(SpokenWord(start_ms=at, end_ms=at + 300, text=text) for text, at in words)
    text = " ".join(word.text for word in spoken)
    start_ms, end_ms = spoken[0].start_ms, spoken[-1].end_ms
    segment = SpokenSegment(start_ms=start_ms, end_ms=end_ms, text=text, words=spoken)
    return RecognizedSpeech(segments=(segment,))


def talk(*turns: tuple[str, str, int]) -> RecognizedSpeech:
    """Return words of labelled speakers, a segment each."""
    return RecognizedSpeech(
        segments=tuple(
            SpokenSegment(
                start_ms=at,
                end_ms=at + 300,
                text=text,
                speaker=label,
                words=(SpokenWord(start_ms=at, end_ms=at + 300, text=text, speaker=label),),
            )
            for label, text, at in turns
        )
    )


def whole(text: str, start_ms: int, end_ms: int) -> RecognizedSpeech:
    """Return one segment without times of words."""
    return RecognizedSpeech(segments=(SpokenSegment(start_ms=start_ms, end_ms=end_ms, text=text),))


def untimed(start_ms: int, end_ms: int, text: str) -> Heard:
    """Return an answer of text alone."""
    segment = SpokenSegment(start_ms=0, end_ms=end_ms - start_ms, text=text)
    return Heard(start_ms, start_ms, end_ms, RecognizedSpeech(segments=(segment,), is_timed=False))
