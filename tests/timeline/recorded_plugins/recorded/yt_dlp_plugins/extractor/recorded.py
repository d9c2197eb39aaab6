"""yt-dlp's own YouTube extractors, asking a server on loopback in the place of youtube.com.

The base address comes as `--extractor-args recorded:base=http://127.0.0.1:PORT`.
"""

from typing import Any
from urllib.parse import urlsplit

from yt_dlp.extractor.youtube import YoutubeIE, YoutubeTabIE
from yt_dlp.networking import Request


class _RecordedVideoIE(YoutubeIE, plugin_name="recorded"):
    def _request_webpage(self, asked: Any, *args: Any, **kwargs: Any) -> Any:
        return super()._request_webpage(_moved(self, asked), *args, **kwargs)


class _RecordedTabIE(YoutubeTabIE, plugin_name="recorded"):
    def _request_webpage(self, asked: Any, *args: Any, **kwargs: Any) -> Any:
        return super()._request_webpage(_moved(self, asked), *args, **kwargs)


def _moved(extractor: Any, asked: Any) -> Any:
    """Return what is asked, moved to the server on loopback."""
    base = extractor._configuration_arg("base", ie_key="recorded", casesense=True)[0]
    parts = urlsplit(asked.url if isinstance(asked, Request) else asked)
    moved = f"{base}{parts.path}?{parts.query}"
    if not isinstance(asked, Request):
        return moved
    asked.url = moved
    return asked
