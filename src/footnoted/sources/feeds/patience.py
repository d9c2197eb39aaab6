"""What it means that a feed is not there: for days nothing at all.

YouTube answers 404 and 500 for feeds of channels that live, for days (complaint 13); a site under
repair serves a web page in place of its feed. What was followed before gets time; how much, whoever
polls decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.fetch.port import HostUnreachableError, WebRefusedError
from footnoted.sources.feeds.feed import UnreadableFeedError
from footnoted.sources.port import SourceUnreachableError

if TYPE_CHECKING:
    from footnoted.sources.items import Place, PollState

Trouble = HostUnreachableError | WebRefusedError | UnreadableFeedError


def verdict_on(trouble: Trouble, place: Place) -> Trouble | SourceUnreachableError:
    """Return what a look that met `trouble` raises.

    A place that never worked and can never work fails at once, by the trouble's own name.
    """
    if isinstance(trouble, HostUnreachableError):
        return trouble
    has_answered = isinstance(trouble, WebRefusedError) and trouble.status is not None
    if not has_answered and not _worked_before(place.state):
        return trouble
    said_already = f"{place.locator.partition('://')[2]}: "
    return SourceUnreachableError(place.locator, trouble.message.removeprefix(said_already))


def _worked_before(state: PollState) -> bool:
    return bool(state.newest_keys or state.etag or state.last_modified)
