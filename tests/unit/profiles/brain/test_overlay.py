"""Corrections lie over cues; every character read has its place in what was heard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnoted.model.transcript import Cue, CueKind
from footnoted.profiles.brain.overlay import Overlay, Place
from footnoted.profiles.brain.types import Fix
from tests.fakes.brain import cues_of


def _fix(cue: int, start: int, before: str, after: str) -> Fix:
    return Fix(
        cue=cue,
        start_char=start,
        end_char=start + len(before),
        before=before,
        after=after,
        reason="test",
    )


def test_words_are_read_with_their_corrections_and_placed_without() -> None:
    """`Parithosh` is read; what is cited is `Paridosh`, at its own characters."""
    cues = cues_of("I think Paridosh knows", "so ask Paridosh")
    overlay = Overlay(cues, [_fix(0, 8, "Paridosh", "Parithosh")])
    assert overlay.text == "I think Parithosh knows so ask Paridosh"
    at = overlay.text.index("Parithosh knows")
    place = overlay.place(at, at + len("Parithosh knows"))
    assert place == Place(0, 8, 0, 22)
    assert overlay.original(place) == "Paridosh knows"


def test_a_name_across_two_cues_has_one_place() -> None:
    """It begins in the first cue's characters and ends in the second's."""
    overlay = Overlay(cues_of("we met the Ethereum", "Foundation there"))
    at = overlay.text.index("Ethereum Foundation")
    place = overlay.place(at, at + len("Ethereum Foundation"))
    assert place == Place(0, 11, 1, 10)
    assert overlay.original(place) == "Ethereum Foundation"


def test_sounds_are_not_read() -> None:
    """A cue that stands for a sound has no text, and the numbers of the others stay."""
    cues = (
        Cue(0, 0, 1, "Hello Ada"),
        Cue(1, 1, 2, "[Music]", kind=CueKind.SOUND),
        Cue(2, 2, 3, "and Grace"),
    )
    overlay = Overlay(cues)
    assert overlay.text == "Hello Ada and Grace"
    assert overlay.place(14, 19) == Place(2, 4, 2, 9)


WORDS = st.lists(st.sampled_from(["alpha", "be", "gamma", "x"]), min_size=1, max_size=5)


@given(lines=st.lists(WORDS, min_size=1, max_size=4), data=st.data())
def test_every_stretch_of_the_text_comes_from_where_it_says(
    lines: list[list[str]], data: st.DataObject
) -> None:
    """Without corrections, what a place holds is what was read, whatever is chosen."""
    overlay = Overlay(cues_of(*(" ".join(words) for words in lines)))
    start = data.draw(st.integers(0, len(overlay.text) - 1))
    end = data.draw(st.integers(start + 1, len(overlay.text)))
    if overlay.text[start:end].strip():
        heard = overlay.original(overlay.place(start, end))
        assert heard == " ".join(overlay.text[start:end].split())


@pytest.mark.parametrize(("first", "last", "expected"), [(0, 0, (0, 3)), (1, 2, (4, 11))])
def test_the_text_of_some_cues_is_a_stretch(
    first: int, last: int, expected: tuple[int, int]
) -> None:
    """From the first character of the first cue to the last of the last."""
    assert Overlay(cues_of("one", "two", "six")).span_of_cues(first, last) == expected
