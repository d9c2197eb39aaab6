"""A first look at the bytes of a feed: bombs are refused, and the podcast namespace is read.

feedparser keeps only the last of several `<podcast:transcript>` or `<podcast:person>` of an item,
so these are read here (https://podcasting2.org/docs/podcast-namespace). A feed that is not well-
formed is read as far as it is; the rest has what feedparser keeps.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.sax import SAXException, handler

from defusedxml.common import DefusedXmlException
from defusedxml.sax import parse

from footnoted.sources.feeds.feed import (
    FEED_TOO_LARGE,
    FEED_UNSAFE,
    MAX_ENTRIES,
    MAX_FEED_BYTES,
    MAX_LISTED,
    MAX_MARKS,
    UnreadableFeedError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from xml.sax.xmlreader import AttributesImpl

_ENTITIES = re.compile(rb"<!DOCTYPE\b[^>\[]*\[[^\]]*<!ENTITY\s", re.IGNORECASE)
_ENTRY = re.compile(rb"<(?:[A-Za-z]+:)?(?:item|entry)\b", re.IGNORECASE)
_NAMESPACE = re.compile(r"podcastindex\.org/namespace|podcast-namespace", re.IGNORECASE)
_USUAL_PREFIX = "podcast"
_ENTRY_NAMES = {"item", "entry"}
_MAX_NAME_CHARS = 200


@dataclass(slots=True)
class Said:
    """What the podcast namespace says of one entry, or of the whole feed.

    `name` is the GUID or title as it is written: it tells which entry this is about.
    """

    guid: str | None = None
    transcripts: list[Mapping[str, str]] = field(default_factory=list["Mapping[str, str]"])
    persons: list[Mapping[str, str]] = field(default_factory=list["Mapping[str, str]"])
    chapters_url: str | None = None
    season: str | None = None
    episode: str | None = None


@dataclass(slots=True)
class Survey:
    """What a first look finds: the name of the root, and what is said of feed and entries."""

    root: str | None = None
    feed: Said = field(default_factory=Said)
    entries: list[Said] = field(default_factory=list[Said])


def survey(data: bytes, url: str) -> Survey:
    """Return what the podcast namespace says, entry by entry.

    Raises UnreadableFeedError for a feed that defines entities or is too large.
    """
    _require_bounds(data, url)
    reader = _Reader()
    try:
        # A document type elsewhere (RSS 0.91 names one) is never fetched, so it may be named.
        parse(io.BytesIO(data), reader, forbid_entities=True, forbid_external=False)
    except DefusedXmlException:
        raise _unsafe(url) from None
    except (SAXException, ValueError, LookupError, OSError):
        pass  # not well-formed, or in an encoding that expat does not know
    return reader.found


def _require_bounds(data: bytes, url: str) -> None:
    if len(data) > MAX_FEED_BYTES:
        why = f"the feed has more than {MAX_FEED_BYTES // 2**20} MiB"
        raise UnreadableFeedError(url, why, failure_code=FEED_TOO_LARGE)
    narrow = data.replace(b"\0", b"")  # a bomb in UTF-16 does not hide behind a first odd byte
    if narrow.count(b"<") > MAX_MARKS:
        why = f"the feed has more than {MAX_MARKS:,} tags"
        raise UnreadableFeedError(url, why, failure_code=FEED_TOO_LARGE)
    if sum(1 for _ in _ENTRY.finditer(narrow)) > MAX_ENTRIES:
        why = f"the feed has more than {MAX_ENTRIES:,} entries"
        raise UnreadableFeedError(url, why, failure_code=FEED_TOO_LARGE)
    if _ENTITIES.search(narrow):
        raise _unsafe(url)


def _unsafe(url: str) -> UnreadableFeedError:
    why = "the feed defines XML entities, which no podcast needs and which can be made to explode"
    return UnreadableFeedError(url, why, failure_code=FEED_UNSAFE)


class _Reader(handler.ContentHandler):
    """Gathers the podcast namespace by qualified names: undeclared prefixes are common."""

    def __init__(self) -> None:
        super().__init__()
        self.found = Survey()
        self._prefixes = {_USUAL_PREFIX}
        self._path: list[str] = []
        self._entry: Said | None = None
        self._text: list[str] | None = None
        self._attributes: dict[str, str] = {}

    def startElement(self, name: str, attrs: AttributesImpl[str]) -> None:  # noqa: N802 - SAX's name
        """Note where the parser is, and what an element's attributes say."""
        attributes = {key.lower(): value for key, value in attrs.items()}
        for key, value in attributes.items():
            if key.startswith("xmlns:") and _NAMESPACE.search(value):
                self._prefixes.add(key.removeprefix("xmlns:"))
        local = name.lower()
        if not self._path:
            self.found.root = local
        if local in _ENTRY_NAMES and self._entry is None:
            self._entry = Said()
            self.found.entries.append(self._entry)
        self._path.append(local)
        self._attributes = attributes
        self._text = [] if self._wanted(local) else None
        self._note_address(self._term(local))

    def characters(self, content: str) -> None:
        """Keep the beginning of an element's text."""
        if self._text is not None and len(self._text) < _MAX_NAME_CHARS:
            self._text.append(content[:_MAX_NAME_CHARS])

    def endElement(self, name: str) -> None:  # noqa: N802 - SAX's name
        """Take the text of what was wanted."""
        local = name.lower()
        if self._path:
            self._path.pop()
        if self._text is not None:
            self._note_text(local, "".join(self._text).strip())
            self._text = None
        if local in _ENTRY_NAMES and self._is_top_entry():
            self._entry = None

    def _is_top_entry(self) -> bool:
        return not any(name in _ENTRY_NAMES for name in self._path)

    def _term(self, local: str) -> str | None:
        """Return the term of the podcast namespace that an element is."""
        prefix, _, term = local.rpartition(":")
        return term if prefix in self._prefixes else None

    def _wanted(self, local: str) -> bool:
        if self._term(local) in {"person", "season", "episode"}:
            return True
        parent = self._path[-2] if len(self._path) > 1 else ""
        return local in {"guid", "id"} and parent in _ENTRY_NAMES

    def _said(self) -> Said | None:
        """Return what the current element speaks of; nothing for a live item's own elements."""
        if any(name.endswith(":liveitem") for name in self._path):
            return None
        return self._entry or self.found.feed

    def _note_address(self, term: str | None) -> None:
        said = self._said() if term in {"transcript", "chapters"} else None
        if said is None:
            return
        if term == "chapters":
            said.chapters_url = said.chapters_url or self._attributes.get("url")
        elif len(said.transcripts) < MAX_LISTED:
            said.transcripts.append(self._attributes)

    def _note_text(self, local: str, text: str) -> None:
        said = self._said()
        if said is None or not text:
            return
        match self._term(local):
            case "person" if len(said.persons) < MAX_LISTED:
                said.persons.append({**self._attributes, "name": text})
            case "season":
                said.season = said.season or text
            case "episode":
                said.episode = said.episode or text
            case None if self._entry is not None:
                said.guid = said.guid or text
            case _:
                pass
