"""Words become the same terms in documents, queries and highlights."""

from __future__ import annotations

import pytest

from footnoted.search.terms import document_terms, query_pieces, query_terms, word_terms, words


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("TRAINS", "train"),
        ("running", "run"),
        ("cafe", "café"),
        ("Ａｎｎ", "ann"),  # noqa: RUF001 - full width on purpose
        ("python's", "Python"),
        ("c++", "C++"),
        ("3.5", "3.5"),
        ("मशीन", "मशीन लर्निंग।"),
        ("東京", "東京は日本の首都です"),
        ("首", "東京は日本の首都です"),
        ("스트리밍", "스트리밍을"),
        ("ภาษา", "เรียนภาษาไทย"),
    ],
)
def test_a_query_asks_for_terms_that_the_document_has(asked: str, said: str) -> None:
    """Case, accents, inflection and script do not come between them."""
    terms = query_terms(asked)
    assert terms
    assert terms <= document_terms(said).keys()


@pytest.mark.parametrize(
    ("asked", "said"),
    [("c++", "c"), ("c#", "c++"), ("3.5", "5"), ("京都", "東京は首都です"), ("मशीन", "लर्निंग")],
)
def test_different_words_have_different_terms(asked: str, said: str) -> None:
    """What is not said is not found."""
    assert not query_terms(asked) & document_terms(said).keys()


@pytest.mark.parametrize("text", ["", "the of and", "?! — …", "\x00"])
def test_text_without_content_has_no_terms(text: str) -> None:
    """Stop words and signs ask for nothing."""
    assert (query_terms(text), document_terms(text)) == (set(), {})


def test_terms_are_counted() -> None:
    """The counts are what BM25 needs: how often, up to long documents."""
    counts = document_terms("run runs running dog " + "cat " * 500)
    assert sorted(counts.values()) == [1, 3, 500]


def test_words_know_their_places() -> None:
    """The place of a word cuts it out of the text; unspaced runs are one."""
    text = "Node.js, 日本語 and C++!"
    found = list(words(text))
    assert [text[word.start : word.end] for word in found] == [word.text for word in found]
    assert [(word.text, word.is_unspaced) for word in found] == [
        ("Node", False),
        ("js", False),
        ("日本語", True),
        ("and", False),
        ("C++", False),
    ]


def test_unspaced_queries_are_pairs_or_one_character() -> None:
    """A single character is asked for only when it stands alone."""
    assert query_pieces("日本語 猫 cat") == {"日本", "本語", "猫"}


def test_a_stop_word_has_no_term() -> None:
    """So it is not highlighted either."""
    assert (word_terms("The"), len(word_terms("Kettle"))) == (set(), 1)
