"""A yt-dlp that answers from a table: the port `YtDlp` without a program."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from footnoted.fetch.ytdlp.answers import entries_of
from footnoted.fetch.ytdlp.faults import Fault, FaultKind
from footnoted.fetch.ytdlp.port import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from footnoted.fetch.ytdlp.port import CaptionsRequest

NO_CAPTIONS = Fault(FaultKind.NO_SUCH_FORMAT, "There are no subtitles for the requested languages")


def said(info: Mapping[str, Any], fault: Fault | None = None) -> Answer:
    """Return an answer as the program would give it."""
    return Answer(json.dumps(info).encode() if info else b"", info, fault)


@dataclass
class FakeYtDlp:
    """Answers by address; `tracks` are caption files by their key. Remembers what was asked.

    An exception in a table is raised.
    """

    items: dict[str, Answer | Exception] = field(default_factory=dict[str, Answer | Exception])
    lists: dict[str, Answer | Exception] = field(default_factory=dict[str, Answer | Exception])
    tracks: dict[str, bytes | Fault] = field(default_factory=dict[str, bytes | Fault])
    sound: bytes | Fault = b"sound"
    asked: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    limits: list[int | None] = field(default_factory=list[int | None])

    async def describe(self, url: str) -> Answer:
        """Return what the table says of an item."""
        self.asked.append(("describe", url))
        return _out(self.items, url)

    async def listing(self, url: str, limit: int | None) -> Answer:
        """Return what the table says of a place."""
        self.asked.append(("listing", url))
        self.limits.append(limit)
        found = _out(self.lists, url)
        if limit is None or found.fault is not None:
            return found
        return said({**found.info, "entries": entries_of(found.info)[:limit]})

    async def captions(self, request: CaptionsRequest, into: Path) -> Path | Fault:
        """Write a track of the table into the folder."""
        self.asked.append(("captions", request.language))
        return await _put(self.tracks.get(request.language, NO_CAPTIONS), into / "captions.vtt")

    async def audio(self, url: str, into: Path, max_bytes: int) -> Path | Fault:
        """Write the sound into the folder."""
        assert max_bytes > 0
        self.asked.append(("audio", url))
        return await _put(self.sound, into / "audio.webm")


def _out(table: dict[str, Answer | Exception], url: str) -> Answer:
    found = table.get(url, said({}, Fault(FaultKind.PLACE_GONE, "it does not exist")))
    if isinstance(found, Exception):
        raise found
    return found


async def _put(content: bytes | Fault, file: Path) -> Path | Fault:
    if isinstance(content, Fault):
        return content
    await asyncio.to_thread(file.parent.mkdir, parents=True, exist_ok=True)
    await asyncio.to_thread(file.write_bytes, content)
    return file
