"""A channel, a podcast and a folder followed in three commands, by the installed program."""

from __future__ import annotations

import re
import shlex
import shutil
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import reduce
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from footnoted.db import embedded
from footnoted.model.transcript import TranscriptOrigin
from footnoted.transcripts.captions import read_transcript
from tests.timeline import server as timeline
from tests.timeline.world import Captions, Channel, Phase, Video, World

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from tests.acceptance.program import Home

WORDS = "low-ceiling-01-parallel-compression.en.vtt"
CHANNEL = "UCaaaaaaaaaaaaaaaaaaaaaa"
NOW = datetime.now(UTC)
pytestmark = pytest.mark.timeout(300)  # some ten commands each, on a machine that may be busy


@contextmanager
def serving(pages: dict[str, tuple[str, bytes]]) -> Generator[tuple[str, list[str]]]:
    """Serve pages by path while the body runs; yields the address, and what was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            kind, body = pages.get(self.path, ("", b""))
            self.send_response(200 if kind else 404)
            self.send_header("Content-Type", kind or "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def podcast(base: str, episodes: int, words: bytes) -> dict[str, tuple[str, bytes]]:
    """Return the pages of a podcast, the newest episode first; all but the first have words."""
    items: list[str] = []
    pages = {"/feed.xml": ("application/rss+xml", b"")}
    for number in range(episodes):
        date = format_datetime(NOW - timedelta(days=1 + 7 * number))
        offer = f'<podcast:transcript url="{base}/{number}.vtt" type="text/vtt" language="en"/>'
        items.append(
            f"<item><title>Episode {number}</title><guid>e{number}</guid><pubDate>{date}</pubDate>"
            f'<enclosure url="{base}/{number}.mp3" type="audio/mpeg" length="9"/>'
            "<itunes:duration>600</itunes:duration>"
            f"{offer if number else ''}</item>"
        )
        pages[f"/{number}.vtt"] = ("text/vtt", words)
    feed = (
        '<?xml version="1.0"?><rss version="2.0"'
        ' xmlns:podcast="https://podcastindex.org/namespace/1.0"'
        ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>The Pod</title>'
        f"<language>en</language>{''.join(items)}</channel></rss>"
    )
    return {**pages, "/feed.xml": ("application/rss+xml", feed.encode())}


def channel(words: bytes) -> World:
    """Return a channel with a video that has captions, and one that has none yet."""
    read = read_transcript(words, WORDS, origin=TranscriptOrigin.CAPTIONS_MANUAL)
    cues = [((cue.start_ms or 0) / 1000, cue.text) for cue in read.cues]
    captions = (Captions("en", is_auto=False, cues=cues),)
    day = timedelta(days=1)
    ready = Video(
        "aaaaaaaaaaa", "With captions", NOW - 30 * day, 600.0, [Phase(NOW - 30 * day, {}, captions)]
    )
    fresh = Video("bbbbbbbbbbb", "Without captions", NOW - day / 24, 600.0, [Phase(NOW - day / 24)])
    return World(channels=[Channel(CHANNEL, "The Channel", [fresh, ready])], now=NOW)


@pytest.fixture
def home(new_home: Home) -> Iterator[Home]:
    """Return a new data directory with its database up, or each command would start and stop it."""
    server = embedded.start(new_home.data_dir)
    yield new_home
    embedded.stop(server)


@pytest.fixture
def words(project_root: Path) -> bytes:
    """Return the captions of a sample."""
    return (project_root / "samples" / WORDS).read_bytes()


@pytest.fixture
def net(words: bytes) -> Iterator[tuple[str, list[str], dict[str, str]]]:
    """Yield the podcast's address, what was asked of it, and the settings that reach this net."""
    pages: dict[str, tuple[str, bytes]] = {}
    with serving(pages) as (base, asked), timeline.started(channel(words)) as youtube:
        pages.update(podcast(base, 3, words))
        settings = {
            "FOOTNOTED_ALLOW_PRIVATE_ADDRESSES": "true",
            "FOOTNOTED_HOST_GAP_S": "0",
            "FOOTNOTED_YTDLP_COMMAND": timeline.command(youtube),
            "FOOTNOTED_FILE_SETTLE_S": "0",
        }
        yield base, asked, settings


@dataclass(frozen=True)
class Shown:
    """A command of the README with what it shows below it."""

    words: list[str]
    lines: list[str]


def shown_in(readme: str) -> list[Shown]:
    """Return the commands of the section about following, in order."""
    _, _, after = readme.partition("## Follow a channel, a podcast and a folder")
    section, _, _ = after.partition("\n## ")
    blocks = re.findall(r"^```text\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    parts = [part for block in blocks for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    split = [part.rstrip("\n").split("\n") for part in parts]
    return [Shown(shlex.split(command)[1:], lines) for command, *lines in split]


def told(text: str, places: dict[str, str]) -> str:
    """Return a text with places in the stead of others."""
    return reduce(lambda said, pair: said.replace(*pair), places.items(), text)


def is_printed(line: str, printed: str) -> bool:
    """Return whether a line is there: digits stand for digits, `…` for anything."""
    parts = [re.escape(part) for part in " ".join(line.split()).split("…")]
    pattern = re.compile(re.sub(r"\d+", r"\\d+", ".*".join(parts)))
    return any(pattern.fullmatch(" ".join(one.split())) for one in printed.splitlines())


def test_a_channel_a_podcast_and_a_folder_are_followed(
    home: Home,
    net: tuple[str, list[str], dict[str, str]],
    project_root: Path,
    tmp_path: Path,
) -> None:
    """With the commands of the README, whose places are stand-ins; they print what it shows.

    Each gives pages whose links play there, and what waits says for what and until when.
    """
    base, asked, settings = net
    talks = tmp_path / "talks"
    talks.mkdir()
    shutil.copy(project_root / "samples" / WORDS, talks / WORDS)
    places = {
        "https://www.youtube.com/@the-channel": f"https://www.youtube.com/channel/{CHANNEL}",
        "https://pod.example": base,
        "/home/you/talks": str(talks),
        "~/talks": str(talks),
    }
    missing: list[str] = []
    for one in shown_in((project_root / "README.md").read_text(encoding="utf-8")):
        ended = home.run(*(told(word, places) for word in one.words), **settings)
        assert ended.returncode == 0, ended.stderr
        printed = told(ended.stdout, {theirs: ours for ours, theirs in reversed(places.items())})
        missing += [line for line in one.lines if line and not is_printed(line, printed)]
    assert missing == []
    report = home.ask("status")
    counts = {line["status"]: line["count"] for line in report["videos"]}
    assert counts == {"indexed": 4, "discovered": 2}
    waits = {line["reason"] for line in report["waiting"] if line["kind"] == "video"}
    assert waits == {"captions_pending", "speech_recognition"}
    links = [hit["link"] or "" for hit in home.ask("search", "compressor")["results"]]
    assert any(link.startswith("https://www.youtube.com/watch?v=aaaaaaaaaaa") for link in links)
    assert any(link.startswith(f"{base}/1.mp3#t=") for link in links)
    assert "/0.mp3" not in asked, "sound was fetched though nothing can hear it"


@pytest.mark.endurance
def test_a_second_look_takes_nothing_twice_and_what_is_new(
    home: Home, net: tuple[str, list[str], dict[str, str]]
) -> None:
    """A backfill is done once; a rule that a person changes is applied to what was left."""
    base, _, settings = net
    home.run("source", "add", f"{base}/feed.xml", "--backfill", "1", **settings)
    home.run("run", "--once", **settings)
    first = [item["state"] for item in home.ask("source", "items", "1")["items"]]
    home.run("source", "poll", "1")
    home.run("run", "--once", **settings)
    second = [item["state"] for item in home.ask("source", "items", "1")["items"]]
    home.run("source", "edit", "1", "--backfill", "all", "--title-has", "1|2")
    home.run("run", "--once", **settings)
    third = [item["state"] for item in home.ask("source", "items", "1")["items"]]
    assert first == second == ["taken", "left", "left"]
    assert third == ["taken", "taken", "taken"]


def test_trying_a_place_follows_nothing(
    home: Home, net: tuple[str, list[str], dict[str, str]]
) -> None:
    """What would be taken, what not and why, and what it would cost."""
    base, _, settings = net
    hears = {"FOOTNOTED_SPEECH": "openai", "FOOTNOTED_SPEECH_API_KEY": "sk-nobody"}
    tried = home.run(
        "source", "test", f"{base}/feed.xml", "--title-has", "[02]", **settings, **hears
    )
    assert "Episode 0" in tried.stdout
    assert "not taken: Episode 1: the title does not have '[02]'" in tried.stderr
    assert "Backlog: 2 recordings" in tried.stdout
    assert "speech recognition: up to 10.0 minutes, about $0.0600" in tried.stdout
    assert home.ask("source", "list")["sources"] == []


def test_a_single_video_is_taken_by_its_address(
    home: Home, net: tuple[str, list[str], dict[str, str]]
) -> None:
    """It gets its title and creator from its page; a channel's address is refused there."""
    *_, settings = net
    added = home.run("add", "https://youtu.be/aaaaaaaaaaa?si=x", **settings)
    refused = home.run("add", f"https://www.youtube.com/channel/{CHANNEL}", **settings)
    home.run("run", "--drain", **settings)
    assert "1 added" in added.stdout, added.stderr
    assert refused.returncode == 2
    assert "source add" in refused.stderr
    assert home.ask("show", "1")["facts"]["title"] == "With captions"


def test_a_list_of_feeds_is_imported_and_exported(
    home: Home, net: tuple[str, list[str], dict[str, str]], tmp_path: Path
) -> None:
    """Each feed becomes a source, and the list that is written names them again."""
    base, *_ = net
    path, written = tmp_path / "mine.opml", tmp_path / "out.opml"
    feed = f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}"
    path.write_text(
        f'<opml version="2.0"><body><outline text="Pod" xmlUrl="{base}/feed.xml"/>'
        f'<outline text="Chan" xmlUrl="{feed}"/></body></opml>',
        encoding="utf-8",
    )
    added = home.ask("source", "add", str(path))
    exported = home.run("source", "export", str(written))
    kinds = [line["source"]["kind"] for line in added["sources"]]
    assert kinds == ["feed", "youtube"]
    assert exported.returncode == 0, exported.stderr
    assert feed in written.read_text(encoding="utf-8")
