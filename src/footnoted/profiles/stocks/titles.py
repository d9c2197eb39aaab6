"""What mentions and statements are called where people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.profiles.stocks.types import PointKind

if TYPE_CHECKING:
    from footnoted.profiles.stocks.types import StoredMention, StoredPoint

_CALLED = {
    PointKind.REASON: "Outlook, because",
    PointKind.THEME: "Theme",
    PointKind.RISK: "Risk",
    PointKind.SUMMARY: "Summary",
}


def mention_title(mention: StoredMention) -> str:
    """Return `Palantir Technologies Inc. (PLTR): buy, conviction 0.90, years`."""
    listed = f" ({mention.symbol})" if mention.symbol else ""
    return f"{mention.company}{listed}{_stance(mention)}"


def point_title(point: StoredPoint) -> str:
    """Return what kind of statement it is."""
    return _CALLED[point.kind]


def _stance(mention: StoredMention) -> str:
    conviction = None if mention.conviction is None else f"conviction {mention.conviction:.2f}"
    told = ", ".join(part for part in (mention.action, conviction, mention.horizon) if part)
    return f": {told}" if told else ""
