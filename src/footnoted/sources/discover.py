"""One-offs: files and folders taken once (`footnoted add`), and transcripts given to a recording.

    paths -> look -> record -> look again for what is left or was still being written

A one-off has no source: nothing looks at it again unless it is added again.
"""

from __future__ import annotations

import asyncio
import os
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from footnoted.errors import UsageError
from footnoted.model.path import stored_path
from footnoted.model.transcript import TranscriptOrigin
from footnoted.sources.globs import is_glob, read_target
from footnoted.sources.port import (
    FileRole,
    Scan,
    ScanLimits,
    ScanRequest,
    SourceUnreachableError,
)
from footnoted.sources.record import NOTHING_TOLD, Origin, Recorded, Told, record
from footnoted.sources.recordings import store
from footnoted.sources.videos import store as videos

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.sources.port import KnownFile, Scanner

_LOOKS_AT_UNSETTLED = 3
_MARGIN_S = 0.5


@dataclass(frozen=True, slots=True)
class AddReport:
    """What became of added paths, counted in recordings.

    `ignored` are paths not taken, with the reason; `problems` are sentences about sidecars and
    files that could not be used as they should.
    """

    added: int
    known: int
    changed: int
    renamed: int
    copied: int
    ignored: tuple[tuple[str, str], ...]
    problems: tuple[str, ...]
    media_ids: tuple[int, ...]

    def and_items(self, new: Sequence[int], known: Sequence[int]) -> AddReport:
        """Return the report with recordings that were taken by their addresses."""
        return replace(
            self,
            added=self.added + len(new),
            known=self.known + len(known),
            media_ids=(*self.media_ids, *new),
        )


NOTHING_ADDED = AddReport(0, 0, 0, 0, 0, (), (), ())
"""The report of having added nothing."""


@dataclass(slots=True)
class _Adding:
    """One `add` in progress, over as many looks as it takes."""

    database: Database
    scanner: Scanner
    clock: Clock
    origin: Origin
    limits: ScanLimits
    targets: list[str]
    total: Recorded = field(default_factory=Recorded)
    places: store.Places = field(default_factory=lambda: store.Places((), ()))
    seen: int = 0
    known_count: int = -1
    ignored: dict[str, str] = field(default_factory=dict[str, str])
    problems: dict[str, None] = field(default_factory=dict[str, None])

    async def run(self) -> None:
        unsettled_looks = 0
        while self.targets:
            known_before = self.known_count
            scan = await self._look()
            if scan is None:
                continue
            await self._record(scan)
            if scan.is_partial and self.known_count > known_before:
                continue
            if not scan.unsettled:
                return
            unsettled_looks += 1
            if unsettled_looks == _LOOKS_AT_UNSETTLED:
                self.ignored |= dict.fromkeys(scan.unsettled, "it is still being written")
                return
            await self.clock.sleep(self.limits.settle_s + _MARGIN_S)

    async def _look(self) -> Scan | None:
        """Return what is there now, or None after leaving out a folder that is away."""
        self.places = await asyncio.to_thread(_places, self.targets)
        async with self.database.transaction() as session:
            known = await store.known_files(session, self.places, self.origin.profiles, None)
        self.known_count = len(known)
        try:
            scan = await look(self.scanner, self._request(known))
        except SourceUnreachableError as error:
            away = error.concerns or ""
            self.ignored[stored_path(away)] = stored_path(error.message.removeprefix(f"{away}: "))
            self.targets = [path for path in self.targets if read_target(path).root != away]
            return None
        self.seen = scan.unchanged + len(scan.found)
        self.ignored |= {item.path: item.reason for item in scan.ignored}
        self.problems |= dict.fromkeys(map(str, scan.problems))
        return scan

    def _request(self, known: Mapping[str, KnownFile]) -> ScanRequest:
        now_ns = int(self.clock.now().timestamp() * 1e9)
        return ScanRequest(self.targets, known, now_ns, self.limits)

    async def _record(self, scan: Scan) -> None:
        """Write the look. Equal content at a path that is gone has moved from there."""
        contents = _contents(scan)
        async with self.database.transaction() as session:
            elsewhere = await store.paths_of_contents(session, contents)
        gone = await asyncio.to_thread(self.scanner.gone, elsewhere)
        scan = scan.model_copy(update={"missing": tuple({*scan.missing, *gone})})
        async with self.database.transaction() as session:
            recorded = await record(session, scan, self.origin, self.clock.now())
            if not scan.is_partial:
                await videos.wake_found(session, *self.places, self.clock.now())
            await videos.notify_work(session)
        for name in ("added", "changed", "renamed", "copied"):
            setattr(self.total, name, getattr(self.total, name) + getattr(recorded, name))
        self.total.media_ids += recorded.media_ids

    def report(self) -> AddReport:
        total = self.total
        news = total.added + total.changed + total.renamed + total.copied
        return AddReport(
            total.added,
            max(0, self.seen - news),
            total.changed,
            total.renamed,
            total.copied,
            tuple(sorted(self.ignored.items())),
            tuple(self.problems),
            tuple(dict.fromkeys(total.media_ids)),
        )


def _places(targets: Iterable[str]) -> store.Places:
    files: list[str] = []
    folders: list[str] = []
    for target in targets:
        is_file = os.path.isfile(target)  # noqa: PTH113 - odd names, see contents.py
        (files if is_file else folders).append(stored_path(read_target(target).root))
    return store.Places(files, list(dict.fromkeys(folders)))


def _contents(scan: Scan) -> list[str]:
    files = (file for media in scan.found for file in media.files)
    return sorted({file.sha256 for file in files if file.role is not FileRole.METADATA})


async def look(scanner: Scanner, request: ScanRequest) -> Scan:
    """Return what the scanner sees, looking from a thread that ends when the caller is cancelled.

    Raises SourceUnreachableError when a target is away.
    """
    stop = threading.Event()
    asked = ScanRequest(request.targets, request.known, request.now_ns, request.limits, stop.is_set)
    try:
        return await asyncio.to_thread(scanner.scan, asked)
    finally:
        stop.set()  # a thread outlives the task that waits for it; this one shall not


async def add_paths(  # noqa: PLR0913 - who, where, what, for which profiles, by whom, and when
    database: Database,
    scanner: Scanner,
    paths: Sequence[Path],
    profiles: Sequence[str],
    *,
    clock: Clock,
    told: Told = NOTHING_TOLD,
    settle_s: float = 2.0,
) -> AddReport:
    """Take files, folders and globs once, and return what became of them.

    `told` is what holds where no sidecar says anything. Files written less than `settle_s` ago are
    waited for, three times at most.
    """
    origin = Origin.by_hand(profiles, told)
    targets, absent = await asyncio.to_thread(_targets, paths)
    limits = ScanLimits(settle_s=settle_s, max_named=10_000)
    adding = _Adding(database, scanner, clock, origin, limits, targets)
    adding.ignored |= {stored_path(path): "there is no such file or folder" for path in absent}
    await adding.run()
    return adding.report()


def _targets(paths: Iterable[Path]) -> tuple[list[str], list[str]]:
    """Return absolute paths that are there (or are globs), and those that are not."""
    absolute = list(dict.fromkeys(os.path.abspath(path) for path in paths))  # noqa: PTH100 - keeps links as they were written
    there = [path for path in absolute if os.path.lexists(path) or is_glob(path)]
    return there, [path for path in absolute if path not in there]


async def attach_transcript(
    database: Database, scanner: Scanner, media_id: int, path: Path, *, clock: Clock
) -> None:
    """Give a recording a transcript that a person corrected; it is used before all others.

    Raises UsageError when the file holds none by its name or the recording does not exist.
    """
    targets, _ = await asyncio.to_thread(_targets, [path])
    now_ns = int(clock.now().timestamp() * 1e9)
    scan = await look(scanner, ScanRequest(targets, {}, now_ns, ScanLimits(settle_s=0)))
    files = [file for media in scan.found for file in media.files]
    words = [file for file in files if file.role is FileRole.TRANSCRIPT]
    if not words:
        why = next((item.reason for item in scan.ignored), "there is no such file")
        message = f"{path}: {why}"
        raise UsageError(message)
    now = clock.now()
    async with database.transaction() as session:
        await store.lock_discovery(session)
        await videos.lock_videos(session, [media_id])
        if await store.read_facts(session, media_id) is None:
            message = f"there is no recording {media_id}"
            raise UsageError(message)
        edited = words[0].model_copy(update={"origin": TranscriptOrigin.EDITED})
        row_id = await store.file_at(session, edited.path)
        await store.put_file(session, media_id, row_id, edited, now)
        opening = videos.Opening(None, videos.MANUAL, now, await videos.first_turn(session, None))
        await videos.reopen_videos(session, media_id, opening, ["transcript"], forgets=True)
        await videos.notify_work(session)
