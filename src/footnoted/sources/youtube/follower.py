"""Follows YouTube channels, playlists and handles: fast by feed, slow by listing.

    a name (@handle, /c/, /user/) -> its channel, resolved once and remembered
    feed: fifteen entries, unchanged for nothing
      -> nothing of the last look in it, or a deep look asked for: list with yt-dlp too
      -> away (YouTube answers 404 and 500 for days): list at most once a day, and note since when

The feed of a playlist shows its first fifteen entries, not its newest, so a playlist is listed
every few hours as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol

from footnoted.errors import PermanentError
from footnoted.fetch.port import HostRestsError, HostUnreachableError, WebRefusedError, WebRequest
from footnoted.sources.feeds.youtube import FEED_ENTRIES
from footnoted.sources.items import Place, Poll, PollState
from footnoted.sources.port import SourceUnreachableError
from footnoted.sources.youtube.continuity import (
    GONE,
    PATIENCE,
    SOURCE_GONE,
    has_gap_between,
    is_whole,
    keys_to_keep,
    merged,
    refusal,
)
from footnoted.sources.youtube.listing import Listed, read_listing
from footnoted.sources.youtube.locator import PlaceKind, YoutubePlace, youtube_locator

if TYPE_CHECKING:
    from footnoted.fetch.port import Web, WebAnswer
    from footnoted.fetch.ytdlp.port import YtDlp
    from footnoted.sources.feeds.feed import Feed
    from footnoted.sources.items import FoundItem

_FILL_LIMIT = 500
_PLAYLIST_EVERY = timedelta(hours=6)
_AWAY_EVERY = timedelta(days=1)


class FeedReader(Protocol):
    """Reads a feed; `feeds.reading.read_feed` is one."""

    def __call__(self, data: bytes, *, url: str, content_type: str | None, scope: str) -> Feed:
        """Return what the feed says; raise PermanentError for what is none."""
        ...


class _Fast(NamedTuple):
    """What the feed said: nothing new (`feed` None and no `why`), a feed, or why there is none."""

    feed: Feed | None
    answer: WebAnswer | None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class _Look:
    """One look: at what, remembered how, when."""

    place: Place
    youtube: YoutubePlace
    state: PollState
    now: datetime

    @property
    def is_overdue(self) -> bool:
        """Return whether it is time to list what a feed does not show."""
        since = self.state.deep_at
        is_list = self.youtube.kind is PlaceKind.PLAYLIST
        return is_list and (since is None or self.now - since >= _PLAYLIST_EVERY)

    @property
    def may_list_instead(self) -> bool:
        """Return whether it is time to list in place of a feed that is away."""
        since = self.state.deep_at
        return since is None or self.now - since >= _AWAY_EVERY


class YoutubeFollower:
    """Looks at places on YouTube; a `sources.items.Follower`."""

    def __init__(self, read_feed: FeedReader, web: Web, ytdlp: YtDlp) -> None:
        """Read feeds that `web` brings with `read_feed`, and list with `ytdlp`."""
        self._read_feed, self._web, self._ytdlp = read_feed, web, ytdlp

    async def look(self, place: Place, now: datetime) -> Poll:
        """Return what is there; see `sources.items.Follower` for what is raised."""
        look = await self._resolved(place, now)
        fast = await self._fast(look)
        if fast.why is not None:
            return await self._without_feed(look, fast.why)
        if fast.feed is None:
            return await self._unchanged(look)
        return await self._with_feed(look, fast.feed, fast.answer)

    async def _resolved(self, place: Place, now: datetime) -> _Look:
        """Return the look with its channel known; asked for once, remembered as `moved_to`."""
        meant = youtube_locator(place.locator)
        if not isinstance(meant, YoutubePlace):
            message = f"{place.locator} is no channel, playlist or handle on YouTube"
            raise PermanentError(message, failure_code="url_unsupported")
        if meant.feed_url is not None:
            return _Look(place, meant, place.state, now)
        known = youtube_locator(place.state.moved_to or "")
        if isinstance(known, YoutubePlace) and known.feed_url is not None:
            return _Look(place, known, place.state, now)
        found = await resolve_channel(self._ytdlp, meant)
        state = place.state.model_copy(update={"moved_to": found.url})
        return _Look(place, found, state, now)

    async def _fast(self, look: _Look) -> _Fast:
        url = look.youtube.feed_url or ""
        etag, last_modified = look.state.etag, look.state.last_modified
        request = WebRequest(url, etag=etag, last_modified=last_modified)
        try:
            answer = await self._web.get(request)
            if answer.is_unchanged:
                return _Fast(None, answer)
            feed = self._read_feed(
                answer.body, url=url, content_type=answer.content_type, scope=look.youtube.url
            )
        except HostUnreachableError as error:
            return _Fast(None, None, error.message)
        except PermanentError as error:
            if isinstance(error, WebRefusedError) and error.failure_code == "address_refused":
                raise
            return _Fast(None, None, error.message)
        return _Fast(feed, answer)

    async def _unchanged(self, look: _Look) -> Poll:
        state = look.state.model_copy(update={"failing_since": None})
        if not (look.place.is_deep or look.is_overdue):
            return Poll(state=state, is_unchanged=True)
        # What is added to a playlist may stand at its end, however few of it are wanted.
        limit = _FILL_LIMIT if look.is_overdue else look.place.limit
        listed, is_complete = await self._list(look, limit)
        return _poll(look, listed, listed.items, state, is_complete=is_complete)

    async def _with_feed(self, look: _Look, feed: Feed, answer: WebAnswer | None) -> Poll:
        has_gap = has_gap_between(look.state.newest_keys, feed.items)
        state = look.state.model_copy(
            update={
                "etag": answer.etag if answer else None,
                "last_modified": answer.last_modified if answer else None,
                "newest_keys": keys_to_keep(feed.items),
                "failing_since": None,
            }
        )
        fast = Poll(
            items=feed.items,
            title=feed.title,
            creator=feed.creator or feed.title,
            language=feed.language,
            state=state,
            has_gap=has_gap,
            is_complete=len(feed.items) < FEED_ENTRIES and not feed.skipped_counts,
            skipped=feed.skipped,
            skipped_counts=feed.skipped_counts,
        )
        if fast.is_complete or not (has_gap or look.place.is_deep or look.is_overdue):
            return fast.model_copy(update={"has_gap": has_gap and not fast.is_complete})
        limit = look.place.limit if look.place.is_deep else _FILL_LIMIT
        try:
            listed, is_complete = await self._list(look, limit)
        except (HostRestsError, HostUnreachableError):
            if look.place.is_deep:
                raise
            return fast  # it is not lost, and says the gap
        items = merged(feed.items, listed.items)
        return _poll(look, listed, items, state, is_complete=is_complete).model_copy(
            update={"title": feed.title, "creator": fast.creator, "language": feed.language}
        )

    async def _without_feed(self, look: _Look, why: str) -> Poll:
        """Return what a listing finds instead, or that the place began not to be there."""
        since = look.state.failing_since or look.now
        state = look.state.model_copy(update={"failing_since": since})
        if not (look.place.is_deep or look.may_list_instead):
            return Poll(state=state, skipped=(f"the feed is away since {since:%Y-%m-%d}: {why}",))
        listing = await self._ytdlp.listing(look.youtube.listing_url, _limit_of(look))
        if listing.fault is None:
            listed = read_listing(listing, look.youtube.url)
            state = state.model_copy(update={"newest_keys": keys_to_keep(listed.items)})
            is_complete = is_whole(listed, _limit_of(look))
            return _poll(look, listed, listed.items, state, is_complete=is_complete)
        if listing.fault.kind in GONE and not look.state.newest_keys:
            raise refusal(look.place.locator, listing.fault)
        if look.now - since >= PATIENCE:
            message = f"{look.place.locator} is not there since {since:%Y-%m-%d}: {why}"
            raise PermanentError(message, failure_code=SOURCE_GONE)
        state = state.model_copy(update={"deep_at": look.now})
        return Poll(state=state, skipped=(f"{listing.fault.message} (since {since:%Y-%m-%d})",))

    async def _list(self, look: _Look, limit: int | None) -> tuple[Listed, bool]:
        listing = await self._ytdlp.listing(look.youtube.listing_url, limit)
        if listing.fault is not None:
            raise refusal(look.place.locator, listing.fault)
        listed = read_listing(listing, look.youtube.url)
        return listed, is_whole(listed, limit)


async def resolve_channel(ytdlp: YtDlp, place: YoutubePlace) -> YoutubePlace:
    """Return the channel that a handle or a custom name means; one run of yt-dlp.

    Raises SourceUnreachableError when YouTube does not say.
    """
    answer = await ytdlp.listing(place.url, 1)
    found = youtube_locator(str(answer.info.get("channel_id") or ""))
    if isinstance(found, YoutubePlace) and found.kind is PlaceKind.CHANNEL:
        return found
    if answer.fault is not None:
        raise refusal(place.url, answer.fault)
    raise SourceUnreachableError(place.url, "YouTube does not say which channel that is")


def _poll(
    look: _Look,
    listed: Listed,
    items: tuple[FoundItem, ...],
    state: PollState,
    *,
    is_complete: bool,
) -> Poll:
    is_channel = look.youtube.kind is PlaceKind.CHANNEL
    return Poll(
        items=items,
        title=listed.creator if is_channel else listed.title,
        creator=listed.creator,
        state=state.model_copy(update={"deep_at": look.now}),
        has_gap=not is_complete and has_gap_between(look.state.newest_keys, items),
        is_complete=is_complete,
        skipped=listed.skipped,
        skipped_counts=listed.skipped_counts,
    )


def _limit_of(look: _Look) -> int | None:
    return look.place.limit if look.place.is_deep else _FILL_LIMIT
