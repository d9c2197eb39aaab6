"""The embedded index: a Qdrant Edge shard in this process, behind one thread.

A shard belongs to one process, so the folder is locked first. Every call runs on one worker
thread: the shard is never used twice at once and the event loop never waits for it. A rebuild
fills a new generation on the same thread, batch by batch, so that queries run in between, and
switches by renaming a file. A child process would be no better at that: lexical points take 0.2 ms
each, nearly all of it outside the interpreter lock in slices of a few milliseconds.

    writes -> some thousands are young -> a child process makes a compacted copy -> switch

What was written lies in memory until it is compacted. `optimize()`, which does that, holds the
interpreter lock and memory of its own throughout, so it runs in a child process on a copy. Queries
go on meanwhile and writes wait, so the copy misses nothing.

It is derived data: what cannot be opened is set aside and an empty shard takes its place, and
`was_recreated` tells the caller to fill it again from PostgreSQL.
"""

from __future__ import annotations

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from footnoted.errors import FootnotedError, TransientError
from footnoted.search.compaction import compact, disk_bytes
from footnoted.search.edge_shard import Shard
from footnoted.search.generations import Generations
from footnoted.search.layout import WORDS_ONLY, Layout, NoVectors
from footnoted.search.points import Written
from footnoted.search.points import batches as in_batches
from footnoted.search.terms import ANALYSIS_VERSION
from footnoted.telemetry import COMPACTION_FAILED, INDEX_COMPACTED, get_logger

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path
    from uuid import UUID

    from footnoted.search.layout import VectorSource
    from footnoted.search.points import PointData
    from footnoted.search.port import Document, Hit, Near, Query

T = TypeVar("T")

_RETRY_AFTER_S = 5.0
_MIB = 2**20
_ROOM_BYTES = 64 * _MIB
"""The files of a shard are full of holes, and a batch of documents fills a few MiB of them."""
_RUST_PANIC = "PanicException"
_NOT_THE_FILES = (
    "Permission denied",
    "No space left",
    "Too many open files",
    "Cannot allocate memory",
    "WouldBlock",
)


@dataclass(slots=True)
class _Building:
    """A generation that is being filled; compacting it puts another shard in its place."""

    shard: Shard


class QdrantEdgeIndex:
    """A DenseIndex in `root`, which this object owns from `ensure_ready` until `close`."""

    def __init__(
        self, root: Path, layout: Layout = WORDS_ONLY, vectors: VectorSource | None = None
    ) -> None:
        """Use the folder `root`, which has one layout for ever; nothing is opened or created yet.

        `vectors` is where those of documents come from when they are written.
        """
        self._root = root
        self._layout = layout
        self._vectors = vectors or NoVectors()
        self._generations = Generations(root, version=ANALYSIS_VERSION)
        self._shard: Shard | None = None
        self._serving = root
        self._worker: ThreadPoolExecutor | None = None
        self._remaking = asyncio.Lock()
        self._writing = asyncio.Lock()
        self._was_recreated = False

    @property
    def was_recreated(self) -> bool:
        """Return whether an empty shard had to take the place of a missing or broken one."""
        return self._was_recreated

    async def ensure_ready(self) -> None:
        """Open the shard, or set a broken one aside and create an empty one.

        Raises:
            TransientError: another process holds the index, or the disk is full.
            ConfigurationError: the folder cannot be made or written.

        """
        await self._run(self._open)

    async def upsert(self, documents: Sequence[Document]) -> None:
        """Make these documents findable, replacing those with equal ids."""
        for batch in in_batches(documents):
            written = await self._with_vectors(batch)
            await self._write(partial(self._upsert, written))
        while await self._write(lambda: self._open().weigh_some_anew()):
            pass
        await self._keep_small()

    async def delete(self, document_ids: Sequence[UUID]) -> None:
        """Make these documents unfindable; unknown ids are fine."""
        if document_ids:
            await self._write(lambda: self._delete(document_ids))

    async def query(self, query: Query) -> list[Hit]:
        """Return the best hits, best first; ties in the order of ids."""
        return await self._run(lambda: self._open().query(query))

    async def nearest(self, near: Near) -> list[Hit]:
        """Return the documents whose vectors are most alike, best first; ties by id."""
        return await self._run(lambda: self._open().nearest(near))

    async def document_ids(self) -> set[UUID]:
        """Return the ids of everything in the index."""
        return await self._run(lambda: self._open().document_ids())

    async def mislabelled(self) -> set[UUID]:
        """Return the documents whose points carry the name of another spec, or none."""
        return await self._run(lambda: self._open().mislabelled(self._layout.spec))

    async def count_vectors(self, channel: str) -> int:
        """Return how many documents have a vector in a dense channel."""
        return await self._run(lambda: self._open().count_vectors(channel))

    async def points(self, document_ids: Sequence[UUID]) -> list[PointData]:
        """Return the points of those of the documents that have one."""
        return await self._run(lambda: self._open().points(document_ids))

    async def rebuild(self, batches: AsyncIterator[Sequence[Document]]) -> None:
        """Fill a new generation while the old one serves, then switch to it."""
        async with self._remaking:
            await self._run(self._open)
            self._expect_room()
            path = self._generations.fresh()
            building = _Building(await self._run(lambda: Shard.create(path, self._layout)))
            try:
                await self._fill(building, batches)
                self._expect_room()
                await self._run(lambda: self._switch(building.shard))
            except BaseException:
                await self._run(lambda: _discard(building.shard))
                raise

    async def close(self) -> None:
        """Close the shard, let another process have the folder, and end the thread."""
        if self._worker is not None:
            await self._run(self._release)
            self._worker.shutdown(wait=True)
            self._worker = None

    async def drop(self) -> None:
        """Close the index and remove its folder; others that lie in it go with it."""
        await self.close()
        await asyncio.to_thread(shutil.rmtree, self._root, ignore_errors=True)

    async def _with_vectors(self, documents: Sequence[Document]) -> Written:
        return Written(documents, self._layout, await self._vectors.vectors_of(documents))

    async def _fill(self, building: _Building, batches: AsyncIterator[Sequence[Document]]) -> None:
        async for documents in batches:
            for batch in in_batches(documents):
                self._expect_room()
                written = await self._with_vectors(batch)
                await self._run(partial(building.shard.upsert, written))
            await self._keep_building_small(building, fills=True)
        while await self._run(building.shard.weigh_some_anew):
            await self._keep_building_small(building, fills=True)
        await self._keep_building_small(building, fills=False)
        await self._run(building.shard.flush)

    async def _keep_building_small(self, building: _Building, *, fills: bool) -> None:
        grown = building.shard
        if grown.is_overgrown(fills=fills) and (compacted := await self._compacted(grown)):
            building.shard = compacted
            await self._run(lambda: _discard(grown))

    async def _keep_small(self) -> None:
        """Compact the serving shard when that is due and nothing else is being made."""
        if self._remaking.locked():
            return
        async with self._remaking, self._writing:
            shard = await self._run(self._open)
            if shard.is_overgrown() and (compacted := await self._compacted(shard)):
                await self._run(lambda: self._replace(shard, compacted))

    async def _compacted(self, shard: Shard) -> Shard | None:
        """Return a compacted copy of a shard nobody writes to, or None when that did not work.

        What was written is safe without it, so a failure is told, and is nobody's error.
        """
        try:
            copy = await self._compacted_copy(shard)
        except (TransientError, OSError) as error:
            shard.bear_more()
            get_logger().warning(COMPACTION_FAILED, why=str(error))
            return None
        get_logger().debug(INDEX_COMPACTED, documents=copy.size())
        return copy

    async def _compacted_copy(self, shard: Shard) -> Shard:
        await self._run(shard.flush)
        self._expect_room(2 * disk_bytes(shard.path) + _ROOM_BYTES)
        draft = self._generations.draft()
        try:
            failure = await compact(shard.path, draft, self._layout)
            if failure is not None:
                why = f"cannot be compacted: {failure}"
                raise self._away(why)
            path = self._generations.adopt(draft)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        try:
            return await self._run(lambda: self._loaded_copy(path, shard))
        except TransientError:
            shutil.rmtree(path, ignore_errors=True)
            raise

    def _loaded_copy(self, path: Path, shard: Shard) -> Shard:
        copy = Shard.load(path, self._layout)
        if copy.size() == shard.size():
            return copy
        why = f"has {shard.size()} documents, and its compacted copy {copy.size()}"
        copy.close()
        raise self._away(why)

    def _replace(self, shard: Shard, compacted: Shard) -> None:
        """Let the compacted copy serve, unless what it was made from does not serve any more."""
        if self._shard is shard:
            self._switch(compacted)
        else:
            _discard(compacted)

    async def _write(self, call: Callable[[], T]) -> T:
        """Return what a writing `call` returns; it waits while the shard is being copied."""
        async with self._writing:
            return await self._run(call)

    async def _run(self, call: Callable[[], T]) -> T:
        """Return what `call` returns on the worker thread, its errors in our words."""
        if self._worker is None:
            self._worker = ThreadPoolExecutor(1, thread_name_prefix="footnoted-index")
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._worker, call)
        except FootnotedError:
            raise
        except BaseException as error:
            if not _is_vendors(error):
                raise
            why = f"failed: {error}"
            raise self._away(why) from error

    def _upsert(self, written: Written) -> None:
        shard = self._open()
        self._expect_room()
        shard.upsert(written)

    def _delete(self, document_ids: Sequence[UUID]) -> None:
        shard = self._open()
        self._expect_room()
        shard.delete(document_ids)

    def _expect_room(self, needed: int = _ROOM_BYTES) -> None:
        """Raise TransientError on a disk that has not this many bytes left.

        The shard writes through memory maps: where the disk has no page for one, the kernel ends
        the process (SIGBUS, mmap(2)), so that must not be tried.
        """
        free = shutil.disk_usage(self._root).free
        if free < needed:
            why = f"needs {needed // _MIB} MiB of free disk, there are {free // _MIB}"
            raise self._away(why)

    def _open(self) -> Shard:
        if self._shard is not None and not self._serving.is_dir():
            self._forget()
        if self._shard is None:
            if not self._generations.acquire():
                why = "is held by another process; ask the daemon, or stop it first"
                raise self._away(why)
            self._expect_room()
            self._shard = self._load() or self._create()
        return self._shard

    def _forget(self) -> None:
        """Let go of a shard whose files somebody removed; what it still holds is lost with them."""
        shard, self._shard = self._shard, None
        self._generations.release()
        try:
            if shard is not None:
                shard.close()
        except BaseException as error:
            if not _is_vendors(error):
                raise

    def _load(self) -> Shard | None:
        """Return the current generation, or None when there is none that can be opened."""
        path = self._generations.current()
        if path is None:
            return None
        shard = None if self._generations.is_condemned() else self._try_loading(path)
        if shard is None:
            self._generations.set_aside(path)
        else:
            self._generations.note_opened()
            self._generations.sweep()
            self._serving = path
        return shard

    def _try_loading(self, path: Path) -> Shard | None:
        self._generations.note_opening()
        try:
            return Shard.load(path, self._layout)
        except BaseException as error:
            if not _is_vendors(error):
                raise
            if any(cause in str(error) for cause in _NOT_THE_FILES):
                self._generations.note_not_opened()
                why = f"cannot be opened: {error}"
                raise self._away(why) from error
            return None

    def _create(self) -> Shard:
        path = self._generations.fresh()
        shard = Shard.create(path, self._layout)
        self._generations.switch(path)
        self._generations.note_opened()
        self._serving = path
        self._was_recreated = True
        return shard

    def _switch(self, shard: Shard) -> None:
        old, self._shard = self._shard, shard
        self._serving = shard.path
        self._was_recreated = False
        if old is not None:
            old.close()
        self._generations.switch(shard.path)

    def _release(self) -> None:
        shard, self._shard = self._shard, None
        try:
            if shard is not None:
                shard.flush()
                shard.close()
                self._generations.note_closed()
        finally:
            self._generations.release()

    def _away(self, why: str) -> TransientError:
        return TransientError(
            f"The search index in {self._root} {why}.",
            wait_reason="index",
            retry_after_s=_RETRY_AFTER_S,
            concerns=str(self._root),
        )


def _is_vendors(error: BaseException) -> bool:
    """Return whether the shard raised it: a bare Exception, or a panic (a BaseException)."""
    return type(error) is Exception or type(error).__name__ == _RUST_PANIC


def _discard(shard: Shard) -> None:
    shard.close()
    shutil.rmtree(shard.path, ignore_errors=True)
