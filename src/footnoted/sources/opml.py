"""Lists of feeds as OPML (http://opml.org/spec2.opml), which podcast programs write and read.

Reading is as tolerant as programs are careless: where the XML is broken, the outlines that can be
told are taken one by one.
"""

from __future__ import annotations

import html
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from xml.etree.ElementTree import Element, ParseError, SubElement, indent, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from footnoted.db.texts import storable
from footnoted.errors import UsageError
from footnoted.sources.contents import read_small
from footnoted.sources.feeds.addresses import absolute_url
from footnoted.sources.feeds.prose import plain_line_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MAX_OPML_BYTES = 10 * 2**20
MAX_OUTLINES = 20_000

_OUTLINE = re.compile(r"<outline\b([^<>]{1,20000})", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([A-Za-z:]{1,40})\s{0,9}=\s{0,9}(\"[^\"]*\"|'[^']*')")
_SIGNS = re.compile(rb"<(?:opml|outline)\b", re.IGNORECASE)
_ENTITY = re.compile(rb"<!ENTITY\b", re.IGNORECASE)
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Outline(NamedTuple):
    """A feed in a list: what it is called, where it is, and the page about it."""

    title: str | None
    xml_url: str
    html_url: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A followed source as a list names it."""

    title: str
    xml_url: str
    html_url: str | None = None


@dataclass(frozen=True, slots=True)
class FeedList:
    """The feeds of a list in its order, each once; `unusable` are addresses of no web page."""

    feeds: tuple[Outline, ...]
    unusable: tuple[str, ...] = ()


def is_list(path: str) -> bool:
    """Return whether a file is a list of feeds: by its name, and as any XML by what is in it."""
    suffix = os.path.splitext(path)[1].lower()  # noqa: PTH122 - odd names, see contents.py
    if suffix != ".xml":
        return suffix == ".opml"
    try:
        data = read_small(path, MAX_OPML_BYTES)
    except OSError:
        return False
    return _SIGNS.search(data.replace(b"\0", b"")) is not None


def read_opml(data: bytes) -> FeedList:
    """Return what an OPML file lists at any depth.

    Raises UsageError for what is no OPML, defines XML entities, or is too large.
    """
    narrow = data.replace(b"\0", b"")  # UTF-16 becomes ASCII
    if len(data) > MAX_OPML_BYTES:
        message = f"the list of feeds has more than {MAX_OPML_BYTES // 2**20} MiB"
        raise UsageError(message)
    if _ENTITY.search(narrow):
        message = "the list of feeds defines XML entities, which can be made to explode"
        raise UsageError(message)
    if not _SIGNS.search(narrow):
        message = "this is no list of feeds: there is no <opml> and no <outline> in it"
        raise UsageError(message)
    found: dict[str, Outline] = {}
    unusable: dict[str, None] = {}
    for attributes in _outlines(data):
        stated = {name.lower(): value for name, value in attributes.items()}
        address = stated.get("xmlurl", "").strip()
        outline = _outline_of(address, stated)
        if outline is not None:
            found.setdefault(outline.xml_url, outline)
        elif address:
            unusable[address] = None
        if len(found) + len(unusable) > MAX_OUTLINES:
            message = f"the list of feeds has more than {MAX_OUTLINES:,} feeds"
            raise UsageError(message)
    return FeedList(tuple(found.values()), tuple(unusable))


def write_opml(sources: Iterable[Listed], title: str = "footnoted") -> bytes:
    """Return an OPML 2.0 file that lists `sources` in their order."""
    root = Element("opml", version="2.0")
    head, body = SubElement(root, "head"), SubElement(root, "body")
    SubElement(head, "title").text = _written(title)
    for source in sources:
        name = _written(source.title)
        stated = {"type": "rss", "text": name, "title": name, "xmlUrl": _written(source.xml_url)}
        if source.html_url is not None:
            stated["htmlUrl"] = _written(source.html_url)
        SubElement(body, "outline", stated)
    indent(root)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _written(text: str) -> str:
    """Return text as XML can hold it."""
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", storable(text))


def _outlines(data: bytes) -> Iterator[Mapping[str, str]]:
    try:
        root = fromstring(data)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        yield from _broken_outlines(data)
        return
    for element in root.iter():
        if element.tag.rpartition("}")[2].lower() == "outline":
            yield element.attrib


def _broken_outlines(data: bytes) -> Iterator[Mapping[str, str]]:
    """Yield the attributes of whatever looks like an outline."""
    is_wide = data[:2] in {b"\xff\xfe", b"\xfe\xff"}
    text = data.decode("utf-16" if is_wide else "utf-8", "replace")
    for found in _OUTLINE.finditer(text):
        pairs = _ATTRIBUTE.findall(found[1])
        yield {name: html.unescape(quoted[1:-1]) for name, quoted in pairs}


def _outline_of(address: str, stated: Mapping[str, str]) -> Outline | None:
    """Return the feed at an address; None for a folder, and for what is no web address."""
    plain = re.sub(r"^feed:(?://)?(?=https?:)", "", address)
    url = absolute_url("", re.sub(r"^feed://", "http://", plain))
    if url is None:
        return None
    return Outline(
        title=plain_line_of(stated.get("title")) or plain_line_of(stated.get("text")),
        xml_url=url,
        html_url=absolute_url("", stated.get("htmlurl")),
    )
