"""The chunks of a file, made by a thread of their own, one when it is asked for."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Self

from footnoted.transcripts.speech.cutting import cut
from footnoted.transcripts.speech.loudness import Loudness, loudness_of
from footnoted.transcripts.speech.recording import open_recording

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path
    from types import TracebackType

    from footnoted.transcripts.speech.port import AudioChunk, Reach


class MeasuredChunk(NamedTuple):
    """A chunk and how loud it is."""

    chunk: AudioChunk
    loudness: Loudness


@dataclass(slots=True)
class SourceFacts:
    """What was seen of a file so far: its length, how many chunks it gave, what was broken."""

    duration_ms: int = 0
    chunks: int = 0
    broken: int = 0


class ChunkSource:
    """An asynchronous iterator over a file's chunks, to be closed by leaving it."""

    def __init__(self, path: Path, reach: Reach) -> None:
        """Open nothing yet."""
        self.facts = SourceFacts()
        self._chunks = self._made(path, reach)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="audio")

    async def __aenter__(self) -> Self:
        """Return itself."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file when the block that is being decoded is done."""
        self._thread.submit(self._chunks.close)
        self._thread.shutdown(wait=False)

    def __aiter__(self) -> ChunkSource:
        """Return itself."""
        return self

    async def __anext__(self) -> MeasuredChunk:
        """Return the next chunk. Raises AudioUnreadableError."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._thread, next, self._chunks, None)
        if found is None:
            raise StopAsyncIteration
        return found

    def _made(self, path: Path, reach: Reach) -> Generator[MeasuredChunk]:
        with open_recording(path) as recording:
            for chunk in cut(recording.blocks(), reach):
                self.facts.chunks += 1
                self.facts.duration_ms = chunk.end_ms
                self.facts.broken = recording.broken
                yield MeasuredChunk(chunk, loudness_of(chunk.samples))
            self.facts.broken = recording.broken
