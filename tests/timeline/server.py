"""Serves a world on loopback, to the real yt-dlp through its plugin and to readers of feeds."""

from __future__ import annotations

import json
import shlex
import sys
import threading
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.timeline.world import Captions, Channel, Video, World

PLUGINS = Path(__file__).resolve().parent / "plugins"
_FEED_ENTRIES = 15


@contextmanager
def started(world: World) -> Iterator[str]:
    """Serve `world` while the body runs; yields the address, such as `http://127.0.0.1:41234`."""

    class Handler(_Handler):
        served = world

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def command(base: str) -> str:
    """Return the value of FOOTNOTED_YTDLP_COMMAND that asks `base` for YouTube's addresses."""
    words = [sys.executable, "-m", "yt_dlp", "--plugin-dirs", str(PLUGINS)]
    return shlex.join([*words, "--extractor-args", f"timeline:base={base}"])


class _Handler(BaseHTTPRequestHandler):
    served: World

    def do_GET(self) -> None:
        """Answer from the world as it is now."""
        parts = urlsplit(self.path)
        self.served.requests.append(self.path)
        segments = parts.path.strip("/").split("/")
        match segments:
            case ["video", video_id]:
                self._json(self._video(video_id))
            case ["list", name]:
                self._json(self._list(name))
            case ["captions", video_id, file]:
                self._captions(video_id, file)
            case ["sound", _]:
                self._send(200, "audio/wav", self.served.sound)
            case ["feeds", "videos.xml"]:
                self._feed((parse_qs(parts.query).get("channel_id") or [""])[0])
            case _:
                self._send(404, "text/plain", b"nothing here")

    def do_POST(self) -> None:
        """Turn the clock: `{"now": "2026-03-01T12:00:00+00:00"}`."""
        length = int(self.headers.get("Content-Length") or 0)
        told = json.loads(self.rfile.read(length))
        self.served.now = datetime.fromisoformat(told["now"])
        self._send(204, "text/plain", b"")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Keep quiet."""

    def _base(self) -> str:
        return f"http://{self.headers['Host']}"

    def _video(self, video_id: str) -> dict[str, Any]:
        video = self.served.video(video_id)
        if video is None:
            return {"fault": "Video unavailable. This video does not exist", "info": {}}
        phase = video.phase(self.served.now)
        if phase.fault is not None and phase.fault.startswith("HTTP Error"):
            self._send(int(phase.fault.split()[2]), "text/plain", b"")
            return {}
        info = _info(video, self._base(), self.served.now)
        return {"fault": phase.fault, "crash": phase.crash, "info": info}

    def _list(self, name: str) -> dict[str, Any]:
        channel = self.served.channel(name)
        if channel is None or channel.fault is not None:
            why = (
                channel.fault
                if channel is not None
                else "YouTube said: The playlist does not exist."
            )
            return {"fault": why, "title": None, "channel": None, "channel_id": None}
        return {
            "title": f"Uploads from {channel.name}",
            "channel": channel.name,
            "channel_id": channel.channel_id,
            "entries": [_entry(video, channel) for video in _out(channel, self.served)],
        }

    def _captions(self, video_id: str, file: str) -> None:
        video = self.served.video(video_id)
        tracks = video.phase(self.served.now).captions if video is not None else ()
        kind, _, key = file.removesuffix(".vtt").partition("-")
        for track in tracks:
            if track.key == key and track.is_auto == (kind == "auto"):
                self._send(200, "text/vtt", _vtt(track))
                return
        self._send(404, "text/plain", b"no such captions")

    def _feed(self, channel_id: str) -> None:
        channel = self.served.channel(channel_id)
        if channel is None or channel.feed_status != 200:
            status = 404 if channel is None else channel.feed_status
            self._send(status, "text/html", b"<html>Error</html>")
            return
        videos = _out(channel, self.served)[:_FEED_ENTRIES]
        body = _atom(channel, videos)
        etag = f'"{len(videos)}-{hash(body) & 0xFFFFFFFF:x}"'
        if self.headers.get("If-None-Match") == etag:
            self._send(304, "text/xml", b"", etag)
        else:
            self._send(200, "text/xml; charset=utf-8", body, etag)

    def _json(self, told: dict[str, Any]) -> None:
        if told:
            self._send(200, "application/json", json.dumps(told).encode())

    def _send(self, status: int, kind: str, body: bytes, etag: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if etag is not None:
            self.send_header("ETag", etag)
        self.end_headers()
        self.wfile.write(body)


def _out(channel: Channel, world: World) -> list[Video]:
    """Return the videos that are out or announced, and not hidden."""
    return [
        video
        for video in channel.videos
        if video.phases[0].from_at <= world.now and video.phase(world.now).fault is None
    ]


def _info(video: Video, base: str, now: datetime) -> dict[str, Any]:
    phase = video.phase(now)
    listed: dict[str, dict[str, Any]] = {"automatic_captions": {}, "subtitles": {}}
    for track in phase.captions:
        name, kind = ("automatic_captions", "auto") if track.is_auto else ("subtitles", "manual")
        url = f"{base}/captions/{video.video_id}/{kind}-{track.key}.vtt"
        listed[name][track.key] = [{"ext": "vtt", "url": url}]
    sound = {"format_id": "140", "ext": "wav", "acodec": "pcm_s16le", "vcodec": "none"}
    formats = [{**sound, "url": f"{base}/sound/{video.video_id}.wav"}] if phase.can_play else []
    return {
        "title": video.title,
        "timestamp": int(video.published_at.timestamp()),
        "duration": video.duration_s,
        "language": video.language,
        "live_status": "not_live",
        "availability": "public",
        "formats": formats,
        **listed,
        **phase.info,
    }


def _entry(video: Video, channel: Channel) -> dict[str, Any]:
    return {
        "id": video.video_id,
        "title": video.title,
        "duration": video.duration_s,
        "channel": channel.name,
        "channel_id": channel.channel_id,
    }


def _vtt(track: Captions) -> bytes:
    lines = ["WEBVTT", ""]
    for start_s, text in track.cues:
        lines += [f"{_clock(start_s)} --> {_clock(start_s + 3)}", text, ""]
    return "\n".join(lines).encode()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"00:{int(minutes):02}:{rest:06.3f}"


def _atom(channel: Channel, videos: list[Video]) -> bytes:
    spaces = (
        'xmlns:yt="http://www.youtube.com/xml/schemas/2015"'
        ' xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom"'
    )
    entries = "".join(
        f"<entry><id>yt:video:{video.video_id}</id><yt:videoId>{video.video_id}</yt:videoId>"
        f"<title>{escape(video.title)}</title>"
        f'<link rel="alternate" href="https://www.youtube.com/watch?v={video.video_id}"/>'
        f"<author><name>{escape(channel.name)}</name></author>"
        f"<published>{video.published_at.isoformat()}</published>"
        f"<updated>{video.published_at.isoformat()}</updated></entry>"
        for video in videos
    )
    head = (
        f"<title>{escape(channel.name)}</title><author><name>{escape(channel.name)}</name></author>"
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><feed {spaces}>{head}{entries}</feed>'.encode()
