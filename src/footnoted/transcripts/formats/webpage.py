"""Transcripts as web pages: the podcast namespace's `<cite>`, `<time>` and `<p>`.

https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/transcripts/transcripts.md
describes them. They become stamped lines and are read as such.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

from footnoted.model.transcript import TranscriptFormat
from footnoted.transcripts.formats.plain import read_plain

if TYPE_CHECKING:
    from footnoted.transcripts.reading import Reading

_BLOCKS = frozenset({"p", "div", "br", "li", "h1", "h2", "h3", "cite", "time", "tr"})
_SILENT = frozenset({"script", "style", "head", "nav", "footer", "title"})


def read_webpage(text: str) -> Reading:
    """Return the raw cues of an HTML transcript, speakers from `<cite>`, times from `<time>`."""
    page = _Page()
    page.feed(text)
    page.close()
    return read_plain("\n".join(page.lines()), as_format=TranscriptFormat.PODCAST_HTML)


class _Page(HTMLParser):
    """Collects the words of a page block by block, each `<time>` headed by its `<cite>`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._words: list[str] = []
        self._speaker = ""
        self._silent_depth = 0

    def lines(self) -> list[str]:
        """Return what was collected."""
        self._end_block("")
        return self._lines

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, or the silence of what is no text."""
        del attrs
        self._silent_depth += tag in _SILENT
        if tag in _BLOCKS:
            self._end_block("")

    def handle_endtag(self, tag: str) -> None:
        """End a block and remember whose it is."""
        self._silent_depth = max(0, self._silent_depth - (tag in _SILENT))
        if tag in _BLOCKS:
            self._end_block(tag)

    def handle_data(self, data: str) -> None:
        """Collect words."""
        if not self._silent_depth:
            self._words.append(data)

    def _end_block(self, tag: str) -> None:
        words = " ".join("".join(self._words).split())
        self._words = []
        if not words:
            return
        if tag == "cite":
            self._speaker = words.removesuffix(":").strip()
        elif tag == "time":
            self._lines.append(f"{self._speaker} ({words})" if self._speaker else f"[{words}]")
            self._speaker = ""
        else:
            self._lines.append(f"{self._speaker}: {words}" if self._speaker else words)
            self._speaker = ""
