"""Text that people wrote into feeds: HTML or not, reduced to lines of words."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from footnoted.db.texts import storable
from footnoted.sources.feeds.feed import MAX_LINE_CHARS, MAX_TEXT_CHARS

_MAX_MARKUP_CHARS = 5 * MAX_TEXT_CHARS
_MARKUP = re.compile(r"<[A-Za-z/!]|&(?:#\w+|\w+);")
_BREAKING = {"br", "p", "div", "li", "ul", "ol", "tr", "table", "blockquote", "h1", "h2", "h3"}
_SILENT = {"script", "style", "template"}
_BLANK_LINES = re.compile(r"\n\s*\n\s*")
_SPACES = re.compile(r"[^\S\n]+")


def line_of(raw: object, most: int = MAX_LINE_CHARS) -> str | None:
    """Return one line of words, at most `most` characters; blank and what is no text are None."""
    if not isinstance(raw, str):
        return None
    words = " ".join(_words(raw).split())
    return _cut(words, most) or None


def plain_line_of(raw: object, most: int = MAX_LINE_CHARS) -> str | None:
    """Return one line of text that is no HTML: `Tom & <Jerry>` stays as it is."""
    if not isinstance(raw, str):
        return None
    return _cut(" ".join(storable(raw[:_MAX_MARKUP_CHARS]).split()), most) or None


def text_of(raw: object) -> str | None:
    """Return words with their line breaks, bounded; blank and what is no text are None."""
    if not isinstance(raw, str):
        return None
    lines = _SPACES.sub(" ", _words(raw)).strip()
    return _cut(_BLANK_LINES.sub("\n\n", lines), MAX_TEXT_CHARS) or None


def _words(raw: str) -> str:
    text = raw[:_MAX_MARKUP_CHARS]
    if _MARKUP.search(text):
        reader = _Words()
        reader.feed(text)
        reader.close()
        text = "".join(reader.pieces)
    return storable(text)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


class _Words(HTMLParser):
    """Gathers what a reader of the page would read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the base class's signature
        """Break the line where the page would."""
        self._silent += tag in _SILENT
        if tag in _BREAKING:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Break the line where the page would."""
        self._silent = max(0, self._silent - (tag in _SILENT))
        if tag in _BREAKING:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        """Keep what is shown."""
        if not self._silent:
            self.pieces.append(data)
