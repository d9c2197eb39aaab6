"""What a look at a source on the net takes, leaves and puts off; the next takes no more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from runpy import run_path
from typing import TYPE_CHECKING, Any

import pytest

from footnoted.pipeline.controls.changing import change_source
from footnoted.pipeline.controls.removal.removal import purge, remove_source
from footnoted.sources.change import Particulars
from footnoted.sources.feeds.identity import Marks, keys_of
from footnoted.sources.items import FEED_KIND, YOUTUBE_KIND, FoundItem, Poll, TranscriptLink
from footnoted.sources.net.adding import NetPlace, NewPlace, add_place
from footnoted.sources.net.asking import Asked
from footnoted.sources.net.item import add_urls
from footnoted.sources.net.store import offered
from footnoted.sources.net.take import Follows, take
from footnoted.sources.options import SourceOptions
from footnoted.sources.port import Facts
from footnoted.sources.rules.backfill import parse_backfill
from footnoted.sources.rules.rules import Rules
from tests.fakes.clock import FakeClock
from tests.fakes.machine import rows_of

if TYPE_CHECKING:
    from pathlib import Path

    from footnoted.db.session import Database
    from footnoted.sources.net.take import Took

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def episode(number: int, **fields: Any) -> FoundItem:
    """Return an episode that came out `number` days before the source was followed."""
    scope = fields.pop("scope", "pod.example/feed")
    facts = Facts(title=fields.pop("title", f"Episode {number}"), published_at=NOW - number * DAY)
    url = fields.pop("media_url", f"https://pod.example/{number}.mp3")
    guid = fields.pop("guid", f"g{number}")
    keys = keys_of(Marks(scope=scope, facts=facts, guid=guid, media_url=url))
    return FoundItem(keys=keys, facts=facts, media_url=url, **fields)


def episodes(first: int, last: int, **fields: Any) -> list[FoundItem]:
    """Return episodes, the newest first."""
    return [episode(number, **fields) for number in range(first, last + 1)]


@dataclass
class Shelf:
    """A followed feed and what was taken of it."""

    database: Database
    follows: Follows

    async def follow(self, name: str, **asked: Any) -> Shelf:
        """Follow one more feed."""
        place = NewPlace(NetPlace(FEED_KIND, f"https://{name}/feed"), ["techniques"], Asked())
        source, _ = await add_place(self.database, place, clock=FakeClock(NOW))
        return Shelf(self.database, replace(self.follows, source_id=source.id)).asking(**asked)

    def asking(self, **asked: Any) -> Shelf:
        """Return the same feed with other wishes: a backfill, profiles, a priority, rules."""
        options = SourceOptions(backfill=parse_backfill(asked.pop("backfill", "5")))
        own = {name: asked.pop(name) for name in ("profiles", "priority") if name in asked}
        options = options.model_copy(update={"rules": Rules(**asked)})
        return Shelf(self.database, replace(self.follows, options=options, **own))

    async def take(self, items: list[FoundItem], now: datetime = NOW) -> Took:
        """Write down a look that brought these items."""
        async with self.database.transaction() as session:
            return await take(session, Poll(items=tuple(items)), self.follows, now)

    async def became(self) -> dict[str, str]:
        """Return by title what became of each item: its state, or why it is not taken."""
        query = """SELECT title, COALESCE(reason, state) FROM source_items
                   WHERE source_id = :source ORDER BY id"""
        rows = await rows_of(self.database, query, source=self.follows.source_id)
        return {row[0]: row[1] for row in rows}

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return [tuple(row) for row in await rows_of(self.database, query)]

    async def taken(self) -> list[str]:
        """Return the titles of the recordings that are there, in order of discovery."""
        return [row[0] for row in await self.rows("SELECT title FROM media ORDER BY id")]


@pytest.fixture
async def shelf(database: Database) -> Shelf:
    """Return a feed that is followed since now, with the usual backfill."""
    follows = Follows(0, ["techniques"], "The Pod", NOW, 0, SourceOptions())
    return await Shelf(database, follows).follow("pod.example")


async def test_a_deep_listing_after_a_backfill_takes_nothing_more(shelf: Shelf) -> None:
    """Items that a full list shows for the first time are older than the newest that were taken."""
    await shelf.take(episodes(1, 15))
    deep = await shelf.take(episodes(1, 40))
    assert await shelf.taken() == [f"Episode {number}" for number in range(1, 6)]
    assert deep.counts() == {"left": {"backfill": 25}}


async def test_the_newest_are_counted_among_those_that_the_rules_take(shelf: Shelf) -> None:
    """Five of those with the word, however many others stand between."""
    odd = [
        episode(number, title=f"{'Talk' if number % 2 else 'Chat'} {number}")
        for number in range(1, 21)
    ]
    await shelf.asking(title_has="talk").take(odd)
    assert await shelf.taken() == [f"Talk {number}" for number in (1, 3, 5, 7, 9)]
    became = await shelf.became()
    assert (became["Chat 2"], became["Talk 11"]) == ("title_unmatched", "backfill")


async def test_what_rules_left_does_not_count_where_less_is_told_of_it(shelf: Shelf) -> None:
    """A listing without descriptions neither takes them nor lets them fill up the number."""
    told = [
        item.model_copy(update={"facts": item.facts.model_copy(update={"description": "no guest"})})
        for item in episodes(1, 3)
    ]
    shelf = shelf.asking(backfill="2", description_has="with a guest")
    await shelf.take(told)
    await shelf.take(episodes(1, 6))
    assert await shelf.taken() == ["Episode 4", "Episode 5"]


async def test_what_is_put_off_is_taken_when_its_time_comes(shelf: Shelf) -> None:
    """An old item that was too young is taken later, though no look brings it again."""
    shelf = shelf.asking(backfill="3", min_age_s=2 * 86_400)
    await shelf.take(episodes(1, 4))
    before = await shelf.became()
    early = await shelf.take([], NOW + DAY / 2)
    due = await shelf.take([], NOW + DAY)
    assert before == {
        "Episode 1": "too_young",
        "Episode 2": "taken",
        "Episode 3": "taken",
        "Episode 4": "backfill",
    }
    assert (early.taken, due.taken) == (0, 1)
    assert (await shelf.became())["Episode 1"] == "taken"


async def test_one_guid_for_everything_loses_nothing(shelf: Shelf) -> None:
    """Episodes that share a GUID over time are told by address, title and date (complaint 14)."""
    for number in (3, 2, 1):
        await shelf.take([episode(number, guid="always")])
    again = await shelf.take([episode(1, guid="always")])
    assert await shelf.taken() == ["Episode 3", "Episode 2", "Episode 1"]
    assert (again.known, again.taken) == (1, 0)


async def test_new_guids_for_what_is_there_take_nothing_twice(shelf: Shelf) -> None:
    """A feed that moved gives its episodes new GUIDs; what was taken stays told as taken."""
    shelf = shelf.asking(max_age_s=30 * 86_400)
    await shelf.take(episodes(1, 8))
    moved = [episode(number, guid=f"new{number}") for number in range(1, 9)]
    again = await shelf.take(moved, NOW + 40 * DAY)
    assert len(await shelf.taken()) == 5
    assert again.left == {"too_old": 3}


async def test_a_second_profile_opens_a_second_video_of_one_recording(shelf: Shelf) -> None:
    """One transcription serves both."""
    await shelf.asking(profiles=["techniques", "other"]).take([episode(1)])
    videos = "SELECT profile, wait_reason FROM videos ORDER BY id"
    assert await shelf.rows(videos) == [
        ("techniques", "transcription"),
        ("other", "transcription"),
    ]
    assert await shelf.rows("SELECT count(*) FROM transcriptions") == [(1,)]


async def test_a_second_source_adds_its_profile_within_its_backfill(shelf: Shelf) -> None:
    """It joins the recordings that the first one brought, and leaves what it did not ask for."""
    await shelf.take(episodes(1, 3))
    mirror = await shelf.follow("mirror.example", backfill="1", profiles=["other"])
    await mirror.take(episodes(1, 3, scope="mirror.example/feed"))
    videos = """SELECT m.title, v.profile FROM videos v JOIN media m ON m.id = v.media_id
                WHERE v.profile = 'other'"""
    assert await shelf.rows(videos) == [("Episode 1", "other")]
    assert list((await mirror.became()).values()) == ["taken", "backfill", "backfill"]


async def test_two_sources_do_not_contradict_each_other_for_ever(shelf: Shelf) -> None:
    """The one that brought a recording says what it is; else each look would open it anew."""
    link = TranscriptLink(url="https://pod.example/1.vtt", media_type="text/vtt")
    await shelf.take([episode(1, transcripts=(link,))])
    mirror = await shelf.follow("mirror.example")
    await shelf.rows("UPDATE transcriptions SET status = 'heard' RETURNING 1")
    for _ in range(2):
        await mirror.take([episode(1, scope="mirror.example/feed", title="Episode 1 (again)")])
        await shelf.take([episode(1, transcripts=(link,))])
    assert await shelf.taken() == ["Episode 1"]
    assert await shelf.rows("SELECT status FROM transcriptions") == [("heard",)]


async def test_a_new_title_sends_the_video_through_again(shelf: Shelf) -> None:
    """And a transcript that is offered later has the recording heard anew."""
    await shelf.take([episode(1)])
    await shelf.rows("""UPDATE videos SET status = 'indexed', wait_reason = NULL,
                          not_before = NULL RETURNING 1""")
    await shelf.rows("UPDATE transcriptions SET status = 'heard' RETURNING 1")
    named = await shelf.take([episode(1, title="Episode 1, corrected")])
    state = "SELECT v.status, t.status FROM videos v JOIN transcriptions t USING (media_id)"
    renamed = await shelf.rows(state)
    link = TranscriptLink(url="https://pod.example/1.vtt", media_type="text/vtt")
    offered = await shelf.take([episode(1, title="Episode 1, corrected", transcripts=(link,))])
    assert (named.refreshed, offered.refreshed) == (1, 1)
    assert renamed == [("discovered", "heard")]
    assert await shelf.rows(state) == [("discovered", "wanted")]


async def test_a_title_that_a_person_set_is_kept(shelf: Shelf) -> None:
    """Whatever the feed says next."""
    await shelf.take([episode(1)])
    edited = "UPDATE media SET title = 'Mine', edited_fields = ARRAY['title'] RETURNING 1"
    await shelf.rows(edited)
    await shelf.take([episode(1, title="Episode 1, corrected")])
    assert await shelf.taken() == ["Mine"]


async def erase(shelf: Shelf, title: str, profile: str = "techniques") -> None:
    """Erase a video, as a person does."""
    query = """SELECT v.id FROM videos v JOIN media m ON m.id = v.media_id
               WHERE m.title = :title AND v.profile = :profile"""
    (row,) = await rows_of(shelf.database, query, title=title, profile=profile)
    await purge(shelf.database, [row.id], clock=FakeClock(NOW))


async def test_what_was_removed_by_hand_stays_away(shelf: Shelf) -> None:
    """No look brings it back, neither of its source nor of another one, and both say so."""
    await shelf.take(episodes(1, 2))
    mirror = await shelf.follow("mirror.example", profiles=["techniques"])
    await erase(shelf, "Episode 1")
    again = await shelf.take(episodes(1, 2))
    others = await mirror.take(episodes(1, 2, scope="mirror.example/feed"))
    assert await shelf.taken() == ["Episode 2"]
    assert (again.counts(), others.left) == ({}, {"removed": 1})
    for place in (shelf, mirror):
        async with place.database.transaction() as session:
            told = {item.title: item for item in await offered(session, place.follows.source_id)}
        assert (told["Episode 1"].state, told["Episode 2"].state) == ("removed", "taken")
        assert told["Episode 1"].detail == (
            "it was removed by hand on 2026-11-20; `footnoted add` takes it"
        )


async def test_what_was_removed_before_that_was_kept_stays_away(
    shelf: Shelf, project_root: Path
) -> None:
    """A release before told of it as taken; the migration makes it what it was."""
    await shelf.take(episodes(1, 2))
    await shelf.rows("DELETE FROM media WHERE title = 'Episode 1' RETURNING 1")
    migration = run_path(str(project_root / "migrations/versions/0020_remember_removals.py"))
    tell = migration["TELL"].replace(":first", "'(0,0)'").replace(":last", "'(99,0)'")
    await shelf.rows(f"{tell} RETURNING 1")
    mirror = await shelf.follow("mirror.example")
    await mirror.take([episode(1)])
    await shelf.take(episodes(1, 2))
    assert await shelf.became() == {"Episode 1": "removed", "Episode 2": "taken"}
    assert await mirror.became() == {"Episode 1": "removed"}


async def test_what_was_removed_comes_back_by_hand_only(shelf: Shelf) -> None:
    """Not by other wishes of its source; then each source has it again, once."""
    await shelf.take(episodes(1, 2))
    mirror = await shelf.follow("mirror.example", backfill="all")
    await erase(shelf, "Episode 1")
    await mirror.take(episodes(1, 1, scope="mirror.example/feed"))
    await change_source(
        shelf.database, shelf.follows.source_id, Asked(backfill="all"), clock=FakeClock(NOW)
    )
    await shelf.asking(backfill="all").take(episodes(1, 2))
    assert (await shelf.became())["Episode 1"] == "removed"
    urls = ["https://pod.example/1.mp3"]
    await add_urls(shelf.database, urls, ["techniques"], clock=FakeClock(NOW))
    await shelf.take(episodes(1, 2))
    await mirror.take(episodes(1, 1, scope="mirror.example/feed"))
    assert (await shelf.became())["Episode 1"] == "taken"
    assert (await mirror.became())["Episode 1"] == "taken"
    assert await shelf.rows("SELECT count(*) FROM media") == [(2,)]
    assert await shelf.rows("SELECT count(*) FROM removals") == [(0,)]


async def test_a_profile_that_is_added_gets_what_was_taken(shelf: Shelf) -> None:
    """As another source with that profile would; but for what a person cancelled or erased."""
    source_id, clock = shelf.follows.source_id, FakeClock(NOW)
    await shelf.asking(profiles=["techniques", "other"], backfill="4").take(episodes(1, 6))
    await erase(shelf, "Episode 2", "other")
    cancelled = "UPDATE videos SET status = 'cancelled' WHERE media_id = (%s) RETURNING 1"
    await shelf.rows(cancelled % "SELECT id FROM media WHERE title = 'Episode 3'")
    said = Particulars(profiles=["techniques"])
    dropped = await change_source(shelf.database, source_id, Asked(), said, clock=clock)
    said = Particulars(profiles=["other", "third", "techniques"], creator="Grace")
    added = await change_source(shelf.database, source_id, Asked(), said, clock=clock)
    again = await change_source(shelf.database, source_id, Asked(), said, clock=clock)
    assert (dropped.source.profiles, dropped.joined) == (("techniques",), 0)
    assert (added.source.profiles, added.joined, again.joined) == (tuple(said.profiles or ()), 3, 0)
    query = """SELECT v.profile, m.title FROM videos v JOIN media m ON m.id = v.media_id
               WHERE v.source_id = s.id AND v.status <> 'cancelled' ORDER BY v.turn, v.profile"""
    videos = await shelf.rows(query.replace("s.id", str(source_id)))
    assert [title for profile, title in videos if profile == "third"] == [
        "Episode 1",
        "Episode 2",
        "Episode 4",
    ]
    assert [title for profile, title in videos if profile == "other"] == ["Episode 1", "Episode 4"]
    assert await shelf.rows("SELECT name FROM creators") == [("The Pod",)]


async def test_a_channel_that_is_followed_by_its_handle_is_known(shelf: Shelf) -> None:
    """Once a look told which it is: a list that names its feed follows it no second time."""
    channel = "https://www.youtube.com/channel/UCaaaaaaaaaaaaaaaaaaaaaa"
    place = NewPlace(NetPlace(YOUTUBE_KIND, channel), ["techniques"], Asked())
    query = """UPDATE sources SET kind = 'youtube',
                 poll_state = jsonb_build_object('moved_to', CAST(:channel AS text), 'etag', 'e')
               RETURNING id"""
    await rows_of(shelf.database, query, channel=channel)
    source, is_new = await add_place(shelf.database, place, clock=FakeClock(NOW))
    assert (source.id, is_new) == (shelf.follows.source_id, False)
    asked = Asked(title_has="show")
    await change_source(shelf.database, source.id, asked, clock=FakeClock(NOW))
    known, is_new = await add_place(shelf.database, place, clock=FakeClock(NOW))
    assert (known.id, is_new) == (source.id, False), "also while it is to be looked at in full"
    assert known.poll_state == {"moved_to": channel}, "all else of the look is forgotten"


async def test_a_removal_is_of_one_profile(shelf: Shelf) -> None:
    """Another source opens no video that was erased, and the one that was not."""
    await shelf.asking(profiles=["techniques", "other"]).take([episode(1)])
    await erase(shelf, "Episode 1", "other")
    mirror = await shelf.follow("mirror.example", profiles=["other", "third"])
    await mirror.take([episode(1, scope="mirror.example/feed")])
    assert await shelf.rows("SELECT profile FROM videos ORDER BY id") == [
        ("techniques",),
        ("third",),
    ]


async def test_a_removal_takes_no_other_episode_along(shelf: Shelf) -> None:
    """Though the feed gives all of them one GUID (complaint 14)."""
    await shelf.take([episode(2, guid="always")])
    await erase(shelf, "Episode 2")
    await shelf.take([episode(1, guid="always")])
    assert await shelf.taken() == ["Episode 1"]


async def test_what_another_source_has_too_stays_with_that_one(shelf: Shelf) -> None:
    """It was wanted twice, and one of them goes on wanting it."""
    await shelf.take(episodes(1, 3))
    mirror = await shelf.follow("mirror.example", backfill="1")
    await mirror.take(episodes(1, 3, scope="mirror.example/feed"))
    source_id = shelf.follows.source_id
    removed = await remove_source(shelf.database, source_id, clock=FakeClock(NOW), purges=True)
    again = await mirror.take(episodes(1, 3, scope="mirror.example/feed"))
    assert (removed.purged, removed.kept, again.taken) == (2, 1, 0)
    assert await shelf.taken() == ["Episode 1"]
    own = "SELECT v.source_id, m.source_id FROM videos v JOIN media m ON m.id = v.media_id"
    assert await shelf.rows(own) == [(mirror.follows.source_id, mirror.follows.source_id)]


async def test_a_source_that_is_followed_again_brings_what_went_with_it(shelf: Shelf) -> None:
    """It was the source that nobody wanted, and now it is wanted."""
    await shelf.take([episode(1)])
    source_id = shelf.follows.source_id
    await remove_source(shelf.database, source_id, clock=FakeClock(NOW), purges=True)
    again = await shelf.follow("pod.example")
    await again.take([episode(1)])
    assert await shelf.taken() == ["Episode 1"]


async def test_what_is_new_stands_before_the_backfill_of_its_priority(shelf: Shelf) -> None:
    """And the backfill of a source of a higher priority before both."""
    await shelf.asking(priority=1).take([episode(2), episode(-1)], NOW + 2 * DAY)
    other = await shelf.follow("other.example", priority=2)
    await other.take([episode(3, scope="other.example/feed")])
    order = """SELECT m.title, v.priority, t.priority FROM videos v JOIN media m
                 ON m.id = v.media_id JOIN transcriptions t ON t.media_id = m.id
               ORDER BY v.priority DESC"""
    assert await shelf.rows(order) == [
        ("Episode 3", 4, 4),
        ("Episode -1", 3, 3),
        ("Episode 2", 2, 2),
    ]


@pytest.mark.parametrize(("backfill", "order"), [("3", [1, 2, 3]), ("3, oldest first", [3, 2, 1])])
async def test_a_backfill_is_worked_on_in_the_order_that_was_asked(
    shelf: Shelf, backfill: str, order: list[int]
) -> None:
    """Whatever order the feed has; the newest are counted all the same."""
    await shelf.asking(backfill=backfill).take([episode(number) for number in (2, 4, 1, 3)])
    query = "SELECT m.title FROM videos v JOIN media m ON m.id = v.media_id ORDER BY v.turn"
    assert await shelf.rows(query) == [(f"Episode {number}",) for number in order]


async def test_an_item_taken_by_its_address_is_the_sources_too(shelf: Shelf) -> None:
    """It has one recording; a source that leaves it to its backfill opens nothing."""
    urls = ["https://pod.example/1.mp3"]
    await add_urls(shelf.database, urls, ["techniques"], clock=FakeClock(NOW))
    await shelf.asking(backfill="none").take(episodes(1, 2))
    assert await shelf.rows("SELECT count(*) FROM media") == [(1,)]
    assert list((await shelf.became()).values()) == ["backfill", "backfill"]


def page(number: int) -> FoundItem:
    """Return an item of a site that tells no dates."""
    url = f"https://site.example/{number}"
    return FoundItem(keys=(f"guid:site.example:{number}",), facts=Facts(title=url), link=url)


async def test_what_has_no_date_is_new_where_it_stands_above_what_was_there(shelf: Shelf) -> None:
    """Though no backfill is wanted; what a longer list shows below is not."""
    site = shelf.asking(backfill="none")
    await site.take([page(3), page(2), page(1)])
    before = await site.taken()
    await site.take([page(5), page(4), page(3), page(2)])
    await site.take([page(number) for number in (5, 4, 3, 2, 1, 0)])
    assert before == []
    assert await site.taken() == ["https://site.example/5", "https://site.example/4"]


async def test_what_is_added_where_all_was_known_is_new_whatever_its_date(shelf: Shelf) -> None:
    """An old video at the end of a playlist; not an old episode, whose name may be what is new."""
    playlist = shelf.asking(backfill="none")
    old = [replace_keys(episode(number), f"youtube:video00000{number}") for number in range(1, 4)]
    await playlist.take(old[:2])
    knowing = Shelf(playlist.database, replace(playlist.follows, knows_all=True))
    await knowing.take([*old, episode(9)])
    assert await knowing.taken() == ["Episode 3"]
    assert (await knowing.became())["Episode 9"] == "backfill"


def replace_keys(item: FoundItem, *keys: str) -> FoundItem:
    """Return the item as one that is known by these keys."""
    return item.model_copy(update={"keys": keys})
