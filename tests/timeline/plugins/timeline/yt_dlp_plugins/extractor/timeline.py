"""Extractors for yt-dlp that answer for YouTube's addresses from a timeline server.

The base address comes as `--extractor-args timeline:base=http://127.0.0.1:PORT`.
"""

from typing import Any

from yt_dlp.extractor.common import InfoExtractor


class _TimelineIE(InfoExtractor):
    IE_NAME = "timeline"

    def _ask(self, path: str, item_id: str) -> dict[str, Any]:
        base = self._configuration_arg("base", ie_key="timeline", casesense=True)[0]
        return self._download_json(f"{base}{path}", item_id, note=False)


class TimelineVideoIE(_TimelineIE):
    """One video."""

    IE_NAME = "timeline"
    _VALID_URL = r"https?://(?:www\.)?youtube\.com/watch\?v=(?P<id>[\w-]{11})$"

    def _real_extract(self, url: str) -> dict[str, Any]:
        video_id = self._match_id(url)
        told = self._ask(f"/video/{video_id}", video_id)
        if told.get("crash"):
            raise RuntimeError(told["crash"])
        info = told["info"]
        if told.get("fault"):
            self.raise_no_formats(told["fault"], expected=True, video_id=video_id)
        return {"formats": [], **info, "id": video_id, "extractor_key": "Youtube"}


class TimelineListIE(_TimelineIE):
    """A channel, a handle or a playlist."""

    IE_NAME = "timeline:list"
    _VALID_URL = (
        r"https?://(?:www\.)?youtube\.com/"
        r"(?:playlist\?list=|channel/|c/|user/)?(?P<id>@?[\w-]+)$"
    )

    def _real_extract(self, url: str) -> dict[str, Any]:
        list_id = self._match_id(url)
        told = self._ask(f"/list/{list_id}", list_id)
        if told.get("fault"):
            self.raise_no_formats(told["fault"], expected=True, video_id=list_id)
        entries = [
            {
                "_type": "url",
                "ie_key": "Youtube",
                "url": f"https://www.youtube.com/watch?v={entry['id']}",
                **entry,
            }
            for entry in told["entries"]
        ]
        about = {key: told[key] for key in ("title", "channel", "channel_id")}
        return self.playlist_result(entries, list_id, told["title"], **about)
