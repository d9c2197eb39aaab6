"""What holds for every transcript and every citation."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from footnoted.knowledge.evidence import match_quote
from footnoted.knowledge.quotes import read_words
from footnoted.model.citation import MatchKind
from footnoted.model.transcript import Cue

WORD = st.text(
    st.characters(categories=("Ll", "Lu", "Nd"), max_codepoint=0x24F), min_size=1, max_size=8
)
COMMON = st.sampled_from(
    str.split("the a not no 3 four I compress kick drum don't and you know uh")
)
CUES = st.lists(
    st.lists(WORD | COMMON, min_size=1, max_size=9), min_size=1, max_size=12
)  # words per cue
CITED = st.integers(-5, 20)
FOREIGN = st.lists(
    st.sampled_from(("\u0431\u0434\u0433", "\u0436\u0437\u043b", "\u043f\u0440\u0441"))
)


def as_cues(lines: list[list[str]]) -> list[Cue]:
    """Return lines of words as cues of one second."""
    return [Cue(i, i * 1000, i * 1000 + 900, " ".join(words)) for i, words in enumerate(lines)]


def letters(text: str) -> str:
    """Return a text as exact matching sees it."""
    return "".join(word.key for word in read_words(text))


@given(data=st.data(), lines=CUES, first=CITED, last=CITED)
def test_whole_words_of_a_transcript_resolve_to_cues_that_hold_them(
    data: st.DataObject, lines: list[list[str]], first: int, last: int
) -> None:
    """Four words or more, cited anywhere, are found where they were said."""
    words = [word for line in lines for word in line]
    if len(words) < 4:
        return
    start = data.draw(st.integers(0, len(words) - 4))
    quote = " ".join(words[start : data.draw(st.integers(start + 4, len(words)))])
    cues = as_cues(lines)
    found = match_quote(quote, first, last, cues)
    assert found.resolves
    assert found.first_cue is not None
    assert found.last_cue is not None
    assert letters(quote) in letters(
        " ".join(cue.text for cue in cues[found.first_cue : found.last_cue + 1])
    )
    assert letters(found.text or "") == letters(quote)
    assert found.start_ms == cues[found.first_cue].start_ms
    assert found.end_ms == cues[found.last_cue].end_ms
    assert found.score == 1.0


@given(lines=CUES, words=FOREIGN, first=CITED, last=CITED)
def test_what_shares_no_word_with_a_transcript_is_rejected(
    lines: list[list[str]], words: list[str], first: int, last: int
) -> None:
    """Nothing is found for words that were never said."""
    assert match_quote(" ".join(words), first, last, as_cues(lines)).match is MatchKind.REJECTED


@given(lines=CUES, quote=st.text(max_size=60), first=CITED, last=CITED)
def test_any_text_gets_an_answer_that_agrees_with_itself(
    lines: list[list[str]], quote: str, first: int, last: int
) -> None:
    """Whatever a model writes as a quote: it resolves to a range, or to nothing at all."""
    found = match_quote(quote, first, last, as_cues(lines))
    given = [found.first_cue, found.last_cue, found.start_ms, found.end_ms, found.text]
    assert all((value is not None) == found.resolves for value in given)
    assert found.quote == quote
    assert (found.score == 1.0) == (found.resolves and letters(found.text or "") == letters(quote))
