"""The table of what is listed: symbols, exchanges, and the names that people say.

The file is data, dated and replaceable: `stocks/symbols.csv` of the first folder of prompts that
has one. A table of a few names ships; who wants every listing brings a file of their own.
"""

from __future__ import annotations

import csv
import hashlib
import re
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from footnoted.errors import ConfigurationError
from footnoted.llm.methods.mention_context import is_common
from footnoted.prompting import find_resource, read_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FILE = "symbols.csv"
_COLUMNS = ("symbol", "exchange", "kind", "company", "names", "misheard")
_FACT = re.compile(r"# (date|source): (.+)")
_LEGAL = re.compile(
    r",? (?:inc|corp|corporation|company|co|ltd|limited|plc|holdings?|group|s\.?a|n\.?v|ag|se|the"
    r"|class [a-c]|common stock|ordinary shares)\.?$",
    re.IGNORECASE,
)
_UNSURE = "~"
_MAX_COMMON = 2
"""Symbols of so few letters are words and initials before they are symbols."""


class Name(BaseModel):
    """A way a listing is named. `is_ambiguous`: the words usually mean something else."""

    model_config = ConfigDict(frozen=True)

    text: str
    is_ambiguous: bool = False
    is_misheard: bool = False


class Listing(BaseModel):
    """One share, fund or coin. `names` are without the symbol itself."""

    model_config = ConfigDict(frozen=True)

    symbol: str = Field(pattern=r"^[A-Z0-9][A-Z0-9.\-]{0,11}$")
    exchange: str = Field(min_length=1)
    kind: Literal["share", "etf", "crypto", "index"]
    company: str = Field(min_length=1)
    names: tuple[Name, ...]

    @property
    def is_word(self) -> bool:
        """Return whether the symbol alone, in capitals, may well be something else."""
        return len(self.symbol) <= _MAX_COMMON or is_common(self.symbol)


class SymbolTable(BaseModel):
    """Every listing by its symbol; `sha256` is the version of the file."""

    model_config = ConfigDict(frozen=True)

    dated: date
    source: str
    listings: dict[str, Listing]
    sha256: str

    def listing(self, symbol: str | None) -> Listing | None:
        """Return the listing of a symbol, however it is written: `$nvda` is NVDA."""
        return self.listings.get(symbol.strip().lstrip("$").upper()) if symbol else None

    def named(self, company: str) -> Listing | None:
        """Return the one listing that is called `company`; None when none or several are."""
        found = self._by_name.get(name_key(company), ())
        return found[0] if len(found) == 1 else None

    @cached_property
    def _by_name(self) -> dict[str, tuple[Listing, ...]]:
        known: dict[str, tuple[Listing, ...]] = {}
        for listing in self.listings.values():
            texts = (listing.company, bare_company(listing.company), *_texts(listing))
            for key in sorted({name_key(text) for text in texts}):
                known[key] = (*known.get(key, ()), listing)
        return known


def read_symbols(roots: Sequence[Path], profile: str) -> SymbolTable:
    """Return `<profile>/symbols.csv` of the first root that has it.

    Raises ConfigurationError, with file and line, for a table that cannot be read.
    """
    relative = f"{profile}/{FILE}"
    path = find_resource(roots, relative)
    return parse_symbols(str(path), read_text(path))


def parse_symbols(name: str, content: str) -> SymbolTable:
    """Return the table that `content` (CSV) holds; `name` is for the message.

    Raises ConfigurationError when it is none, has no date or source, or has a symbol twice.
    """
    lines = content.splitlines()
    facts = {match[1]: match[2] for line in lines if (match := _FACT.fullmatch(line))}
    numbered = [(at, line) for at, line in enumerate(lines, 1) if line and line[0] != "#"]
    if not numbered or tuple(numbered[0][1].split(",")) != _COLUMNS:
        raise _broken(name, 1, f"the columns must be {','.join(_COLUMNS)}")
    listings: dict[str, Listing] = {}
    for at, line in numbered[1:]:
        listing = _listing(name, at, next(csv.reader([line])))
        if listing.symbol in listings:
            raise _broken(name, at, f"the symbol {listing.symbol} is there twice")
        listings[listing.symbol] = listing
    digest = hashlib.sha256(content.encode()).hexdigest()
    try:
        return SymbolTable.model_validate(
            {
                "dated": facts.get("date"),
                "source": facts.get("source"),
                "listings": listings,
                "sha256": digest,
            }
        )
    except ValidationError:
        message = "lines '# date: YYYY-MM-DD' and '# source: where from' must stand in it"
        raise _broken(name, 1, message) from None


def name_key(text: str) -> str:
    """Return how a name is compared: letters and digits, case-folded, without `'s`."""
    plain = re.sub(r"['\u2019]s\b", "", text.casefold())
    return " ".join(re.findall(r"[^\W_]+(?:&[^\W_]+)*", plain))


def bare_company(company: str) -> str:
    """Return the name of a company without its legal form: `Apple Inc.` is Apple."""
    before = ""
    while before != company:
        before, company = company, _LEGAL.sub("", company.strip())
    return company


def _listing(name: str, at: int, cells: list[str]) -> Listing:
    if len(cells) != len(_COLUMNS):
        raise _broken(name, at, f"{len(_COLUMNS)} columns are needed, {len(cells)} are there")
    symbol, exchange, kind, company, names, misheard = (cell.strip() for cell in cells)
    try:
        return Listing.model_validate(
            {
                "symbol": symbol,
                "exchange": exchange,
                "kind": kind,
                "company": company,
                "names": (*_names(names, company), *_misheard(misheard)),
            }
        )
    except ValidationError as error:
        wrong = error.errors()[0]
        raise _broken(name, at, f"{wrong['loc'][0]}: {wrong['msg']}") from None


def _names(cell: str, company: str) -> list[Name]:
    """Return the names a row gives; without any, the company's, unsure when it is one word."""
    if not cell:
        bare = bare_company(company)
        return [Name(text=bare, is_ambiguous=" " not in bare)]
    return [
        Name(text=text.lstrip(_UNSURE).strip(), is_ambiguous=text.startswith(_UNSURE))
        for text in (part.strip() for part in cell.split("/"))
        if text
    ]


def _misheard(cell: str) -> list[Name]:
    return [Name(text=text.strip(), is_misheard=True) for text in cell.split("/") if text.strip()]


def _texts(listing: Listing) -> list[str]:
    return [name.text for name in listing.names if not name.is_misheard]


def _broken(name: str, line: int, what: str) -> ConfigurationError:
    return ConfigurationError(f"symbol table {name}, line {line}: {what}")
