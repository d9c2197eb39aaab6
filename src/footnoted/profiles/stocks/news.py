"""The news of this profile: stances that changed, told once, where a person asked for them.

    stances as known at `since`, stances as known now -> events that came -> one sentence each

Nothing is kept but what was told: the past is what the rows of mentions say was known then.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from footnoted.errors import ConfigurationError
from footnoted.profiles.stocks.history.changes import changes_between, identity_of
from footnoted.profiles.stocks.history.sentence import sentence_of, who_of
from footnoted.profiles.stocks.history.stance import EventKind, all_events
from footnoted.profiles.stocks.history.store import read_timelines
from footnoted.profiles.stocks.history.wanted import Wanted
from footnoted.stages.news import STANCE_CHANGED, Edition, NewsItem

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.profiles.stocks.history.stance import Event, Timeline

RECENT: Final = timedelta(days=30)
"""What was published before that is no news, however lately it was added: a backfill."""
_HASH_CHARS = 8


class StanceNews:
    """Tells of the kinds of events that were asked for; of none, where none were."""

    code = STANCE_CHANGED

    def __init__(self, kinds: Collection[EventKind]) -> None:
        """Tell of events of these `kinds`."""
        self._kinds = frozenset(kinds)

    async def edition(self, session: AsyncConnection, since: datetime, now: datetime) -> Edition:
        """Return the events that are known now and were not at `since`, oldest first."""
        if not self._kinds:
            return Edition((), frozenset())
        before = await read_timelines(session, Wanted(as_of=since))
        return edition_of(before, await read_timelines(session, Wanted()), self._kinds, now)


def edition_of(
    before: Sequence[Timeline], today: Sequence[Timeline], kinds: Collection[str], now: datetime
) -> Edition:
    """Return what the stances of today have that those `before` had not, as news."""
    came, _ = changes_between(before, today)
    fresh = [told for told in reversed(came) if told[1].kind in kinds and _is_recent(told[1], now)]
    return Edition(
        tuple(NewsItem(STANCE_CHANGED, _concerns(*told), sentence_of(*told)) for told in fresh),
        frozenset(_concerns(*told) for told in all_events(today)),
    )


def parse_kinds(text: str, variable: str) -> tuple[EventKind, ...]:
    """Return the kinds that `text` lists; raise ConfigurationError, naming `variable`."""
    known = {kind.value: kind for kind in EventKind}
    found: list[EventKind] = []
    for word in filter(None, (word.strip() for word in text.split(","))):
        if word not in known:
            message = f"{variable}: a stance has no change {word!r}; there is {', '.join(known)}"
            raise ConfigurationError(message)
        found.append(known[word])
    return tuple(found)


def _is_recent(event: Event, now: datetime) -> bool:
    return event.published_at is None or event.published_at >= now - RECENT


def _concerns(timeline: Timeline, event: Event) -> str:
    """Return what tells an event from all others, in words that a person can read."""
    identity = "\n".join(map(str, identity_of(timeline, event)))
    short = hashlib.sha256(identity.encode()).hexdigest()[:_HASH_CHARS]
    return f"{timeline.symbol} {event.kind.value}, {who_of(timeline)}, {short}"
