"""Follows any page that yt-dlp can list: there is no feed, so every look is a listing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.fetch.ytdlp.faults import FaultKind
from footnoted.sources.items import Place, Poll, PollState
from footnoted.sources.youtube.continuity import (
    GONE,
    PATIENCE,
    has_gap_between,
    is_whole,
    keys_to_keep,
    refusal,
)
from footnoted.sources.youtube.listing import read_listing

if TYPE_CHECKING:
    from datetime import datetime

    from footnoted.fetch.ytdlp.port import YtDlp


class SiteFollower:
    """Looks at any page that yt-dlp can list; a `sources.items.Follower`."""

    def __init__(self, ytdlp: YtDlp, *, usual_limit: int = 100) -> None:
        """List with `ytdlp`, the first `usual_limit` entries unless a deep look asks for more."""
        self._ytdlp, self._usual_limit = ytdlp, usual_limit

    async def look(self, place: Place, now: datetime) -> Poll:
        """Return what is listed there; see `sources.items.Follower` for what is raised."""
        limit = place.limit if place.is_deep else self._usual_limit
        listing = await self._ytdlp.listing(place.locator, limit)
        if listing.fault is not None:
            since = place.state.failing_since or now
            if listing.fault.kind in GONE and now - since >= PATIENCE:
                raise refusal(place.locator, listing.fault)
            if listing.fault.kind is FaultKind.UNSUPPORTED_URL:
                raise refusal(place.locator, listing.fault)
            state = place.state.model_copy(update={"failing_since": since})
            return Poll(state=state, skipped=(listing.fault.message,))
        listed = read_listing(listing, place.locator)
        is_complete = is_whole(listed, limit)
        has_gap = has_gap_between(place.state.newest_keys, listed.items) and not is_complete
        state = PollState(
            newest_keys=keys_to_keep(listed.items),
            deep_at=now if place.is_deep else place.state.deep_at,
        )
        return Poll(
            items=listed.items,
            title=listed.title,
            creator=listed.creator or listed.title,
            state=state,
            has_gap=has_gap,
            is_complete=is_complete,
            skipped=listed.skipped,
            skipped_counts=listed.skipped_counts,
        )
