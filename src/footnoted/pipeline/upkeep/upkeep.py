"""Upkeep: what is published without support is taken back and made anew; lost calls are named.

evidence that names no cues -> deleted, its videos made again from the journal; once
evidence nobody can hear    -> the same; looked for where transcripts are read, by daemon and doctor
claims without evidence     -> off their pages, which are composed anew
overdue calls               -> given up, with an alert
points unlike PostgreSQL    -> written again; vectors that are lost are made again
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Protocol

from footnoted.db.outage import is_database_down
from footnoted.errors import TransientError
from footnoted.knowledge.groups.store import lock_groups, want_groups
from footnoted.knowledge.verify import Fault, find_faults
from footnoted.ledger.store import give_up_overdue
from footnoted.pipeline.alerts.money import MoneyWitness
from footnoted.pipeline.upkeep import store
from footnoted.search.embedding.inspection import inspect, mend
from footnoted.sources.videos.store import notify_work
from footnoted.stages.page_documents import write_page_documents
from footnoted.telemetry import EVIDENCE_LEFT, EVIDENCE_MENDED, PAGES_MENDED, get_logger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.knowledge.audit.store import MomentSource
    from footnoted.pipeline.upkeep.store import UnsupportedPage
    from footnoted.search.embedding.spec_indexes import SpecIndexes

_DAY_S = 86_400.0
_NO_CUES = "its cues do not exist"
_CAME_BACK = (
    "what the journal answers gave the same again: `footnoted clean {id} --fresh` buys new answers"
)


class Remake(Protocol):
    """Has videos made again, from the first stage that asks models on, as the journal answers."""

    async def why_not(self, session: AsyncConnection, video_id: int) -> str | None:
        """Return why nothing would make a video again, and what to do; None: it can be."""
        ...

    async def make(self, session: AsyncConnection, video_id: int) -> None:
        """Have a video made again for which `why_not` has nothing to say."""
        ...


@dataclass(frozen=True, slots=True)
class Mended:
    """The faults that were mended, and the videos that were left with theirs: why, by id."""

    faults: list[Fault] = field(default_factory=list[Fault])
    left: dict[int, str] = field(default_factory=dict[int, str])


@dataclass(frozen=True, slots=True)
class Unsupported:
    """Published pages with claims that nothing supports, or none; and how many such claims."""

    pages: int
    claims: int


async def find_unsupported(database: Database) -> Unsupported:
    """Return what is published on nothing."""
    async with database.transaction() as session:
        found = await store.unsupported_pages(session)
    return Unsupported(len(found), sum(page.claims for page in found))


async def find_dangling(database: Database, moments: Sequence[MomentSource] | None) -> list[Fault]:
    """Return the evidence that names cues which its recording does not have.

    With `moments`, what reads the live ones of each profile, every transcript is read, and what
    `footnoted verify` finds at fault is found too. Of videos in work the cues alone are left out.
    """
    async with database.transaction() as session:
        dangling = await store.dangling_evidence(session)
    found = {one.id: Fault(one.id, one.video_id, _NO_CUES) for one in dangling}
    for fault in await find_faults(database, moments) if moments is not None else ():
        found.setdefault(fault.id, fault)
    return list(found.values())


async def mend_evidence(
    database: Database, clock: Clock, remake: Remake, moments: Sequence[MomentSource] | None
) -> Mended:
    """Delete evidence at fault, and have its videos and pages made anew, one by one; return it.

    What `find_dangling` finds is mended, but for links that open elsewhere, which nothing made
    anew would change, and for videos that are being worked on. Evidence that nothing would make
    again is left, and so is what was mended before and came back with the same fault.
    """
    found = [one for one in await find_dangling(database, moments) if not one.is_in_link]
    mended = Mended()
    by_video = attrgetter("video_id")
    for video_id, faults in groupby(sorted(found, key=by_video), key=by_video):
        async with database.transaction() as session:
            if not await store.hold_idle(session, video_id):
                continue
            await lock_groups(session, video_id)
            why_left = await remake.why_not(session, video_id)
            these: list[Fault] = []
            if why_left is None:
                these, why_left = await _mend_video(session, clock, remake, list(faults))
        mended.faults.extend(these)
        if why_left is not None:
            mended.left[video_id] = why_left
    return mended


async def _mend_video(
    session: AsyncConnection, clock: Clock, remake: Remake, faults: Sequence[Fault]
) -> tuple[list[Fault], str | None]:
    """Mend the faults of a video that are new; return those, and why others are left, if any."""
    video_id = faults[0].video_id
    before = await store.mended_before(session, video_id)
    new = [one for one in faults if (str(one.id), one.why) not in before]
    if new:
        pages = await store.drop_evidence(session, [one.id for one in new])
        await _take_back(session, pages, clock)
        await remake.make(session, video_id)
        known = before | {(str(one.id), one.why) for one in new}
        await store.note_mended(session, video_id, known, clock.now())
        await notify_work(session)
    return new, None if len(new) == len(faults) else _CAME_BACK.format(id=video_id)


async def mend_pages(database: Database, clock: Clock) -> Unsupported:
    """Take back what is published on nothing, and want those pages composed anew; return it."""
    async with database.transaction() as session:
        found = await store.unsupported_pages(session)
        if found:
            await _take_back(session, found, clock)
            await notify_work(session)
    return Unsupported(len(found), sum(page.claims for page in found))


async def _take_back(
    session: AsyncConnection, found: Sequence[UnsupportedPage], clock: Clock
) -> None:
    """Drop what these pages say on nothing, and want them composed anew."""
    await store.drop_unsupported(session, found, clock.now())
    await write_page_documents(session, [page.id for page in found])
    await want_groups(session, {page.group_id for page in found})


async def give_up_calls(database: Database, clock: Clock) -> int:
    """Turn calls whose time is over into lost ones, and raise their alert; return how many."""
    async with database.transaction() as session:
        count = await give_up_overdue(session, clock.now())
    if count:
        await MoneyWitness(database, clock).lost()
    return count


class Upkeep:
    """Looks once a day, and puts right what it finds."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        remake: Remake,
        *,
        indexes: SpecIndexes | None = None,
        moments: Sequence[MomentSource] | None = None,
    ) -> None:
        """Look after `database`, and after every point of `indexes` where they are given.

        With `moments`, what reads the live ones of each profile, every quote is looked up again.
        """
        self._database, self._clock, self._remake = database, clock, remake
        self._indexes, self._moments = indexes, moments
        self._due_at_s = float("-inf")

    async def look(self) -> None:
        """Find and put right, if that was not done within a day.

        A database or an index that is away is looked at the next time.
        """
        now_s = self._clock.monotonic_s()
        if now_s < self._due_at_s:
            return
        try:
            await self._mend()
        except TransientError:
            return
        except Exception as error:
            if not is_database_down(error):
                raise
            return
        self._due_at_s = now_s + _DAY_S

    async def _mend(self) -> None:
        dangling = await mend_evidence(self._database, self._clock, self._remake, self._moments)
        if faults := dangling.faults:
            videos = len({one.video_id for one in faults})
            get_logger().warning(EVIDENCE_MENDED, evidence=len(faults), videos=videos)
        for video_id, why in dangling.left.items():
            get_logger().warning(EVIDENCE_LEFT, video=video_id, why=why)
        mended = await mend_pages(self._database, self._clock)
        if mended.pages:
            get_logger().warning(PAGES_MENDED, pages=mended.pages, claims=mended.claims)
        await give_up_calls(self._database, self._clock)
        if self._indexes is not None:
            found = await inspect(self._database, self._indexes)
            if not found.is_clean:
                await mend(self._database, self._indexes, found)
