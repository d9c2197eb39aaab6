"""What a profile has to tell a person once, beside what it writes: the port of its news."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

STANCE_CHANGED = "stance_changed"
TOLD_ONCE: Final = (STANCE_CHANGED,)
"""The codes of all news: nobody is told when they are over."""


class NewsItem(NamedTuple):
    """One piece of news: its code, what tells it from all others of that code, and the words."""

    code: str
    concerns: str
    message: str


class Edition(NamedTuple):
    """What became known lately, and what of all that was ever told still holds (`concerns`)."""

    fresh: tuple[NewsItem, ...]
    standing: frozenset[str]


class Newsroom(Protocol):
    """Where the news of a profile come from; `code` is that of all of them."""

    code: str

    async def edition(self, session: AsyncConnection, since: datetime, now: datetime) -> Edition:
        """Return what is known now and was not at `since`, oldest first; reads only."""
        ...
