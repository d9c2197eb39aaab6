"""A quote laid beside a stretch of words."""

from __future__ import annotations

from footnoted.knowledge.alignment import Alignment, Difference, align


def aligned(quote: str, said: str) -> Alignment:
    """Return the alignment of letters, each a word; every diagonal is open."""
    diagonals = range(-len(quote), len(said) + 1)
    return align([ord(char) for char in quote], [ord(char) for char in said], diagonals)


def test_an_equal_part_is_found_without_differences() -> None:
    """The ends of the stretch are free."""
    assert aligned("cde", "abcdefg") == Alignment(2, 5, ())


def test_a_missing_word_is_a_difference_on_one_side() -> None:
    """What was said and not quoted stands alone."""
    assert aligned("abde", "xabcdey") == Alignment(1, 6, (Difference(2, 2, 3, 4),))


def test_an_extra_word_is_a_difference_on_the_other_side() -> None:
    """What was quoted and not said stands alone."""
    assert aligned("abXcd", "-abcd-") == Alignment(1, 5, (Difference(2, 3, 3, 3),))


def test_a_misheard_word_at_an_end_is_paired() -> None:
    """It is seen beside what was said there, not as an addition."""
    assert aligned("Xbcd", "abcd") == Alignment(0, 4, (Difference(0, 1, 0, 1),))


def test_neighbouring_differences_are_one() -> None:
    """Two words heard as others are judged together."""
    assert aligned("abXYef", "abcdef").differences == (Difference(2, 4, 2, 4),)


def test_nothing_in_common_is_still_an_answer() -> None:
    """The judge of differences rejects it, not the alignment."""
    found = aligned("XYZ", "abcdef")
    assert sum(d.quote_end - d.quote_start for d in found.differences) == 3


def test_the_quote_may_hang_over_the_end() -> None:
    """Words beyond the transcript have no partner."""
    assert aligned("efXY", "abcdef").said_end == 6
