"""What a person types for something on YouTube."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnoted.sources.youtube.locator import (
    PlaceKind,
    YoutubePlace,
    YoutubeVideo,
    youtube_locator,
)

ID = "dQw4w9WgXcQ"
CHANNEL = "UCuAXFkgsw1L7xaCfnd5JJOw"
LIST = "PLbpi6ZahtOH6Ar_3GPy3workshop0"

VIDEOS = (
    f"https://www.youtube.com/watch?v={ID}",
    f"http://youtube.com/watch?v={ID}&t=42s",
    f"https://m.youtube.com/watch?feature=share&v={ID}",
    f"https://music.youtube.com/watch?v={ID}&list={LIST}",
    f"https://youtu.be/{ID}?si=abc",
    f"youtu.be/{ID}",
    f"https://www.youtube.com/shorts/{ID}",
    f"https://www.youtube.com/live/{ID}?feature=share",
    f"https://www.youtube.com/embed/{ID}",
    f"https://www.youtube-nocookie.com/embed/{ID}",
    f"https://www.youtube.com/watch?v={ID}&list={LIST}&index=3",
    f"  www.youtube.com/watch?v={ID}  ",
    f"HTTPS://WWW.YOUTUBE.COM/watch?v={ID}",
)

PLACES = (
    (CHANNEL, PlaceKind.CHANNEL, CHANNEL),
    (f"https://www.youtube.com/channel/{CHANNEL}", PlaceKind.CHANNEL, CHANNEL),
    (f"https://www.youtube.com/channel/{CHANNEL}/videos", PlaceKind.CHANNEL, CHANNEL),
    (f"https://music.youtube.com/channel/{CHANNEL}", PlaceKind.CHANNEL, CHANNEL),
    (
        f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}",
        PlaceKind.CHANNEL,
        CHANNEL,
    ),
    ("@LinusTechTips", PlaceKind.HANDLE, "@LinusTechTips"),
    ("https://www.youtube.com/@LinusTechTips/streams", PlaceKind.HANDLE, "@LinusTechTips"),
    ("https://www.youtube.com/%40name", PlaceKind.HANDLE, "@name"),
    ("https://www.youtube.com/@日本語", PlaceKind.HANDLE, "@日本語"),
    ("https://www.youtube.com/c/PinchflatTestChannel", PlaceKind.CUSTOM, "PinchflatTestChannel"),
    ("youtube.com/user/somebody/videos", PlaceKind.USER, "somebody"),
    (LIST, PlaceKind.PLAYLIST, LIST),
    (f"https://www.youtube.com/playlist?list={LIST}", PlaceKind.PLAYLIST, LIST),
    (f"https://music.youtube.com/browse/VL{LIST}", PlaceKind.PLAYLIST, LIST),
    (f"https://www.youtube.com/watch?list={LIST}", PlaceKind.PLAYLIST, LIST),
    (f"https://www.youtube.com/embed/videoseries?list={LIST}", PlaceKind.PLAYLIST, LIST),
)

NEITHER = (
    "",
    "   ",
    "talk.mp4",
    "/srv/youtube.com/watch?v=" + ID,
    "https://youtube.com.evil.example/watch?v=" + ID,
    "https://evil.example/youtube.com/watch?v=" + ID,
    "https://notyoutube.com/watch?v=" + ID,
    "https://notyoutube.com/@name",
    "https://youtube.com.evil.example/channel/" + CHANNEL,
    "https://www.youtube.com@evil.example/watch?v=" + ID,
    "https://user@www.youtube.com/watch?v=" + ID,
    "https://www.youtube.com:8443/watch?v=" + ID,
    "ftp://www.youtube.com/watch?v=" + ID,
    "javascript://www.youtube.com/watch?v=" + ID,
    "https://www.youtube.com/",
    "https://www.youtube.com/watch?v=short",
    "https://www.youtube.com/channel/UCshort",
    "https://www.youtube.com/playlist?list=x",
    "https://www.youtube.com/feed/subscriptions",
    "https://www.youtube.com/results?search_query=x",
    "https://www.youtube.com/@a b",
    "https://[::1",
    "somebody@example.com",
)


@pytest.mark.parametrize("text", VIDEOS)
def test_every_form_of_a_video_means_that_video(text: str) -> None:
    """So the same video is known once, whoever shared it how."""
    assert youtube_locator(text) == YoutubeVideo(ID)


def test_a_video_has_one_address() -> None:
    """Without anything that says how somebody came there."""
    assert YoutubeVideo(ID).url == f"https://www.youtube.com/watch?v={ID}"


@pytest.mark.parametrize(("text", "kind", "name"), PLACES)
def test_every_form_of_a_place_means_that_place(text: str, kind: PlaceKind, name: str) -> None:
    """With its tab or without."""
    assert youtube_locator(text) == YoutubePlace(kind, name)


@pytest.mark.parametrize("text", NEITHER)
def test_other_hosts_and_other_things_never_match(text: str) -> None:
    """A look-alike must not be asked as if it were YouTube."""
    assert youtube_locator(text) is None


@pytest.mark.parametrize(("text", "kind", "name"), PLACES)
def test_the_normal_form_means_the_same(text: str, kind: PlaceKind, name: str) -> None:
    """What is stored is read again."""
    assert text
    assert youtube_locator(YoutubePlace(kind, name).url) == YoutubePlace(kind, name)


def test_feeds_are_of_channels_and_playlists_only() -> None:
    """A name must be resolved first."""
    feeds = "https://www.youtube.com/feeds/videos.xml"
    assert YoutubePlace(PlaceKind.CHANNEL, CHANNEL).feed_url == f"{feeds}?channel_id={CHANNEL}"
    assert YoutubePlace(PlaceKind.PLAYLIST, LIST).feed_url == f"{feeds}?playlist_id={LIST}"
    assert YoutubePlace(PlaceKind.HANDLE, "@x").feed_url is None


def test_a_channel_is_listed_by_its_uploads() -> None:
    """One list, newest first, in place of three tabs."""
    listing = YoutubePlace(PlaceKind.CHANNEL, CHANNEL).listing_url
    assert listing == f"https://www.youtube.com/playlist?list=UU{CHANNEL[2:]}"


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    """It is typed by people and pasted from anywhere."""
    found = youtube_locator(text)
    assert found is None or found.url.startswith("https://www.youtube.com/")


@given(st.text(max_size=60))
def test_no_address_on_youtube_breaks_it(tail: str) -> None:
    """Nor does what comes after the host."""
    found = youtube_locator(f"https://www.youtube.com/{tail}")
    assert found is None or youtube_locator(found.url) == found
