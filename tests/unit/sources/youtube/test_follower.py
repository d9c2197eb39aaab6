"""Following channels, playlists and handles: fast by feed, slow by listing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from footnoted.errors import PermanentError
from footnoted.fetch.port import HostRestsError, HostUnreachableError, WebRefusedError
from footnoted.fetch.ytdlp.faults import Fault, FaultKind
from footnoted.sources.feeds.reading import read_feed
from footnoted.sources.items import Place, Poll, PollState
from footnoted.sources.port import SourceUnreachableError
from footnoted.sources.youtube.follower import YoutubeFollower
from footnoted.sources.youtube.site import SiteFollower
from tests.fakes.web import FakePage, FakeWeb
from tests.fakes.ytdlp import FakeYtDlp, said

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
CHANNEL = "UC" + "abcdefghijklmnopqrstuv"
FEED = f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}"
UPLOADS = f"https://www.youtube.com/playlist?list=UU{CHANNEL[2:]}"
PLAYLIST = "PLabcdefghijklmnopqrstuvwxyz012345"
AWAY = WebRefusedError("404", failure_code="web_gone", status=404)


def feed(*numbers: int) -> bytes:
    """Return a channel's feed with these videos."""
    entries = "".join(
        f"<entry><id>yt:video:video{n:06}</id><yt:videoId>video{n:06}</yt:videoId>"
        f"<title>Talk {n}</title>"
        f'<link rel="alternate" href="https://www.youtube.com/watch?v=video{n:06}"/>'
        f"<published>2026-03-01T00:{n % 60:02}:00+00:00</published></entry>"
        for n in numbers
    )
    spaces = (
        'xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns="http://www.w3.org/2005/Atom"'
    )
    head = "<title>The Channel</title><author><name>The Channel</name></author>"
    return f'<?xml version="1.0"?><feed {spaces}>{head}{entries}</feed>'.encode()


def listing(*numbers: int, **about: Any) -> Any:
    """Return a listing with these videos."""
    entries = [
        {
            "_type": "url",
            "ie_key": "Youtube",
            "id": f"video{n:06}",
            "url": f"https://www.youtube.com/watch?v=video{n:06}",
            "title": f"Talk {n}",
            "duration": 60 + n,
        }
        for n in numbers
    ]
    usual = {"title": "Uploads from The Channel", "channel": "The Channel", "channel_id": CHANNEL}
    return said({"_type": "playlist", "id": "x", **usual, **about, "entries": entries})


def ids(poll: Poll) -> list[int]:
    """Return the numbers of the videos that were found, in order."""
    return [int(item.keys[0][-6:]) for item in poll.items]


def place(locator: str = CHANNEL, **said_: Any) -> Place:
    """Return a followed place."""
    return Place(source_id=1, locator=locator, **said_)


def known(*numbers: int, **said_: Any) -> PollState:
    """Return what an earlier look that saw these videos remembered."""
    return PollState(newest_keys=tuple(f"youtube:video{n:06}" for n in numbers), **said_)


@pytest.fixture
def web() -> FakeWeb:
    """Return a web with the channel's feed of fifteen."""
    page = FakePage(feed(*range(30, 15, -1)), "text/xml", etag='"1"')
    return FakeWeb({FEED: page})


@pytest.fixture
def ytdlp() -> FakeYtDlp:
    """Return a yt-dlp that lists forty uploads."""
    return FakeYtDlp(lists={UPLOADS: listing(*range(40, 0, -1))})


@pytest.fixture
def follower(web: FakeWeb, ytdlp: FakeYtDlp) -> YoutubeFollower:
    """Return a follower of both."""
    return YoutubeFollower(read_feed, web, ytdlp)


async def test_a_usual_look_is_one_request(follower: YoutubeFollower, ytdlp: FakeYtDlp) -> None:
    """The feed says it all when it joins what is known."""
    poll = await follower.look(place(state=known(29, 28)), NOW)
    assert ids(poll) == list(range(30, 15, -1))
    assert poll.creator == "The Channel"
    assert (poll.has_gap, poll.is_complete) == (False, False)
    assert poll.state.etag == '"1"'
    assert poll.state.newest_keys[0] == "youtube:video000030"
    assert ytdlp.asked == []


async def test_an_unchanged_feed_is_nothing(follower: YoutubeFollower) -> None:
    """The condition is asked with what the last look brought."""
    poll = await follower.look(place(state=known(30, etag='"1"')), NOW)
    assert (poll.is_unchanged, poll.items) == (True, ())
    assert poll.state.etag == '"1"'


async def test_a_gap_is_filled_by_a_listing(follower: YoutubeFollower, ytdlp: FakeYtDlp) -> None:
    """None of the last look's newest in it: more than fifteen came since."""
    poll = await follower.look(place(state=known(5, 4)), NOW)
    assert ids(poll) == [*range(30, 15, -1), *range(40, 30, -1), *range(15, 0, -1)]
    assert ytdlp.asked == [("listing", UPLOADS)]
    assert (poll.has_gap, poll.is_complete) == (False, True)
    assert poll.state.deep_at == NOW


async def test_a_gap_that_cannot_be_filled_now_is_said_and_loses_nothing(
    follower: YoutubeFollower, ytdlp: FakeYtDlp
) -> None:
    """What the feed brought is taken; a deep look is due."""
    ytdlp.lists[UPLOADS] = HostRestsError("youtube.com", NOW + timedelta(hours=1), "a bot check")
    poll = await follower.look(place(state=known(5)), NOW)
    assert ids(poll) == list(range(30, 15, -1))
    assert poll.has_gap


async def test_a_first_look_has_no_gap(follower: YoutubeFollower, ytdlp: FakeYtDlp) -> None:
    """Backfill decides how deep it goes, not the feed (complaint 12)."""
    poll = await follower.look(place(), NOW)
    assert (poll.has_gap, len(poll.items), ytdlp.asked) == (False, 15, [])


async def test_a_deep_look_lists_as_many_as_wanted(
    follower: YoutubeFollower, ytdlp: FakeYtDlp
) -> None:
    """And keeps the exact dates that only the feed has."""
    ytdlp.lists[UPLOADS] = listing(*range(30, 10, -1))
    poll = await follower.look(place(is_deep=True, limit=20, state=known(30)), NOW)
    assert ytdlp.limits == [20]
    assert ids(poll) == list(range(30, 10, -1))
    assert poll.items[0].facts.published_at == datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
    assert poll.items[0].facts.duration_ms == 90_000
    assert not poll.is_complete


async def test_a_short_feed_is_everything(web: FakeWeb, follower: YoutubeFollower) -> None:
    """Fewer than fifteen: there are no more, so nothing can be missing."""
    web.pages[FEED] = FakePage(feed(3, 2, 1), "text/xml")
    poll = await follower.look(place(state=known(99)), NOW)
    assert (ids(poll), poll.has_gap, poll.is_complete) == ([3, 2, 1], False, True)


@pytest.mark.parametrize("fault", [AWAY, HostUnreachableError("youtube.com", "500")])
async def test_a_feed_that_is_away_is_listed_instead_once_a_day(
    web: FakeWeb, follower: YoutubeFollower, ytdlp: FakeYtDlp, fault: Exception
) -> None:
    """YouTube's feeds answer 404 and 500 for days (complaint 13)."""
    web.pages[FEED] = FakePage(fault=fault)
    first = await follower.look(place(state=known(30)), NOW)
    assert len(first.items) == 40
    assert first.state.failing_since == NOW
    later = NOW + timedelta(hours=1)
    second = await follower.look(place(state=first.state), later)
    assert (second.items, second.state.failing_since) == ((), NOW)
    assert "away since 2026-03-10" in second.skipped[0]
    third = await follower.look(place(state=second.state), NOW + timedelta(days=1))
    assert len(third.items) == 40
    assert len(ytdlp.asked) == 2
    web.pages[FEED] = FakePage(feed(*range(40, 25, -1)), "text/xml")
    back = await follower.look(place(state=third.state), NOW + timedelta(days=2))
    assert back.state.failing_since is None


async def test_a_channel_that_is_gone_is_given_up_after_two_weeks(
    web: FakeWeb, follower: YoutubeFollower, ytdlp: FakeYtDlp
) -> None:
    """It was there once, so it may come back for that long."""
    web.pages[FEED] = FakePage(fault=AWAY)
    ytdlp.lists[UPLOADS] = said({}, Fault(FaultKind.REMOVED, "This account has been terminated"))
    poll = await follower.look(place(state=known(30)), NOW)
    assert (poll.items, poll.state.failing_since) == ((), NOW)
    assert "terminated" in poll.skipped[0]
    with pytest.raises(PermanentError) as caught:
        await follower.look(place(state=poll.state), NOW + timedelta(days=14))
    assert caught.value.failure_code == "source_gone"


async def test_a_channel_that_never_was_is_said_at_once(
    web: FakeWeb, follower: YoutubeFollower, ytdlp: FakeYtDlp
) -> None:
    """A typing mistake is not waited for."""
    web.pages[FEED] = FakePage(fault=AWAY)
    ytdlp.lists[UPLOADS] = said({}, Fault(FaultKind.PLACE_GONE, "This channel does not exist."))
    with pytest.raises(PermanentError, match="does not exist"):
        await follower.look(place(), NOW)


async def test_a_host_that_rests_is_passed_on(web: FakeWeb, follower: YoutubeFollower) -> None:
    """It is no failure of the place."""
    web.pages[FEED] = FakePage(fault=HostRestsError("youtube.com", NOW, "429"))
    with pytest.raises(HostRestsError):
        await follower.look(place(), NOW)


async def test_a_handle_is_resolved_once(follower: YoutubeFollower, ytdlp: FakeYtDlp) -> None:
    """And remembered."""
    ytdlp.lists["https://www.youtube.com/@channel"] = listing(40)
    first = await follower.look(place("@channel"), NOW)
    assert first.state.moved_to == f"https://www.youtube.com/channel/{CHANNEL}"
    assert ids(first) == list(range(30, 15, -1))
    await follower.look(place("@channel", state=first.state), NOW)
    assert ytdlp.asked == [("listing", "https://www.youtube.com/@channel")]


async def test_a_handle_nobody_has_is_said(follower: YoutubeFollower) -> None:
    """At once."""
    with pytest.raises(PermanentError, match="does not exist"):
        await follower.look(place("@nobody"), NOW)


async def test_a_playlist_is_listed_every_six_hours(
    web: FakeWeb, follower: YoutubeFollower, ytdlp: FakeYtDlp
) -> None:
    """Its feed shows the first fifteen, and new ones are put at its end."""
    url = f"https://www.youtube.com/feeds/videos.xml?playlist_id={PLAYLIST}"
    web.pages[url] = FakePage(feed(*range(1, 16)), "text/xml", etag='"p"')
    ytdlp.lists[f"https://www.youtube.com/playlist?list={PLAYLIST}"] = listing(
        *range(1, 20), title="The Course"
    )
    first = await follower.look(place(PLAYLIST), NOW)
    assert sorted(ids(first)) == list(range(1, 20))
    second = await follower.look(place(PLAYLIST, state=first.state), NOW + timedelta(hours=1))
    assert second.is_unchanged
    third = await follower.look(place(PLAYLIST, state=second.state), NOW + timedelta(hours=6))
    assert len(third.items) == 19
    assert third.title == "The Course"
    assert len(ytdlp.asked) == 2


async def test_what_is_no_place_on_youtube_is_refused(follower: YoutubeFollower) -> None:
    """A video is not followed."""
    with pytest.raises(PermanentError) as caught:
        await follower.look(place("https://www.youtube.com/watch?v=dQw4w9WgXcQ"), NOW)
    assert caught.value.failure_code == "url_unsupported"


async def test_hidden_entries_of_a_listing_are_counted(
    follower: YoutubeFollower, ytdlp: FakeYtDlp
) -> None:
    """Not taken for videos."""
    found = listing(3, 2, 1)
    hidden = [
        {"_type": "url", "ie_key": "Youtube", "id": "hidden00001", "title": "[Private video]"},
        {"_type": "url", "ie_key": "Youtube", "id": "hidden00002", "title": "[Deleted video]"},
        {"_type": "url", "ie_key": "YoutubeTab", "id": "PLx", "url": "https://www.youtube.com/x"},
    ]
    entries = [*found.info["entries"], *hidden]
    ytdlp.lists[UPLOADS] = said({**found.info, "entries": entries})
    poll = await follower.look(place(is_deep=True, state=known(30)), NOW)
    assert poll.skipped_counts == {"private": 1, "removed": 1, "a list in the list": 1}
    assert 3 in ids(poll)


SITE = "https://vimeo.example/channels/talks"


def pages(*names: str) -> Any:
    """Return a site's listing."""
    entries = [
        {
            "_type": "url",
            "ie_key": "Vimeo",
            "id": name,
            "url": f"https://vimeo.example/{name}?utm_source=x",
            "title": f"Talk {name}",
        }
        for name in names
    ]
    return said({"_type": "playlist", "id": "talks", "title": "Talks", "entries": entries})


async def test_any_page_that_can_be_listed_is_followed() -> None:
    """The same item has the same keys from look to look."""
    ytdlp = FakeYtDlp(lists={SITE: pages("b", "a")})
    poll = await SiteFollower(ytdlp).look(place(SITE), NOW)
    assert [item.link for item in poll.items] == [
        "https://vimeo.example/b?utm_source=x",
        "https://vimeo.example/a?utm_source=x",
    ]
    assert poll.items[0].keys == ("guid:vimeo.example:Vimeo:b", "url:vimeo.example/b")
    assert (poll.title, poll.is_complete, ytdlp.limits) == ("Talks", True, [100])


async def test_a_site_that_ran_ahead_has_a_gap() -> None:
    """More came than one look lists."""
    ytdlp = FakeYtDlp(lists={SITE: pages("d", "c")})
    follower = SiteFollower(ytdlp, usual_limit=2)
    state = PollState(newest_keys=("guid:vimeo.example:Vimeo:a",))
    poll = await follower.look(place(SITE, state=state), NOW)
    assert poll.has_gap


@pytest.mark.parametrize("words", ["Unsupported URL", f"Unsupported URL: {SITE}"])
async def test_a_page_that_cannot_be_listed_is_said(words: str) -> None:
    """yt-dlp does not know the site; which one that is, the sentence says once."""
    ytdlp = FakeYtDlp(lists={SITE: said({}, Fault(FaultKind.UNSUPPORTED_URL, words))})
    with pytest.raises(PermanentError) as caught:
        await SiteFollower(ytdlp).look(place(SITE), NOW)
    assert caught.value.message.count(SITE) == 1


async def test_a_site_that_fails_otherwise_is_remembered_as_failing() -> None:
    """And given up after two weeks when it says that it is gone."""
    ytdlp = FakeYtDlp(lists={SITE: said({}, Fault(FaultKind.PLACE_GONE, "no such channel"))})
    poll = await SiteFollower(ytdlp).look(place(SITE), NOW)
    assert (poll.state.failing_since, poll.skipped) == (NOW, ("no such channel",))
    with pytest.raises(PermanentError):
        await SiteFollower(ytdlp).look(place(SITE, state=poll.state), NOW + timedelta(days=14))


async def test_a_name_youtube_does_not_explain_is_away(
    follower: YoutubeFollower, ytdlp: FakeYtDlp
) -> None:
    """Not gone: it did not say so."""
    ytdlp.lists["https://www.youtube.com/@odd"] = said({"_type": "playlist", "entries": []})
    with pytest.raises(SourceUnreachableError):
        await follower.look(place("@odd"), NOW)
