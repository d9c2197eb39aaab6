"""Which words of a recording name what is listed."""

from __future__ import annotations

import pytest

from footnoted.profiles.stocks.spotting import Spotter
from tests.unit.profiles.stocks.tables import cues_of, shipped

SPOTTER = Spotter(shipped())


def _heard(*lines: str) -> list[tuple[str, str]]:
    return [(name.said, name.symbol) for name in SPOTTER.names_in(cues_of(*lines))]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("So Nvidia's chips and the AMD ones sell.", [("Nvidia", "NVDA"), ("AMD", "AMD")]),
        ("He likes Hims and Hers more than SoFi.", [("Hims and Hers", "HIMS"), ("SoFi", "SOFI")]),
        ("We like $AAPL and MSFT.", [("AAPL", "AAPL"), ("MSFT", "MSFT")]),
        ("I bought the Bitcoin dip.", [("Bitcoin", "BTC")]),
        ("昨天英伟达和台積電都涨了", [("英伟达", "NVDA"), ("台積電", "TSM")]),
    ],
)
def test_symbols_and_names_are_found(line: str, expected: list[tuple[str, str]]) -> None:
    """As people say and write them, the longest first."""
    assert _heard(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "IT is what Lena does, ON and off, A bit of ALL.",
        "My price target for Lena is forty.",
        "An apple a day, Lena said.",
        "The AI bubble, Lena thinks, and the EV market share.",
        "Well, Lena, the Gap between them is wide.",
        "Ford a river with Lena.",
        "China and the United States met Marco in March.",
    ],
)
def test_words_that_may_be_names_are_none_without_a_market_around_them(line: str) -> None:
    """Most of what looks like a symbol is a word."""
    assert _heard(line) == []


@pytest.mark.parametrize(
    ("line", "symbol"),
    [
        ("I think Target stock is too cheap for Lena.", "TGT"),
        ("Lena sold her shares of Ford yesterday.", "F"),
        ("Block is up 7% and Lena smiles.", "XYZ"),
        ("Lena asked about the ticker AI again.", "AI"),
        ("C3.ai stock fell, and AI shares with it, says Lena.", "AI"),
    ],
)
def test_such_words_are_names_where_the_sentence_is_about_a_share(line: str, symbol: str) -> None:
    """`Shares of`, a move in percent, or the word ticker say so."""
    found = {name.symbol for name in SPOTTER.names_in(cues_of(line))}
    assert found == {symbol}


@pytest.mark.parametrize(
    ("heard", "symbol", "score"),
    [("Palanteer", "PLTR", 0.82), ("Foxcon", "2317.TW", 0.92), ("Nebus", "NBIS", 0.91)],
)
def test_a_misheard_name_is_mapped_with_its_score(heard: str, symbol: str, score: float) -> None:
    """By its sound, or because the table has the mishearing."""
    (name,) = SPOTTER.names_in(cues_of(f"And then Lena sold {heard} again."))
    assert (name.said, name.symbol, name.score) == (heard, symbol, score)


def test_a_symbol_in_capitals_counts_once_the_recording_speaks_of_it() -> None:
    """Three letters may stand for anything; after a move in percent they are the symbol."""
    assert _heard("Lena made a PEP talk.", "So did Ben, another PEP talk.") == []
    said = ("Lena made PEP fall, says Ben.", "PEP is down 4% today, Lena.")
    assert _heard(*said) == [("PEP", "PEP"), ("PEP", "PEP")]


def test_small_words_are_a_name_only_where_a_share_is_spoken_of() -> None:
    """`Take two years` is no company."""
    assert _heard("It will take two years, Lena says.") == []
    assert _heard("Lena sold her take two shares.") == [("take two", "TTWO")]


def test_a_word_of_the_recording_is_no_mishearing() -> None:
    """What is written small elsewhere is a common word that began a sentence."""
    assert _heard("Lena met Foxcon.") == [("Foxcon", "2317.TW")]
    assert _heard("Lena met Foxcon.", "Every foxcon is a person.") == []


def test_text_without_capitals_has_names_too() -> None:
    """Automatic captions often have none; then only words that mean nothing else count."""
    line = "so i think nvidia and palantir are fine but the target is low and apple too"
    assert [symbol for _, symbol in _heard(line)] == ["NVDA", "PLTR", "AAPL"]


def test_text_in_capitals_has_no_symbols() -> None:
    """Where everything is written large, capitals say nothing; names still do."""
    assert _heard("SO ON THE NOW OF ALL THINGS NVIDIA IS AN AI COMPANY") == [("NVIDIA", "NVDA")]


def test_names_carry_the_numbers_of_their_cues() -> None:
    """A name that runs over two cues has both."""
    (name,) = SPOTTER.names_in(cues_of("Today Lena asked about Rocket", "Lab and its rockets."))
    assert (name.first_cue, name.last_cue, name.symbol) == (0, 1, "RKLB")


def test_a_name_without_spaces_is_heard_as_it_was_said() -> None:
    """`标普500` is three marks and a number: what says only half of it is called by that half."""
    assert _heard("纳指和标普ETF都涨了") == [("标普", "SPX")]
    assert _heard("标普 5000") == [("标普", "SPX")]
    assert _heard("昨天标普500涨了") == [("标普500", "SPX")]
