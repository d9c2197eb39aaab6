"""What following a place would take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from footnoted.sources.items import FEED_KIND, FoundItem, Place, Poll, TranscriptLink
from footnoted.sources.net.adding import NetPlace
from footnoted.sources.net.preview import NetPreview, preview_place
from footnoted.sources.options import SourceOptions
from footnoted.sources.port import Facts
from footnoted.sources.rules.backfill import parse_backfill
from footnoted.sources.rules.rules import Rules

NOW = datetime(2026, 11, 20, tzinfo=UTC)
PLACE = NetPlace(FEED_KIND, "https://pod.example/feed")
HOUR_MS = 3_600_000


@dataclass
class Shown:
    """A follower that always sees the same items."""

    items: tuple[FoundItem, ...]
    asked: Place | None = None

    async def look(self, place: Place, now: datetime) -> Poll:
        """Return them."""
        del now
        self.asked = place
        return Poll(items=self.items)


def episode(number: int, *, hours: float | None = 1, has_words: bool = False) -> FoundItem:
    """Return an episode of some hours, `number` days old."""
    link = TranscriptLink(url=f"https://pod.example/{number}.vtt")
    return FoundItem(
        keys=(f"guid:{number}",),
        facts=Facts(
            title=f"Episode {number}",
            published_at=NOW - timedelta(days=number),
            duration_ms=None if hours is None else round(hours * HOUR_MS),
        ),
        media_url=f"https://pod.example/{number}.mp3",
        transcripts=(link,) if has_words else (),
    )


async def preview(
    *items: FoundItem, backfill: str = "all", rules: Rules | None = None
) -> NetPreview:
    """Return what following a place with these items would take."""
    options = SourceOptions(backfill=parse_backfill(backfill), rules=rules or Rules())
    return await preview_place(PLACE, Shown(items), options, NOW)


async def test_an_item_tells_its_length_and_whether_words_come_with_it() -> None:
    """A feed names transcripts; a channel does not tell whether a page has captions."""
    video = FoundItem(
        keys=("youtube:aaaaaaaaaaa",),
        facts=Facts(duration_ms=HOUR_MS, published_at=NOW),
        link="https://www.youtube.com/watch?v=aaaaaaaaaaa",
    )
    shown = await preview(episode(1, has_words=True), episode(2, hours=None), video)
    told = {line.key: (line.duration_ms, line.has_transcript) for line in shown.takes}
    assert told == {
        "guid:1": (HOUR_MS, True),
        "guid:2": (None, False),
        "youtube:aaaaaaaaaaa": (HOUR_MS, False),
    }


async def test_the_newest_are_counted_after_the_rules() -> None:
    """As following counts them; what rules leave is told by its rule."""
    rules = Rules(title_lacks="[12]")
    shown = await preview(*map(episode, range(1, 6)), backfill="2", rules=rules)
    assert [line.title for line in shown.takes] == ["Episode 3", "Episode 4"]
    assert [line.reason for line in shown.leaves] == [
        "title_excluded",
        "title_excluded",
        "backfill",
    ]


async def test_more_is_listed_where_rules_leave_some() -> None:
    """Else five newest would be chosen among five."""
    follower = Shown(())
    for rules, limit in ((Rules(), 5), (Rules(title_has="x"), 200)):
        options = SourceOptions(rules=rules)
        await preview_place(PLACE, follower, options, NOW)
        assert follower.asked is not None
        assert follower.asked.limit == limit
