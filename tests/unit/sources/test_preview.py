"""What following a place would take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from footnoted.cli.following import print_net_preview
from footnoted.reprocess.services.backlog import Tariff, backlog_cost
from footnoted.sources.items import FEED_KIND, FoundItem, Place, Poll, TranscriptLink
from footnoted.sources.net.adding import NetPlace
from footnoted.sources.net.preview import NetPreview, preview_place
from footnoted.sources.options import SourceOptions
from footnoted.sources.port import Facts
from footnoted.sources.rules.backfill import parse_backfill
from footnoted.sources.rules.rules import Rules

if TYPE_CHECKING:
    import pytest

NOW = datetime(2026, 11, 20, tzinfo=UTC)
PLACE = NetPlace(FEED_KIND, "https://pod.example/feed")
HOUR_MS = 3_600_000


@dataclass
class Shown:
    """A follower that always sees the same items."""

    items: tuple[FoundItem, ...]
    language: str | None = None
    asked: Place | None = None

    async def look(self, place: Place, now: datetime) -> Poll:
        """Return them."""
        del now
        self.asked = place
        return Poll(items=self.items, language=self.language)


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


async def test_what_cannot_be_judged_yet_is_said_of_each(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A Spanish talk in a listing without languages; a file of which nothing tells more."""
    talk = FoundItem(keys=("youtube:aaaaaaaaaaa",), facts=Facts(title="Charla"), link="https://y")
    bare = episode(1).model_copy(update={"facts": Facts(title="Episode 1")})
    rules = Rules(languages=("en",), max_age_s=2 * 86_400)
    shown = await preview(talk, bare, rules=rules)
    undecided = "the date of publication and the language"
    notes = [
        f"its page tells {undecided}: what does not fit is left then",
        f"nothing tells {undecided}: it is taken without",
    ]
    assert [(line.reason, line.detail) for line in shown.takes] == [(None, note) for note in notes]
    cost = backlog_cost([], Tariff(["techniques"], (), {}, Decimal(1)))
    print_net_preview(shown, cost, as_json=False)
    said = capsys.readouterr().err
    assert [f"note: {line.title}: {line.detail}" in said for line in shown.takes] == [True, True]


async def test_a_feeds_language_is_that_of_its_episodes() -> None:
    """So nothing is open of them, and those of another language are left."""
    options = SourceOptions(rules=Rules(languages=("en",)), backfill=parse_backfill("all"))
    becomes = [
        await preview_place(PLACE, Shown((episode(1),), language), options, NOW)
        for language in ("en-GB", "de")
    ]
    assert [line.detail for line in becomes[0].takes] == [None]
    assert [line.reason for line in becomes[1].leaves] == ["other_language"]


async def test_what_has_no_date_is_not_said_to_be_older_than_a_date() -> None:
    """Its page is to tell; of a file nothing tells, and that is why it is left."""
    talk = FoundItem(keys=("youtube:aaaaaaaaaaa",), facts=Facts(title="Talk"), link="https://y")
    bare = episode(1).model_copy(update={"facts": Facts(title="Episode 1")})
    shown = await preview(bare, talk, backfill="since 2026-01-01")
    asked = "whether it is of 2026-01-01 or later"
    assert [line.detail for line in shown.takes] == [
        f"its page tells {asked}: what does not fit is left then"
    ]
    assert [line.reason for line in shown.leaves] == ["backfill"]
    assert (shown.leaves[0].detail or "").startswith("nothing tells its date, and the backfill is")


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
