"""Looking at feeds over a web that is a table of pages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from footnoted.errors import PermanentError
from footnoted.fetch.port import HostRestsError, HostUnreachableError, WebRefusedError
from footnoted.sources.feeds.feed import UnreadableFeedError
from footnoted.sources.feeds.follower import FeedFollower
from footnoted.sources.feeds.youtube import feed_url
from footnoted.sources.items import Place, Poll, PollState
from footnoted.sources.port import SourceUnreachableError
from tests.fakes.clock import FakeClock
from tests.fakes.web import FakePage, FakeWeb

HOME = "https://show.example/feed"
NEW_HOME = "https://new.example/feed"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def feed(*names: str, head: str = "") -> bytes:
    """Return a feed with an episode for each name, the newest first."""
    items = "".join(
        f'<item><title>{name}</title><guid>{name}</guid><enclosure type="audio/mpeg" '
        f'url="https://cdn.example/{name}.mp3"/></item>'
        for name in names
    )
    return f'<rss version="2.0"><channel><title>S</title>{head}{items}</channel></rss>'.encode()


def youtube(*numbers: int) -> bytes:
    """Return a YouTube feed with a video for each number."""
    entries = "".join(
        f"<entry><yt:videoId>video{number:06}</yt:videoId><title>{number}</title></entry>"
        for number in numbers
    )
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" '
        f'xmlns:yt="http://www.youtube.com/xml/schemas/2015"><title>C</title>{entries}</feed>'
    ).encode()


class Looking:
    """A follower over pages, and the state it remembers from look to look."""

    def __init__(self, locator: str = HOME, **pages: FakePage) -> None:
        """Start at a new source; `home` and `new_home` are the pages there are."""
        self.web = FakeWeb()
        self.locator, self.state = locator, PollState()
        for name, page in pages.items():
            self.put(page, {"home": locator, "new_home": NEW_HOME}[name])
        self._follower = FeedFollower(self.web, FakeClock())

    def put(self, page: FakePage, url: str | None = None) -> None:
        """Let a page be at an address."""
        self.web.pages[url or self.locator] = page

    async def look(
        self, now: datetime = NOW, *, is_deep: bool = False, limit: int | None = None
    ) -> Poll:
        """Look once and remember what is to be remembered."""
        place = Place(
            source_id=1, locator=self.locator, state=self.state, is_deep=is_deep, limit=limit
        )
        poll = await self._follower.look(place, now)
        self.state = poll.state
        return poll

    async def away(self) -> SourceUnreachableError:
        """Look at a feed that is away."""
        with pytest.raises(SourceUnreachableError) as caught:
            await self.look()
        return caught.value


def titles(poll: Poll) -> list[str | None]:
    """Return the titles of what was found."""
    return [item.facts.title for item in poll.items]


async def test_a_look_is_conditional_on_the_one_before() -> None:
    """304 is no change; the state stays, and is asked with again."""
    looking = Looking(home=FakePage(feed("a"), etag='"1"', last_modified="Mon"))
    first = await looking.look()
    assert titles(first) == ["a"]
    assert (first.title, first.has_gap, first.is_unchanged) == ("S", False, False)
    second = await looking.look()
    assert (second.is_unchanged, second.items, second.state) == (True, (), first.state)
    assert looking.web.asked[1].etag == '"1"'
    assert looking.web.asked[1].last_modified == "Mon"


async def test_the_same_feed_from_a_server_without_versions_is_read_once() -> None:
    """It costs no parsing until it changes; a deep look reads it all the same."""
    looking = Looking(home=FakePage(feed("a")))
    await looking.look()
    same, deep = await looking.look(), await looking.look(is_deep=True)
    looking.put(FakePage(feed("b", "a")))
    changed = await looking.look()
    assert (same.is_unchanged, same.items) == (True, ())
    assert (titles(deep), titles(changed)) == (["a"], ["b", "a"])


async def test_a_move_for_good_is_remembered_and_keeps_the_scope_of_the_guids() -> None:
    """The next look goes there, and the items have the same keys."""
    looking = Looking(home=FakePage(feed("a")))
    before = await looking.look()
    looking.put(FakePage(moved_to=NEW_HOME))
    looking.put(FakePage(feed("a")), NEW_HOME)
    moved = await looking.look()
    assert moved.state.moved_to == NEW_HOME
    looking.put(FakePage(feed("b", "a")), NEW_HOME)
    after = await looking.look()
    assert looking.web.asked[-1].url == NEW_HOME
    assert after.state.moved_to == NEW_HOME
    assert after.items[-1].keys == before.items[0].keys


async def test_a_feed_that_says_it_moved_is_asked_there_without_the_old_version() -> None:
    """`itunes:new-feed-url` is how podcasts change hosts."""
    told = f"<itunes:new-feed-url>{NEW_HOME}</itunes:new-feed-url>"
    looking = Looking(
        home=FakePage(feed("a", head=told), etag='"1"'),
        new_home=FakePage(feed("a", head=told), etag='"n"'),
    )
    await looking.look()
    assert (looking.state.moved_to, looking.state.etag) == (NEW_HOME, None)
    await looking.look()
    assert (looking.web.asked[-1].url, looking.state.etag) == (NEW_HOME, '"n"')
    assert looking.state.moved_to == NEW_HOME


async def test_a_move_that_leads_nowhere_is_forgotten() -> None:
    """A login page of a hotel does not take a feed away."""
    looking = Looking(home=FakePage(feed("a")))
    looking.state = PollState(moved_to="https://portal.example/login", etag='"p"')
    poll = await looking.look()
    assert titles(poll) == ["a"]
    assert poll.state.moved_to is None
    assert looking.web.asked[-1].etag is None


async def test_a_gap_is_seen_when_none_of_the_known_items_is_listed() -> None:
    """One that still is proves that nothing was missed."""
    looking = Looking(feed_url(channel_id="UC1"))
    looking.put(FakePage(youtube(*range(15))))
    assert not (await looking.look()).has_gap
    looking.put(FakePage(youtube(*range(14, 29))))
    assert not (await looking.look()).has_gap
    looking.put(FakePage(youtube(*range(40, 55))))
    assert (await looking.look()).has_gap


async def test_a_youtube_feed_with_room_left_has_no_gap() -> None:
    """It lists all there is; an empty one forgets nothing."""
    looking = Looking(feed_url(channel_id="UC1"))
    looking.put(FakePage(youtube(*range(15))))
    await looking.look()
    looking.put(FakePage(youtube()))
    assert not (await looking.look()).has_gap
    looking.put(FakePage(youtube(90, 91)))
    poll = await looking.look()
    assert (poll.has_gap, poll.is_complete) == (False, True)


async def test_an_empty_answer_in_between_does_not_hide_a_gap() -> None:
    """What was known before it still counts."""
    looking = Looking(feed_url(channel_id="UC1"))
    for numbers in (range(15), range(0), range(40, 55)):
        looking.put(FakePage(youtube(*numbers)))
        poll = await looking.look()
    assert poll.has_gap


async def test_a_deep_look_reads_the_pages_with_older_items() -> None:
    """Unconditionally, each item once, and until the last page."""

    def page(number: int, *names: str) -> FakePage:
        link = f'<link rel="next" href="?page={number + 1}"/>' if number < 3 else ""
        return FakePage(feed(*names, head=link), etag='"1"')

    looking = Looking(home=page(1, "a", "b"))
    looking.put(page(2, "b", "c"), f"{HOME}?page=2")
    looking.put(page(3, "d"), f"{HOME}?page=3")
    await looking.look()
    poll = await looking.look(is_deep=True)
    assert titles(poll) == ["a", "b", "c", "d"]
    assert (poll.is_complete, poll.has_gap, poll.state.deep_at) == (True, False, NOW)
    assert looking.web.asked[1].etag is None
    limited = await looking.look(is_deep=True, limit=2)
    assert (titles(limited), limited.is_complete) == (["a", "b"], False)
    assert len(looking.web.asked) == 5


@pytest.mark.parametrize("is_deep", [False, True])
async def test_what_the_feed_lists_is_never_cut(*, is_deep: bool) -> None:
    """However few were wanted of the backfill: the rest may be fresh, and the next look a 304."""
    looking = Looking(home=FakePage(feed("a", "b", "c")))
    assert titles(await looking.look(is_deep=is_deep, limit=1)) == ["a", "b", "c"]


async def test_a_gap_is_closed_with_the_pages_behind_the_first() -> None:
    """As far back as something known, and no further; at the end there is no gap either."""

    def page(number: int, *names: str) -> FakePage:
        return FakePage(feed(*names, head=f'<link rel="next" href="?page={number + 1}"/>'))

    looking = Looking(home=page(1, "c", "b"))
    assert not (await looking.look()).has_gap
    looking.put(page(1, "h", "g"))
    looking.put(page(2, "f", "e"), f"{HOME}?page=2")
    looking.put(page(3, "d", "c"), f"{HOME}?page=3")
    looking.put(page(4, "b", "a"), f"{HOME}?page=4")
    poll = await looking.look()
    assert (titles(poll), poll.has_gap) == (["h", "g", "f", "e", "d", "c"], False)
    looking.put(page(1, "z"))
    looking.put(FakePage(feed("y")), f"{HOME}?page=2")
    ended = await looking.look()
    assert (titles(ended), ended.has_gap, ended.is_complete) == (["z", "y"], False, True)
    looking.put(page(1, "q"))
    del looking.web.pages[f"{HOME}?page=2"]
    assert (await looking.look()).has_gap


async def test_pages_that_lead_in_a_circle_end() -> None:
    """An endless feed is no reason to go on."""
    looking = Looking(home=FakePage(feed("a", head='<link rel="next" href="?p=2"/>')))
    looking.put(FakePage(feed("b", head='<link rel="next" href="?p=2"/>')), f"{HOME}?p=2")
    poll = await looking.look(is_deep=True)
    assert (titles(poll), poll.is_complete) == (["a", "b"], False)
    assert len(looking.web.asked) == 2


async def test_a_feed_that_is_not_there_is_waited_for() -> None:
    """404 for days is what YouTube answers for channels that live (complaint 13)."""
    away = await Looking().away()
    assert away.wait_reason == "source_unreachable"


async def test_a_web_page_in_place_of_a_feed_that_worked_is_borne() -> None:
    """A new place that is none fails at once."""
    page = FakePage(b"<!doctype html><html>Back soon</html>")
    with pytest.raises(UnreadableFeedError) as caught:
        await Looking(home=page).look()
    assert caught.value.failure_code == "not_a_feed"
    looking = Looking(home=FakePage(feed("a")))
    await looking.look()
    looking.put(page)
    assert "web page" in (await looking.away()).message


async def test_an_address_that_can_never_work_fails_at_once_when_new() -> None:
    """And under the web's own name for it."""
    fault = WebRefusedError("10.0.0.1: private", failure_code="address_refused")
    with pytest.raises(PermanentError) as caught:
        await Looking(home=FakePage(fault=fault)).look()
    assert caught.value.failure_code == "address_refused"


async def test_a_host_that_does_not_answer_is_told_as_such() -> None:
    """Our own line may be what is down, so that is given longer than a feed that is away."""
    fault = HostUnreachableError("show.example", "it answers with an error of its own (500)")
    with pytest.raises(HostUnreachableError):
        await Looking(home=FakePage(fault=fault)).look()


async def test_a_host_that_rests_is_nothing_against_the_feed() -> None:
    """The wait is the host's, and passes through."""
    fault = HostRestsError("show.example", NOW, "429")
    with pytest.raises(HostRestsError):
        await Looking(home=FakePage(fault=fault)).look()
