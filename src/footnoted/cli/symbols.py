"""A symbol as a person gives it: `nvda`, `$NVDA`, or the name of the company."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from footnoted.settings import Settings


def symbol_of(settings: Settings, given: str | None) -> str | None:
    """Return the symbol in capitals; of a name, the symbol that the table has; None for None.

    What the table does not know is taken for a symbol: mentions keep those of older tables.
    """
    from footnoted.catalogue import resource_roots
    from footnoted.profiles.stocks import NAME
    from footnoted.profiles.stocks.symbols import read_symbols

    if given is None:
        return None
    table = read_symbols(resource_roots(settings), NAME)
    listing = table.listing(given) or table.named(given)
    return listing.symbol if listing else given.strip().lstrip("$").upper()
