"""Following a feed: the `Follower` of podcasts, video feeds, and YouTube's own feeds.

moved? look there, else at the locator -> 304: nothing new
-> read in a thread -> gap since the last look? -> deep: the pages with older items too
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.fetch.port import HostUnreachableError, WebLimits, WebRefusedError, WebRequest
from footnoted.sources.feeds.addresses import normal_url
from footnoted.sources.feeds.distinct import distinct_items
from footnoted.sources.feeds.feed import MAX_FEED_BYTES, Feed, UnreadableFeedError
from footnoted.sources.feeds.gaps import has_gap, newest_keys
from footnoted.sources.feeds.identity import scope_of
from footnoted.sources.feeds.order import newest_first
from footnoted.sources.feeds.patience import verdict_on
from footnoted.sources.feeds.reading import read_feed
from footnoted.sources.feeds.youtube import FEED_ENTRIES, is_feed_url
from footnoted.sources.items import Poll

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from footnoted.clock import Clock
    from footnoted.fetch.port import Web, WebAnswer
    from footnoted.sources.items import FoundItem, Place, PollState

_ACCEPT = {
    "Accept": "application/rss+xml, application/atom+xml, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
}
_LIMITS = WebLimits(timeout_s=60.0, max_bytes=MAX_FEED_BYTES)
_MAX_PAGES = 50
_MAX_DEEP_S = 300.0


@dataclass(frozen=True, slots=True)
class _Seen:
    """An answer, and the feed in it; no feed where nothing changed."""

    answer: WebAnswer
    feed: Feed | None


class FeedFollower:
    """Looks at feeds over the web."""

    def __init__(self, web: Web, clock: Clock) -> None:
        """Ask `web`; `clock` bounds a deep look."""
        self._web, self._clock = web, clock

    async def look(self, place: Place, now: datetime) -> Poll:
        """Return what the feed lists, and whether something was missed since the last look.

        The pages with older items (RFC 5005) are followed by a deep look, which asks without
        conditions, until it has as many as are wanted, and where there is a gap until it is closed.
        What one page lists is never cut, or fresh items would be lost.

        Raises the errors of `fetch.port`, SourceUnreachableError while the feed is not there, and
        PermanentError (`not_a_feed`, `feed_unsafe`, `feed_too_large`, or as
        `fetch.port` names it).
        """
        try:
            seen = await self._see(place)
        except (HostUnreachableError, WebRefusedError, UnreadableFeedError) as trouble:
            verdict = verdict_on(trouble, place)
            if verdict is trouble:
                raise
            raise verdict from trouble
        if seen.feed is None:
            return Poll(is_unchanged=True, state=_settled(place.state, seen.answer))
        return await self._poll(place, seen.answer, seen.feed, now)

    async def _see(self, place: Place) -> _Seen:
        """Return what is where the feed moved to; where that fails, what is at the locator."""
        moved_to, state = place.state.moved_to, place.state
        if moved_to is not None:
            try:
                return await self._ask(place, moved_to, state)
            except (HostUnreachableError, WebRefusedError, UnreadableFeedError):
                pass  # a move that leads nowhere is not believed for ever
        is_same = moved_to is None
        return await self._ask(place, place.locator, state if is_same else None)

    async def _ask(self, place: Place, url: str, state: PollState | None) -> _Seen:
        """Return what is at `url`, asked for changes since `state`."""
        is_conditional = state is not None and not place.is_deep
        answer = await self._web.get(
            WebRequest(
                url,
                etag=state.etag if state and is_conditional else None,
                last_modified=state.last_modified if state and is_conditional else None,
                headers=_ACCEPT,
                limits=_LIMITS,
            )
        )
        is_same = is_conditional and state is not None and state.body_sha256 == _hash(answer)
        if answer.is_unchanged or is_same:
            return _Seen(answer, None)
        return _Seen(answer, await self._read(answer, place))

    async def _read(self, answer: WebAnswer, place: Place) -> Feed:
        return await asyncio.to_thread(
            read_feed,
            answer.body,
            url=answer.url,
            content_type=answer.content_type,
            scope=scope_of(place.locator),
        )

    async def _poll(self, place: Place, answer: WebAnswer, feed: Feed, now: datetime) -> Poll:
        before, lists_all = place.state.newest_keys, _lists_all(place.locator, feed)
        items, is_gap = feed.items, has_gap(feed.items, before, lists_all=lists_all)
        if place.is_deep or is_gap:
            older, is_end = await self._older(place, feed, before if is_gap else ())
            items = tuple(distinct_items(newest_first([*items, *older]))[0])
            lists_all = lists_all or is_end
        state = _next_state(place, answer, feed).model_copy(
            update={
                "newest_keys": newest_keys(feed.items, place.state.newest_keys),
                "deep_at": now if place.is_deep else place.state.deep_at,
            }
        )
        return Poll(
            items=items,
            title=feed.title,
            creator=feed.creator,
            language=feed.language,
            state=state,
            has_gap=is_gap and has_gap(items, before, lists_all=lists_all),
            is_complete=lists_all,
            skipped=feed.skipped,
            skipped_counts=feed.skipped_counts,
        )

    async def _older(
        self, place: Place, feed: Feed, missed: Sequence[str]
    ) -> tuple[Sequence[FoundItem], bool]:
        """Return the items of the pages behind the first, and whether the last was reached.

        A deep look goes on until it has as many as are wanted; one with a gap until an item of the
        keys `missed` is met. A page that is missing or no feed ends the search; a host that is away
        ends the look.
        """
        found: list[FoundItem] = []
        seen: set[str] = set()
        url, ends_s = feed.next_url, self._clock.monotonic_s() + _MAX_DEEP_S
        while url is not None and url not in seen and len(seen) < _MAX_PAGES:
            is_met = not has_gap(found or feed.items, missed, lists_all=False)
            is_enough = is_met and _has_enough(place, len(feed.items) + len(found))
            if is_enough or self._clock.monotonic_s() >= ends_s:
                return found, False
            seen.add(url)
            try:
                page = (await self._ask(place, url, None)).feed
            except (WebRefusedError, UnreadableFeedError):
                return found, False
            if page is None:
                return found, False
            found += page.items
            url = page.next_url
        return found, url is None and bool(seen)


def _has_enough(place: Place, count: int) -> bool:
    """Return whether a look wants no more items than so many."""
    return not place.is_deep or (place.limit is not None and count >= place.limit)


def _lists_all(locator: str, feed: Feed) -> bool:
    """Return whether a feed says that it is whole, or is YouTube's and has room left."""
    return feed.is_complete or (is_feed_url(locator) and len(feed.items) < FEED_ENTRIES)


def _settled(state: PollState, answer: WebAnswer) -> PollState:
    """Return the state of a place that answered that nothing changed."""
    return state.model_copy(
        update={
            "etag": answer.etag,
            "last_modified": answer.last_modified,
            "moved_to": answer.moved_to or state.moved_to,
        }
    )


def _next_state(place: Place, answer: WebAnswer, feed: Feed) -> PollState:
    """Return what to remember of where the feed is, and of the version that was seen.

    A feed that names another place for itself is asked there next, without this place's version.
    """
    used = place.state.moved_to
    stays_moved = used is not None and answer.url != place.locator
    moved_to = answer.moved_to or (used if stays_moved else None)
    named = feed.moved_to
    is_elsewhere = named is not None and normal_url(named) != normal_url(answer.url)
    return place.state.model_copy(
        update={
            "body_sha256": _hash(answer),
            "etag": None if is_elsewhere else answer.etag,
            "last_modified": None if is_elsewhere else answer.last_modified,
            "moved_to": named if is_elsewhere else moved_to,
        }
    )


def _hash(answer: WebAnswer) -> str:
    return hashlib.sha256(answer.body).hexdigest()
