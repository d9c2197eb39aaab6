"""The table of symbols: dated, replaceable, and refused with its line when it is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnoted.errors import ConfigurationError
from footnoted.profiles.stocks.symbols import bare_company, parse_symbols, read_symbols
from tests.unit.profiles.stocks.tables import PROMPTS, shipped

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "# date: 2026-11-21\n# source: a test\nsymbol,exchange,kind,company,names,misheard\n"


def test_the_table_that_ships_is_dated_and_names_exchanges() -> None:
    """A few hundred listings of every kind, each with its exchange."""
    table = shipped()
    assert len(table.listings) > 350
    assert {one.kind for one in table.listings.values()} == {"share", "etf", "crypto", "index"}
    assert table.listings["NVDA"].exchange == "NASDAQ"
    assert table.dated.isoformat() == "2026-11-21"


def test_no_name_of_the_table_that_ships_belongs_to_two_listings() -> None:
    """A name that two have would resolve to neither."""
    table = shipped()
    names = {
        name.text for one in table.listings.values() for name in one.names if not name.is_misheard
    }
    assert sorted(name for name in names if table.named(name) is None) == []


@pytest.mark.parametrize("given", ["NVDA", "nvda", "$nvda", " Nvda "])
def test_a_symbol_is_known_however_it_is_written(given: str) -> None:
    """Case and a dollar sign say nothing."""
    listing = shipped().listing(given)
    assert listing == shipped().listings["NVDA"]


def test_a_company_is_known_by_its_name_without_the_legal_form() -> None:
    """`Rivian Automotive, Inc.` is called Rivian Automotive, and Rivian."""
    table = shipped()
    found = [table.named(name) for name in ("Rivian Automotive, Inc.", "rivian automotive")]
    assert [one.symbol if one else None for one in found] == ["RIVN", "RIVN"]
    assert bare_company("Alphabet Holdings Inc.") == "Alphabet"


def test_a_row_without_names_is_looked_for_by_its_company() -> None:
    """So a public list can be brought as it is; one word alone is unsure."""
    table = parse_symbols(
        "t", HEAD + "PARA,NASDAQ,share,Paramount Corp,,\nBE,NYSE,share,Bloom Energy,,\n"
    )
    names = [
        (name.text, name.is_ambiguous) for one in table.listings.values() for name in one.names
    ]
    assert names == [("Paramount", True), ("Bloom Energy", False)]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("symbol,company\n", "line 1: the columns must be"),
        (HEAD + "A,NYSE,share,Agilent\n", "line 4: 6 columns are needed, 4 are there"),
        (HEAD + "A,NYSE,bond,Agilent,,\n", "line 4: kind: "),
        (HEAD + "a b,NYSE,share,Agilent,,\n", "line 4: symbol: "),
        (HEAD + "A,NYSE,share,One,,\nA,NYSE,share,Two,,\n", "line 5: the symbol A is there twice"),
        (HEAD.replace("# date: 2026-11-21\n", ""), "'# date: YYYY-MM-DD'"),
    ],
)
def test_a_broken_table_is_refused_with_its_line(content: str, complaint: str) -> None:
    """In one sentence."""
    with pytest.raises(ConfigurationError) as refused:
        parse_symbols("mine.csv", content)
    assert "symbol table mine.csv, " in refused.value.message
    assert complaint in refused.value.message


def test_the_users_own_table_replaces_the_one_that_ships(tmp_path: Path) -> None:
    """The first folder that has one counts, whole."""
    (tmp_path / "stocks").mkdir()
    own = HEAD + "ZZZ,NYSE,share,Zebra Zoo Zone,,\n"
    (tmp_path / "stocks" / "symbols.csv").write_text(own, encoding="utf-8")
    assert list(read_symbols([tmp_path, PROMPTS], "stocks").listings) == ["ZZZ"]
