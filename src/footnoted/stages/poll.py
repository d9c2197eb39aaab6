"""The stage `poll`: one look at a followed source, and everything that follows from it.

load: what is known of the source -> run: look, in a thread -> save: record, and when to look next
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, ConfigDict, SkipValidation

from footnoted.errors import PermanentError
from footnoted.model.outcome import Waiting
from footnoted.model.path import real_path, stored_path
from footnoted.model.status import SOURCE_FOLLOWED, ItemKind, Resource
from footnoted.sources import store
from footnoted.sources.discover import look
from footnoted.sources.globs import read_target
from footnoted.sources.port import (
    FOLDER_KIND,
    KnownFile,
    Scan,
    ScanLimits,
    ScanRequest,
    SourceUnreachableError,
)
from footnoted.sources.record import Origin, Recorded, record
from footnoted.sources.recordings.store import Places, known_files
from footnoted.sources.videos.store import SCHEDULED
from footnoted.stages.port import ItemGoneError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.clock import Clock
    from footnoted.sources.port import Scanner
    from footnoted.stages.port import StageContext

_UNREACHABLE_S = 60.0
_TOLD_PROBLEMS = 50


class PollInput(BaseModel):
    """A source and, by stored path, the files of it that are known."""

    model_config = ConfigDict(frozen=True)

    source_id: int
    kind: str
    locator: str
    poll_interval_s: int
    known: SkipValidation[dict[str, KnownFile]]


class PollOutput(BaseModel):
    """What the look found."""

    model_config = ConfigDict(frozen=True)

    scan: Scan


class PollStage:
    """Follows one source: finds what is new, changed, renamed or gone."""

    name: ClassVar[str] = "poll"
    version: ClassVar[int] = 1
    kind: ClassVar[ItemKind] = ItemKind.SOURCE
    gives: ClassVar[str] = SOURCE_FOLLOWED
    resource: ClassVar[Resource] = Resource.FETCH
    asks: ClassVar[bool] = False
    time_limit_s: ClassVar[float] = 3_600.0
    given_type: type[PollInput] = PollInput

    def __init__(self, scanner: Scanner, clock: Clock, limits: ScanLimits | None = None) -> None:
        """Look through `scanner`, taking at most `limits` at once."""
        self._scanner = scanner
        self._clock = clock
        self._limits = limits or ScanLimits()

    @property
    def parts(self) -> Mapping[str, str]:
        """Return nothing: a look depends on what is there alone."""
        return {}

    async def load(self, session: AsyncConnection, item_id: int) -> PollInput:
        """Return the source and its known files. Raises ItemGoneError when it was removed."""
        source = await store.read_source(session, item_id)
        if source is None:
            raise ItemGoneError(item_id)
        root = stored_path(read_target(real_path(source.locator)).root)
        return PollInput(
            source_id=item_id,
            kind=source.kind,
            locator=source.locator,
            poll_interval_s=source.poll_interval_s,
            known=await known_files(session, Places([], [root]), source.profiles, item_id),
        )

    async def run(self, given: PollInput, context: StageContext) -> PollOutput | Waiting:
        """Return what is there, or a wait while the folder is away; nothing is marked then."""
        del context
        if given.kind != FOLDER_KIND:
            message = f"sources of the kind {given.kind!r} are not known to this release"
            raise PermanentError(message, failure_code="source_kind_unknown")
        now_ns = int(self._clock.now().timestamp() * 1e9)
        target = real_path(given.locator)
        try:
            request = ScanRequest([target], given.known, now_ns, self._limits)
            return PollOutput(scan=await look(self._scanner, request))
        except SourceUnreachableError as error:
            pause_s = min(_UNREACHABLE_S, given.poll_interval_s)
            until = self._clock.now() + timedelta(seconds=pause_s)
            return Waiting(until, error.wait_reason, stored_path(error.message))

    async def save(self, session: AsyncConnection, item_id: int, out: PollOutput) -> None:
        """Record the look and when the next one is due."""
        source = await store.read_source(session, item_id)
        if source is None:
            raise ItemGoneError(item_id)
        now = self._clock.now()
        origin = Origin(item_id, source.profiles, source.creator_name, SCHEDULED)
        recorded = await record(session, out.scan, origin, now)
        await store.set_polled(session, item_id, now, self._pause(out.scan, source.poll_interval_s))
        fields = _told(out.scan, recorded)
        if fields:
            await store.note_poll(session, item_id, fields, now)

    def _pause(self, scan: Scan, interval_s: float) -> timedelta:
        """Return when to look again: at once for the rest, soon for what is still written."""
        if scan.is_partial:
            return timedelta(0)
        soon_s = self._limits.settle_s + 1.0
        return timedelta(seconds=min(soon_s, interval_s) if scan.unsettled else interval_s)


def _told(scan: Scan, recorded: Recorded) -> dict[str, object]:
    """Return what a person may want to know of a look, bounded; nothing when nothing is."""
    fields: dict[str, object] = dict(recorded.counts())
    if scan.ignored_counts:
        fields["ignored"] = dict(scan.ignored_counts)
    if scan.problems:
        fields["problems"] = [str(problem) for problem in scan.problems[:_TOLD_PROBLEMS]]
        fields["problem_count"] = len(scan.problems)
    return fields
