"""Taking a file that somebody brings: counted while it comes, judged by content, kept by hash.

    pieces -> the first bytes tell: a recording | perhaps a transcript | neither (refused)
    recording: straight to disk | transcript: into memory, small, and read to see that it is one
    -> on disk, hashed -> its place in the storage

Nothing is left behind when it fails, and the name it came with is only ever shown.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.errors import PermanentError
from footnoted.fetch.web.kinds import HEAD_BYTES, HTML, JSON, XML, Kind, sniff
from footnoted.fetch.web.partial import PartialFile, open_partial
from footnoted.sources.names import TRANSCRIPT_EXTENSIONS
from footnoted.sources.uploads.file_names import shown_name, suffix_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from footnoted.sources.uploads.storage import MediaStorage

    ReadsTranscript = Callable[[bytes, str], object]
    """Reads a transcript of a name; raises PermanentError where there is none in the bytes."""

UPLOAD_EMPTY = "upload_empty"
UPLOAD_TOO_LARGE = "upload_too_large"
UPLOAD_WRONG_TYPE = "upload_wrong_type"
UPLOAD_BROKEN_OFF = "upload_broken_off"
_MAY_BE_WORDS = frozenset({HTML.content_type, XML.content_type, JSON.content_type})
_ARCHIVE = "application/zip"  # a Word document is one
_PLAIN = Kind("text/plain", ".txt")


class UploadRefusedError(PermanentError):
    """What was brought is not taken.

    `failure_code` is one of `upload_empty`, `upload_too_large`, `upload_wrong_type` and
    `upload_broken_off`.
    """

    code = "upload_refused"


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """The largest recording and transcript, the longest silence and time of one upload."""

    max_media_bytes: int = 10 * 10**9
    max_transcript_bytes: int = 32 * 2**20
    idle_s: float = 60.0
    timeout_s: float = 6 * 3600.0


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was taken: where its content is kept, and the name it came with, to be shown.

    `is_new` says that the content was not there before.
    """

    sha256: str
    size_bytes: int
    path: Path
    name: str
    content_type: str
    is_media: bool
    is_new: bool


class UploadStore:
    """Takes files that come as streams."""

    def __init__(
        self, storage: MediaStorage, reads: ReadsTranscript, limits: UploadLimits | None = None
    ) -> None:
        """Keep files in `storage`; `reads` tells whether something is a transcript."""
        self._storage, self._reads = storage, reads
        self._limits = limits or UploadLimits()

    async def take(self, stream: AsyncIterator[bytes], name: str) -> Upload:
        """Return what was taken, when all of it is on disk.

        Raises UploadRefusedError, PermanentError where words cannot be read as a transcript,
        StorageFullError where there is no room, OSError when the disk fails.
        """
        await self._storage.require_room()
        async with self._storage.work() as folder, open_partial(folder) as (path, partial):
            intake = _Intake(self._storage, partial, self._limits, shown_name(name))
            try:
                kind = await self._judge(intake, await intake.receive(stream))
                await partial.settle()
                kept = await self._storage.keep(path, partial.sha256, kind.suffix)
            except BaseException:
                self._storage.grow(-intake.counted_bytes)
                raise
            if not kept.is_new:
                self._storage.grow(-intake.counted_bytes)
            return Upload(
                sha256=partial.sha256,
                size_bytes=partial.size_bytes,
                path=kept.path,
                name=intake.name,
                content_type=kind.content_type,
                is_media=kind.is_media,
                is_new=kept.is_new,
            )

    async def _judge(self, intake: _Intake, kind: Kind) -> Kind:
        """Return what it is, with the ending its file gets. Raises PermanentError."""
        if kind.is_media:
            return kind
        await asyncio.to_thread(self._reads, bytes(intake.words), intake.name)
        suffix = suffix_of(intake.name)
        is_known = suffix.removeprefix(".") in TRANSCRIPT_EXTENSIONS
        return Kind(kind.content_type, suffix if is_known else ".txt")


class _Intake:
    """One stream on its way in. `words` is all of it where it is no recording."""

    def __init__(
        self, storage: MediaStorage, partial: PartialFile, limits: UploadLimits, name: str
    ) -> None:
        self.name, self.words, self.counted_bytes = name, bytearray(), 0
        self._storage, self._partial, self._limits = storage, partial, limits
        self._kind: Kind | None = None

    async def receive(self, stream: AsyncIterator[bytes]) -> Kind:
        """Return what came, all of it written. Raises UploadRefusedError, StorageFullError."""
        try:
            async with asyncio.timeout(self._limits.timeout_s):
                while (piece := await self._next(stream)) is not None:
                    await self._take(piece)
        except TimeoutError:
            message = f"{self.name}: it did not come in time"
            raise UploadRefusedError(message, failure_code=UPLOAD_BROKEN_OFF) from None
        if self.counted_bytes == 0:
            message = f"{self.name}: there is nothing in it"
            raise UploadRefusedError(message, failure_code=UPLOAD_EMPTY)
        return self._kind or self._kind_of(bytes(self.words))

    async def _next(self, stream: AsyncIterator[bytes]) -> bytes | None:
        async with asyncio.timeout(self._limits.idle_s):
            return await anext(stream, None)

    async def _take(self, piece: bytes) -> None:
        limits = self._limits
        is_media = self._kind is not None and self._kind.is_media
        if self._kind is None or not is_media:
            self.words += piece
            if self._kind is None and len(self.words) >= HEAD_BYTES:
                self._kind = self._kind_of(bytes(self.words[:HEAD_BYTES]))
                is_media = self._kind.is_media
                self.words = bytearray() if is_media else self.words
        most = limits.max_media_bytes if is_media else limits.max_transcript_bytes
        if self.counted_bytes + len(piece) > most:
            what = "a recording" if is_media else "a transcript"
            message = f"{self.name}: {what} may have {most / 1e6:,.0f} MB at most"
            raise UploadRefusedError(message, failure_code=UPLOAD_TOO_LARGE)
        self._storage.grow(len(piece))
        self.counted_bytes += len(piece)
        await self._partial.write(piece)

    def _kind_of(self, head: bytes) -> Kind:
        found = sniff(head) or _PLAIN
        may_be_words = found == _PLAIN or found.content_type in {*_MAY_BE_WORDS, _ARCHIVE}
        if not found.is_media and not may_be_words:
            kind = found.content_type
            message = f"{self.name}: it is {kind}, neither a recording nor a transcript"
            raise UploadRefusedError(message, failure_code=UPLOAD_WRONG_TYPE)
        return found
