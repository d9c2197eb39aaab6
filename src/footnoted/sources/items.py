"""What a look at a source on the net finds: items, in words that can be stored.

A feed and a listing both give items; what is to become of each is decided elsewhere.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from footnoted.sources.port import Facts

FEED_KIND = "feed"
"""The kind of a source that is a podcast or video feed (RSS, Atom)."""

YOUTUBE_KIND = "youtube"
"""The kind of a source that is a YouTube channel, playlist or handle."""

SITE_KIND = "site"
"""The kind of a source that is any other page yt-dlp can list."""


class Liveness(StrEnum):
    """How an item stands to being broadcast, in yt-dlp's words (`live_status`)."""

    NOT_LIVE = "not_live"
    IS_UPCOMING = "is_upcoming"
    IS_LIVE = "is_live"
    POST_LIVE = "post_live"
    WAS_LIVE = "was_live"


class _Item(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TranscriptLink(_Item):
    """A transcript that the publisher offers (Podcasting 2.0 `<podcast:transcript>`)."""

    url: str
    media_type: str | None = None
    language: str | None = None
    is_captions: bool = False


class FoundItem(_Item):
    """One item of a source.

    `keys` identify the recording, strongest first: the same recording has a key in common with
    itself, whatever the feed does to the others. A key says what it is before its first colon:
    `youtube:<id>`, `guid:<scope>:<guid>`, `url:<normalised url>`, `about:<hash of title, date,
    duration>`. `link` is the page that plays; `media_url` the file that does.
    """

    keys: tuple[str, ...]
    facts: Facts
    link: str | None = None
    media_url: str | None = None
    media_type: str | None = None
    media_bytes: int | None = None
    transcripts: tuple[TranscriptLink, ...] = ()
    chapters_url: str | None = None
    speakers: tuple[str, ...] = ()
    liveness: Liveness | None = None
    starts_at: datetime | None = None
    is_short: bool | None = None
    is_members_only: bool = False

    @property
    def has_page(self) -> bool:
        """Return whether its words are got through its page, which tells what a look leaves open.

        Of a file that a feed names nothing tells more before it is worked on.
        """
        is_page = self.media_url is None and not self.transcripts
        return is_page or self.keys[0].startswith("youtube:")


class PollState(_Item):
    """What a source remembers from look to look; a source that is new has an empty one.

    `newest_keys` are the first keys of the newest items of the last feed: when none of them is in
    the next one, something was missed in between and a deep look is due. `deep_at` is when the last
    deep look was. `failing_since` is when the place began to answer that it is not there.
    `body_sha256` is the hash of the last feed, for servers that do not tell that nothing changed.
    `listed_all` says that every item was seen once, so that one never seen before is new.
    """

    etag: str | None = None
    last_modified: str | None = None
    moved_to: str | None = None
    newest_keys: tuple[str, ...] = ()
    deep_at: datetime | None = None
    failing_since: datetime | None = None
    body_sha256: str | None = None
    listed_all: bool = False


class Poll(_Item):
    """What one look brought: items newest first, and what to remember.

    `is_unchanged` says that the place answered that nothing changed. `has_gap` says that items may
    be missing between this look and the one before. `is_complete` says that every item of the
    source is in it. `skipped` are items that could not be used, and why.
    """

    items: tuple[FoundItem, ...] = ()
    title: str | None = None
    creator: str | None = None
    language: str | None = None
    state: PollState = PollState()
    is_unchanged: bool = False
    has_gap: bool = False
    is_complete: bool = False
    skipped: tuple[str, ...] = ()
    skipped_counts: dict[str, int] = {}

    def as_told(self, item: FoundItem) -> FoundItem:
        """Return an item with what the place says of all it has: the language spoken there."""
        if self.language is None or item.facts.language is not None:
            return item
        facts = item.facts.model_copy(update={"language": self.language})
        return item.model_copy(update={"facts": facts})


class Place(_Item):
    """A followed place as its follower sees it: where it is and what was remembered.

    `limit` is the most items wanted of a deep look; `is_deep` asks for one.
    """

    source_id: int
    locator: str
    state: PollState = PollState()
    is_deep: bool = False
    limit: int | None = None


class Follower(Protocol):
    """Looks at places of one kind."""

    async def look(self, place: Place, now: datetime) -> Poll:
        """Return what is there.

        Raises the errors of `fetch.port` (a host that rests or is away), SourceUnreachableError
        where the place itself is away for now, PermanentError where it can never be followed.
        """
        ...
