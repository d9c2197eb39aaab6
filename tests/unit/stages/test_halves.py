"""Where a run is cut in two."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from footnoted.model.transcript import Cue
from footnoted.stages.halves import halve, halve_cues

SECOND_MS = 1_000


def _cues(*texts: str, pauses_ms: dict[int, int] | None = None) -> list[Cue]:
    """Return cues of a second each, with the pause before each number in `pauses_ms`."""
    cues, at_ms = [], 0
    for number, text in enumerate(texts):
        at_ms += (pauses_ms or {}).get(number, 0)
        cues.append(Cue(number, at_ms, at_ms + SECOND_MS, text))
        at_ms += SECOND_MS
    return cues


def _cut(cues: list[Cue]) -> int:
    halves = halve_cues(cues)
    assert halves is not None
    return halves[1][0].index


def test_what_is_of_one_piece_has_no_halves() -> None:
    """A single cue is never cut, however long it is."""
    assert halve_cues(_cues("a word " * 9_000)) is None
    assert halve_cues([]) is None
    assert halve([1]) is None


def test_the_cut_is_in_the_middle_of_the_words() -> None:
    """Not of the cues: long cues are long answers."""
    assert _cut(_cues(*["one two three"] * 10)) == 5
    assert _cut(_cues("a b c d e f g h i j k l", "m", "n", "o", "p", "q", "r", "s")) == 1


def test_the_cut_is_at_the_longest_pause_around_the_middle() -> None:
    """Automatic captions have no full stops; a breath is where a thought ends."""
    assert _cut(_cues(*["one two"] * 12, pauses_ms={4: 900, 7: 2_000, 11: 60_000})) == 7


def test_a_finished_sentence_is_a_better_place_than_a_pause() -> None:
    """Speakers pause within sentences too."""
    texts = ["one two"] * 12
    texts[4] = "one tw."
    assert _cut(_cues(*texts, pauses_ms={7: 2_000})) == 5


def test_a_change_of_speakers_is_as_good_as_a_full_stop() -> None:
    """An answer goes with its question only when both fit; a turn never goes in two."""
    cues = [cue._replace(speaker="AB"[cue.index > 4]) for cue in _cues(*["one two"] * 12)]
    assert _cut(cues) == 5


def test_without_times_and_marks_the_cut_is_in_the_middle() -> None:
    """Nothing is invented to cut at."""
    assert _cut([Cue(n, None, None, "one two") for n in range(8)]) == 4


def test_things_are_cut_at_a_border_near_their_middle() -> None:
    """One far from it makes no halves."""
    halves = halve("aaaabbbbbbcc", lambda before, after: before != after)
    assert halves == (tuple("aaaa"), tuple("bbbbbbcc"))
    assert halve("abbbbbbb", lambda before, after: before != after) == (
        tuple("abbb"),
        tuple("bbbb"),
    )


@given(st.lists(st.text(max_size=40), min_size=2, max_size=60))
def test_halves_hold_every_cue_once_and_neither_is_empty(texts: list[str]) -> None:
    """Nor does cutting go on for ever: each half is smaller than the whole."""
    cues = _cues(*texts)
    halves = halve_cues(cues)
    assert halves is not None
    assert [*halves[0], *halves[1]] == cues
    assert all(halves)
