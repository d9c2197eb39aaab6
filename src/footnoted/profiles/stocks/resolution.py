"""Which listing a model means: what it says, checked against the table and what was heard.

A symbol counts only when the recording names that company, in the quote or elsewhere. So a word
that happens to be a symbol, and a symbol that a model made up, stay without one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.db.texts import storable
from footnoted.model.text import one_line
from footnoted.profiles.stocks.types import Company, Resolution

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.llm.stock_tasks import NameHeard, StatedMention
    from footnoted.profiles.stocks.symbols import Listing, SymbolTable

COMPANY_LIMIT = 120


class Resolver:
    """Resolves the mentions of one recording."""

    def __init__(self, table: SymbolTable, names: Sequence[NameHeard]) -> None:
        """Know what is listed, and which names the recording has, in order."""
        self._table = table
        self._names = names

    def resolve(self, told: StatedMention, first_cue: int, last_cue: int) -> Company:
        """Return which company a mention is about whose quote stands at these cues."""
        listing = self._listing(told)
        if listing is None:
            return self._unresolved(told)
        heard = [name for name in self._names if name.company == listing.company]
        near = [name for name in heard if name.first_cue <= last_cue and name.last_cue >= first_cue]
        if near:
            return self._resolved(max(near, key=lambda name: name.score), is_near=True)
        sure = [name for name in heard if not name.is_ambiguous]
        if sure:
            return self._resolved(max(sure, key=lambda name: name.score), is_near=False)
        return self._unresolved(told)

    def _listing(self, told: StatedMention) -> Listing | None:
        """Return the listing that is told; None when symbol and company are two."""
        by_symbol, by_name = self._table.listing(told.symbol), self._table.named(told.company)
        if by_symbol is None or by_name is None:
            return by_symbol or by_name
        return by_symbol if by_symbol.company == by_name.company else None

    def _resolved(self, name: NameHeard, *, is_near: bool) -> Company:
        listing = self._table.listings[name.symbol]
        near = Resolution.NAMED if name.score == 1 else Resolution.MISHEARD
        return Company(
            company=listing.company,
            symbol=listing.symbol,
            exchange=listing.exchange,
            asset=listing.kind,
            heard_as=name.said,
            resolution=near if is_near else Resolution.IMPLIED,
            score=name.score,
        )

    def _unresolved(self, told: StatedMention) -> Company:
        return Company(
            company=one_line(storable(told.company), COMPANY_LIMIT),
            symbol=None,
            exchange=None,
            asset=None,
            heard_as=None,
            resolution=Resolution.UNRESOLVED,
            score=None,
        )
