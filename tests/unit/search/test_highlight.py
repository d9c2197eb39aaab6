"""Marks and excerpts."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnoted.search.highlight import excerpt, highlight


def marked(text: str, query: str) -> list[str]:
    """Return the marked pieces."""
    return [text[start:end] for start, end in highlight(text, query)]


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("Trains and a train.", "training", ["Trains", "train"]),
        ("The kettle and the pot", "the kettle", ["kettle"]),
        ("Café au lait", "cafe", ["Café"]),
        ("今日は機械学習の話", "機械学習", ["機械学習"]),
        ("猫が好き", "猫", ["猫"]),
        ("Nothing here", "kettle", []),
        ("", "kettle", []),
        ("kettle", "", []),
    ],
)
def test_what_the_index_matches_is_marked(text: str, query: str, expected: list[str]) -> None:
    """By stem, accent and script, and nothing else."""
    assert marked(text, query) == expected


def test_a_short_text_is_its_own_excerpt() -> None:
    """White space is evened out, nothing is cut."""
    found = excerpt("  A kettle\n\nboils. ", "kettle")
    assert (found.text, found.spans) == ("A kettle boils.", ((2, 8),))


def test_the_excerpt_is_around_the_best_match() -> None:
    """Both words together beat one word twice before."""
    text = "kettle kettle " + "x " * 300 + "a copper kettle sings " + "y " * 300 + "kettle"
    found = excerpt(text, "copper kettle")
    assert "a copper kettle sings" in found.text
    assert [found.text[start:end] for start, end in found.spans] == ["copper", "kettle"]
    assert found.text.startswith("…")
    assert found.text.endswith("…")


def test_without_a_match_it_is_the_beginning() -> None:
    """A title may have matched instead."""
    found = excerpt("word " * 100, "kettle")
    assert found.text.startswith("word word")
    assert found.text.endswith("word…")
    assert found.spans == ()


def test_words_are_not_cut_in_two() -> None:
    """Cuts fall between words."""
    found = excerpt("elephant " * 40 + "kettle " + "elephant " * 40, "kettle")
    assert set(found.text.strip("…").split()) == {"elephant", "kettle"}


@given(st.text(max_size=600), st.text(max_size=30), st.integers(20, 300))
def test_an_excerpt_is_never_much_longer_than_asked(text: str, query: str, size: int) -> None:
    """At most the size and two ellipses, with marks inside it, in order."""
    found = excerpt(text, query, size=size)
    assert len(found.text) <= size + 2
    ends = [0]
    for start, end in found.spans:
        assert ends[-1] <= start < end <= len(found.text)
        ends.append(end)


@given(st.text(alphabet="ab 猫犬", max_size=80), st.text(alphabet="ab 猫犬", max_size=8))
def test_marks_are_in_order_and_apart(text: str, query: str) -> None:
    """Overlapping pairs of characters are one mark."""
    spans = highlight(text, query)
    assert all(a.end <= b.start for a, b in pairwise(spans))
