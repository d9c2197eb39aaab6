"""What a feed says, bounded, in words that can be stored."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from footnoted.errors import PermanentError
from footnoted.sources.items import FoundItem

NOT_A_FEED = "not_a_feed"
"""The failure of a place that answers with something that is no RSS and no Atom."""

FEED_UNSAFE = "feed_unsafe"
"""The failure of a feed that defines entities: a parser could be made to explode with them."""

FEED_TOO_LARGE = "feed_too_large"
"""The failure of a feed with more in it than one look reads."""

MAX_FEED_BYTES = 20 * 2**20
MAX_ENTRIES = 20_000
MAX_MARKS = 1_000_000
"""How often `<` may stand in a feed: the parser's time is bounded by tags, not by bytes."""

MAX_LINE_CHARS = 500
MAX_TEXT_CHARS = 20_000
MAX_URL_CHARS = 4_000
MAX_LISTED = 100
"""The most tags, speakers, transcripts and the like that one item keeps; chapters may be more."""

MAX_CHAPTERS = 1_000
MAX_NAMED = 20
"""How many of the skipped entries are named; all are counted."""


class UnreadableFeedError(PermanentError):
    """The bytes are no feed that can be read; `failure_code` says in which way."""

    code = "feed_unreadable"

    def __init__(self, url: str, why: str, *, failure_code: str) -> None:
        """Say which place and what is seen there."""
        super().__init__(f"{url}: {why}", failure_code=failure_code, concerns=url)


class Feed(BaseModel):
    """One reading of a feed; items stand newest first, each recording once.

    `moved_to` is where the feed itself says it moved (`itunes:new-feed-url`); `next_url` the page
    with older items (RFC 5005), and `is_complete` that the feed says there are none. `skipped`
    names entries that could not be used and why, `skipped_counts` counts them all by reason.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str | None = None
    creator: str | None = None
    language: str | None = None
    items: tuple[FoundItem, ...] = ()
    moved_to: str | None = None
    next_url: str | None = None
    is_complete: bool = False
    skipped: tuple[str, ...] = ()
    skipped_counts: dict[str, int] = {}
