"""Serves one recorded answer of YouTube's to yt-dlp's own YouTube extractor, on loopback."""

from __future__ import annotations

import json
import shlex
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PLUGINS = Path(__file__).resolve().parent / "recorded_plugins"
_CLIENT = {"clientName": "WEB", "clientVersion": "2.20260301.00.00", "hl": "en"}
_CONTEXT = json.dumps({"INNERTUBE_CONTEXT": {"client": _CLIENT}})
_PAGE = f"<html><script>ytcfg.set({_CONTEXT});</script>"


def read(path: Path) -> Any:
    """Return what was answered: of an exchange its body, of a reel its player's part."""
    found = json.loads(path.read_text(encoding="utf-8"))
    if "body" in found:
        found = json.loads(found["body"])
    return found.get("playerResponse", found)


@contextmanager
def answering(answer: Any) -> Iterator[str]:
    """Give every question of the player, and of lists, this answer; yields a yt-dlp command."""
    body = json.dumps(answer).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send("text/html", _PAGE.encode())

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self._send("application/json", body)

        def _send(self, kind: str, content: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield _command(f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _command(base: str) -> str:
    words = [sys.executable, "-m", "yt_dlp", "--plugin-dirs", str(PLUGINS)]
    return shlex.join([*words, "--extractor-args", f"recorded:base={base}"])
