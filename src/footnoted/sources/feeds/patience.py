"""What it means that a feed is not there: for days nothing at all, and then the end.

YouTube answers 404 and 500 for feeds of channels that live, for days (complaint 13); a site under
repair serves a web page in place of its feed. What was followed before gets time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from footnoted.errors import PermanentError
from footnoted.fetch.port import HostUnreachableError, WebRefusedError
from footnoted.sources.feeds.feed import UnreadableFeedError
from footnoted.sources.port import SourceUnreachableError

if TYPE_CHECKING:
    from datetime import datetime

    from footnoted.sources.items import Place, PollState

FEED_GONE = "feed_gone"
"""The failure of a feed that has not been there for longer than it may be away."""

AWAY_FOR = timedelta(days=14)
"""How long a server may answer that a feed is not there, or with something else."""

UNREACHABLE_FOR = timedelta(days=90)
"""How long a server may not answer at all: our own line may be what is down."""

Trouble = HostUnreachableError | WebRefusedError | UnreadableFeedError


class FeedAwayError(SourceUnreachableError):
    """The feed is not there for now; `state` is to be remembered, with since when."""

    code = "source_unreachable"

    def __init__(self, locator: str, why: str, state: PollState) -> None:
        """Say which feed, what is seen in its place, and what to remember."""
        super().__init__(locator, why)
        self.state = state


def failing(state: PollState, now: datetime) -> PollState:
    """Return the state of a place that was not there at `now`, with since when it is not."""
    return state.model_copy(update={"failing_since": state.failing_since or now})


def verdict_on(
    trouble: Trouble, place: Place, now: datetime
) -> PermanentError | HostUnreachableError | FeedAwayError:
    """Return what a look that met `trouble` raises.

    A place that never worked and can never work fails at once, by the trouble's own name.
    """
    state = failing(place.state, now)
    since = state.failing_since or now
    allowed = UNREACHABLE_FOR if isinstance(trouble, HostUnreachableError) else AWAY_FOR
    if now - since >= allowed:
        message = f"{place.locator}: not there since {since:%Y-%m-%d}. {trouble.message}"
        return PermanentError(message, failure_code=FEED_GONE, concerns=place.locator)
    if isinstance(trouble, HostUnreachableError):
        return trouble
    has_answered = isinstance(trouble, WebRefusedError) and trouble.status is not None
    if not has_answered and not _worked_before(place.state):
        return trouble
    why = f"{trouble.message}; a feed that is away is tried for {allowed.days} days"
    return FeedAwayError(place.locator, why, state)


def _worked_before(state: PollState) -> bool:
    return bool(state.newest_keys or state.etag or state.last_modified)
