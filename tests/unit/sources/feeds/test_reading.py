"""What is read out of the bytes of feeds."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from footnoted.sources.feeds.feed import Feed, UnreadableFeedError
from footnoted.sources.feeds.reading import read_feed
from footnoted.sources.port import Chapter

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://feeds.example/show/feed.xml"
PODCAST = """\
<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
  xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:psc="http://podlove.org/simple-chapters">
<channel>
  <title>The Show</title><language>en-US</language><itunes:author>Ada Able</itunes:author>
  <podcast:person>Ada Able</podcast:person>
  {channel}
  <item>
    <title>Old &lt;i&gt;one&lt;/i&gt;</title><guid isPermaLink="false">ep-1</guid>
    <pubDate>Mon, 02 Feb 2026 06:00:00 GMT</pubDate><itunes:duration>1:02:03</itunes:duration>
    <enclosure url="https://cdn.example/1.mp3" length="123" type="audio/mpeg"/>
  </item>
  <item>
    <title>New one</title><guid isPermaLink="false">ep-2</guid>
    <pubDate>Mon, 09 Feb 2026 06:00:00 GMT</pubDate>
    <itunes:season>2</itunes:season><itunes:episode>5</itunes:episode>
    <description>&lt;p&gt;First&lt;/p&gt;&lt;p&gt;Second &amp;amp; last&lt;/p&gt;</description>
    <enclosure url="/2.mp3" length="456" type="audio/mpeg"/>
    <podcast:transcript url="2.vtt" type="text/vtt" language="en" rel="captions"/>
    <podcast:transcript url="2.html" type="text/html"/>
    <podcast:transcript url="2.json" type="application/json"/>
    <podcast:chapters url="2.chapters.json" type="application/json+chapters"/>
    <podcast:person role="guest">Bo Baker</podcast:person>
    <podcast:person group="writing" role="author">Cy Cook</podcast:person>
    <psc:chapters><psc:chapter start="00:00:00" title="Hello"/>
      <psc:chapter start="00:01:30.500" title="More"/></psc:chapters>
  </item>
</channel></rss>
"""


def read(text: str | bytes, content_type: str | None = None) -> Feed:
    """Return the feed in `text`."""
    data = text.encode() if isinstance(text, str) else text
    return read_feed(data, url=URL, content_type=content_type, scope="show")


def rss(*items: str, channel: str = "") -> str:
    """Return a small feed."""
    return f'<rss version="2.0"><channel><title>T</title>{channel}{"".join(items)}</channel></rss>'


def refusal(data: str | bytes) -> str:
    """Return the failure under which `data` is refused."""
    with pytest.raises(UnreadableFeedError) as caught:
        read(data)
    return caught.value.failure_code


def test_a_podcast_is_read_whole() -> None:
    """Newest first, with everything the podcast namespace says."""
    feed = read(PODCAST.format(channel=""))
    assert (feed.title, feed.creator, feed.language) == ("The Show", "Ada Able", "en-US")
    new, old = feed.items
    assert new.keys[:2] == ("guid:show:ep-2", "url:feeds.example/2.mp3")
    assert new.facts.published_at == datetime(2026, 2, 9, 6, tzinfo=UTC)
    assert new.facts.description == "First\n\nSecond & last"
    assert new.facts.tags == ("episode:5", "season:2")
    assert new.facts.chapters == (
        Chapter(start_ms=0, title="Hello"),
        Chapter(start_ms=90_500, title="More"),
    )
    assert (new.media_url, new.media_type, new.media_bytes) == (
        "https://feeds.example/2.mp3",
        "audio/mpeg",
        456,
    )
    assert [(one.url, one.media_type, one.is_captions) for one in new.transcripts] == [
        ("https://feeds.example/show/2.vtt", "text/vtt", True),
        ("https://feeds.example/show/2.html", "text/html", False),
        ("https://feeds.example/show/2.json", "application/json", False),
    ]
    assert new.chapters_url == "https://feeds.example/show/2.chapters.json"
    assert new.speakers == ("Bo Baker",)
    assert (old.facts.title, old.facts.duration_ms) == ("Old one", 3_723_000)
    assert old.speakers == ("Ada Able",)
    assert (old.facts.creator, old.facts.language, old.link) == ("Ada Able", "en-US", None)


def transcripts_of(text: str) -> list[list[str]]:
    """Return the names of each item's transcripts."""
    items = read(text).items
    return [[link.url.rpartition("/")[2] for link in item.transcripts] for item in items]


def test_transcripts_belong_to_their_entry_also_without_guids_and_declarations() -> None:
    """Undeclared prefixes are common; where the feed breaks, the rest has what can be told."""

    def entry(name: str, guid: str = "") -> str:
        links = "".join(f'<podcast:transcript url="{name}.{kind}"/>' for kind in ("vtt", "srt"))
        return f'<item>{guid}<enclosure url="https://c.example/{name}.mp3"/>{links}</item>'

    whole = [["a.vtt", "a.srt"], ["b.vtt", "b.srt"]]
    assert transcripts_of(rss(entry("a"), entry("b"))) == whole
    guids = "<guid>1</guid>", "<guid>2</guid>"
    named = rss(entry("a", guids[0]), entry("b", guids[1]))
    assert transcripts_of(named) == whole
    broken = named.replace("<item><guid>2", "<title>a & b</title><item><guid>2")
    assert transcripts_of(broken) == [["a.vtt", "a.srt"], ["b.srt"]]


def test_what_the_feed_says_of_itself_is_told() -> None:
    """Where it moved, where older items are, that there are none."""
    channel = (
        "<itunes:new-feed-url>https://new.example/feed</itunes:new-feed-url>"
        '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="?page=2"/>'
        '<fh:complete xmlns:fh="http://purl.org/syndication/history/1.0"/>'
    )
    feed = read(PODCAST.format(channel=channel))
    assert feed.moved_to == "https://new.example/feed"
    assert feed.next_url == f"{URL}?page=2"
    assert feed.is_complete


def test_a_youtube_feed_gives_videos() -> None:
    """Their ids are their keys, their pages their links, and Shorts are told by theirs."""
    feed = read(
        dedent("""\
        <feed xmlns:yt="http://www.youtube.com/xml/schemas/2015"
          xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom">
          <title>Channel</title><author><name>Channel</name></author>
          <entry><id>yt:video:abcdefghijk</id><yt:videoId>abcdefghijk</yt:videoId>
            <title>Talk</title><link rel="alternate" href="https://www.youtube.com/watch?v=abcdefghijk"/>
            <author><name>Someone</name></author><published>2026-02-09T06:00:00+00:00</published>
            <media:group><media:content url="https://www.youtube.com/v/abcdefghijk"
              type="application/x-shockwave-flash"/><media:description>Words</media:description>
            </media:group></entry>
          <entry><id>yt:video:ABCDEFGHIJK</id><yt:videoId>ABCDEFGHIJK</yt:videoId>
            <title>Bit</title><link rel="alternate" href="https://www.youtube.com/shorts/ABCDEFGHIJK"/>
            <published>2026-02-08T06:00:00+00:00</published></entry>
        </feed>""")
    )
    talk, bit = feed.items
    assert (talk.keys, talk.link) == (
        ("youtube:abcdefghijk",),
        "https://www.youtube.com/watch?v=abcdefghijk",
    )
    assert (talk.media_url, talk.is_short) == (None, None)
    assert (talk.facts.creator, talk.facts.description) == ("Someone", "Words")
    assert (bit.is_short, bit.link) == (True, "https://www.youtube.com/watch?v=ABCDEFGHIJK")


def test_entries_without_an_address_are_skipped_by_name() -> None:
    """A guid that is no address is none either."""
    feed = read(rss("<item><title>Words only</title><guid>7</guid></item>"))
    assert feed.items == ()
    assert feed.skipped == ("Words only: has no address of a page or a recording",)
    assert feed.skipped_counts == {"no_address": 1}


def test_only_sound_and_pictures_that_move_are_recordings() -> None:
    """The first sound before video, never an image, a document, or a file of this machine."""
    enclosures = [
        ("https://cdn.example/cover.jpg", "image/jpeg"),
        ("https://cdn.example/notes.pdf", "application/pdf"),
        ("file:///etc/passwd.mp3", "audio/mpeg"),
        ("https://cdn.example/video.mp4", "video/mp4"),
        ("https://cdn.example/sound.mp3", ""),
        ("https://cdn.example/other.m4a", "audio/mp4"),
    ]
    told = [f'<enclosure url="{url}" type="{kind}"/>' for url, kind in enclosures]
    chosen = [read(rss(f"<item>{''.join(told[:at])}</item>")).items for at in (3, 4, 5, 6)]
    assert [items[0].media_url if items else None for items in chosen] == [
        None,
        "https://cdn.example/video.mp4",
        "https://cdn.example/sound.mp3",
        "https://cdn.example/sound.mp3",
    ]
    assert chosen[2][0].media_type == "audio/mpeg"


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("90", 90_000),
        ("1:30", 90_000),
        ("0", None),
        ("soon", None),
        ("-5", None),
        ("9" * 400, None),
    ],
)
def test_a_duration_is_believed_where_it_parses(stated: str, expected: int | None) -> None:
    """Seconds or a clock; nothing else."""
    item = f'<item><itunes:duration>{stated}</itunes:duration><enclosure url="https://c.example/a.mp3"/></item>'
    assert read(rss(item)).items[0].facts.duration_ms == expected


@pytest.mark.parametrize(
    "stated", ["", "never", "Thu, 01 Jan 1970 00:00:00 GMT", "99999-99-99", "0001-01-01"]
)
def test_a_date_that_is_none_is_unknown(stated: str) -> None:
    """The first second of 1970 is how programs write no date."""
    item = f'<item><pubDate>{stated}</pubDate><enclosure url="https://c.example/a.mp3"/></item>'
    assert read(rss(item)).items[0].facts.published_at is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Tom &amp;amp; Jerry", "Tom & Jerry"),
        ("Old &lt;i&gt;one&lt;/i&gt;", "Old one"),
        ("a &lt; b", "a < b"),
        ("  two\n lines ", "two lines"),
    ],
)
def test_a_title_is_words(written: str, expected: str) -> None:
    """Whether it was HTML or not."""
    item = f"<item><title>{written}</title><link>https://a.example/1</link></item>"
    assert read(rss(item)).items[0].facts.title == expected


def test_long_texts_are_cut_and_lists_are_bounded() -> None:
    """One hostile entry cannot fill a table."""
    tags = "".join(f"<category>t{at}</category>" for at in range(500))
    item = f"<item><title>{'x' * 9_000}</title><description>{'y ' * 90_000}</description>{tags}"
    found = read(rss(f'{item}<enclosure url="https://c.example/a.mp3"/></item>')).items[0]
    assert len(found.facts.title or "") == 500
    assert len(found.facts.description or "") <= 20_000
    assert len(found.facts.tags) == 100


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "not_a_feed"),
        (b"<!doctype html><html><body>Sign in</body></html>", "not_a_feed"),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "not_a_feed"),
        (b"/etc/passwd", "not_a_feed"),
        (b"https://feeds.example/other.xml", "not_a_feed"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "not_a_feed"),
        (b"<rss><channel>" + b"<item></item>" * 20_001, "feed_too_large"),
        (b"<rss>" + b"<" * 1_000_001, "feed_too_large"),
        (b" " * (20 * 2**20 + 1), "feed_too_large"),
    ],
)
def test_what_is_no_feed_is_refused_by_name(data: bytes, expected: str) -> None:
    """Bytes that look like a path or an address are not opened."""
    assert refusal(data) == expected


def test_bytes_that_are_a_path_are_not_opened(tmp_path: Path) -> None:
    """What a server answers never leads to a file of this machine."""
    secret = tmp_path / "feed.xml"
    secret.write_text(rss("<item><link>https://a.example/1</link></item>"))
    assert refusal(str(secret)) == "not_a_feed"


def test_a_sample_is_not_the_recording() -> None:
    """Shops offer the first minute in the same breath."""
    media = "".join(
        f'<media:content url="https://c.example/{name}.mp3" type="audio/mpeg" expression="{name}"/>'
        for name in ("sample", "full")
    )
    text = rss(f"<item>{media}</item>").replace(
        "<rss ", '<rss xmlns:media="http://search.yahoo.com/mrss/" '
    )
    assert read(text).items[0].media_url == "https://c.example/full.mp3"


BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>
<rss version="2.0"><channel><title>&b;</title></channel></rss>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-32", "utf-32-le"])
def test_a_feed_that_defines_entities_is_refused(encoding: str) -> None:
    """In whatever width it comes."""
    assert refusal(BOMB.encode(encoding)) == "feed_unsafe"


def test_a_bomb_that_the_first_look_cannot_parse_is_refused_too() -> None:
    """Feedparser reads encodings that expat does not know."""
    assert refusal(BOMB.replace("?>", ' encoding="x-unheard-of"?>', 1)) == "feed_unsafe"


@pytest.mark.parametrize(
    "subset",
    [
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
        '<!ENTITY % p "x">',
        '<!-- [ ] --><!ENTITY x "]>">',
        '<!ELEMENT a ANY><!ENTITY x "y">',
    ],
)
@pytest.mark.parametrize("end", ["</rss>", ""])
def test_entities_are_found_wherever_they_stand(subset: str, end: str) -> None:
    """External ones, parameters, behind comments; and where the rest is broken."""
    text = f"<!DOCTYPE rss [{subset}]><rss><channel><title>&x;</title></channel>{end}"
    assert refusal(text) == "feed_unsafe"


def test_a_document_type_elsewhere_is_neither_fetched_nor_refused() -> None:
    """RSS 0.91 names one; it may talk of entities in its text as well."""
    doctype = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD" "http://127.0.0.1:9/rss.dtd">'
    item = "<item><title>About &lt;!ENTITY x&gt;</title><link>https://a.example/1</link></item>"
    assert len(read(doctype + rss(item)).items) == 1


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize("content_type", [None, "application/rss+xml; charset=utf-16"])
def test_wide_encodings_lose_nothing(encoding: str, content_type: str | None) -> None:
    """With a mark or without, whatever the server says."""
    text = rss("<item><title>Grüße</title><link>https://a.example/1</link></item>")
    feed = read(text.encode(encoding), content_type)
    assert [item.facts.title for item in feed.items] == ["Grüße"]


@pytest.mark.parametrize(
    "pattern", ["<a", "</", "&", "<a b='", "<rss><a>", "<item>", "<![CDATA[", "<!--", "<!DOCTYPE ["]
)
def test_endless_nonsense_is_read_in_linear_time(pattern: str) -> None:
    """Twice as much takes at most some four times as long, not more and more."""
    seconds: list[float] = []
    for count in (8_000, 32_000):
        data = b"<rss><channel><item><title>" + pattern.encode() * (count // len(pattern))
        began_s = time.perf_counter()
        with suppress(UnreadableFeedError):
            read(data)
        seconds.append(time.perf_counter() - began_s)
    assert seconds[1] < max(0.5, 12 * seconds[0])


def test_chapters_in_a_description_are_chapters() -> None:
    """Where a feed has no others: a list of times from 0:00 on, in HTML or plain."""
    lines = ("0:00 Hello", "(12:30) Looms", "1:02:03 - Bye")
    lines = ("0:00 Hello", "(12:30) Looms", "1:02:03 - Bye")
    listed = "&lt;p&gt;Today:&lt;/p&gt;" + "".join(f"&lt;li&gt;{line}&lt;/li&gt;" for line in lines)
    plain = "0:00 Hello\n12:30 Looms\n1:02:03 Bye"
    for told in (listed, plain):
        item = (
            "<item><title>A</title><guid>a</guid><enclosure url='https://cdn.example/1.mp3'"
            f" type='audio/mpeg'/><description>{told}</description></item>"
        )
        (found,) = read(rss(item)).items
        assert [(one.start_ms, one.title) for one in found.facts.chapters] == [
            (0, "Hello"),
            (750_000, "Looms"),
            (3_723_000, "Bye"),
        ]
