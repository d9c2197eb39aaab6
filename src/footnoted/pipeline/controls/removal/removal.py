"""Removing for good: a video at a time, each in one transaction, so that a stop loses nothing.

    video locked -> groups taken from their composer -> what it said retracted from pages
                 -> raw answers that quote it erased -> rows, record, recording deleted
                 -> emptied pages dropped

A process that works on the video finds its row gone and writes nothing. The index follows by the
outbox, which the deletion of documents fills by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.errors import UsageError
from footnoted.knowledge.groups.store import lock_groups, retract_video
from footnoted.ledger.store import erase_answers
from footnoted.model.status import ItemKind
from footnoted.pipeline.alerts.store import resolve_alerts_of
from footnoted.pipeline.controls import store as controls
from footnoted.pipeline.controls.removal import store
from footnoted.sources.follow import pause_source
from footnoted.sources.recordings.store import lock_discovery
from footnoted.sources.removals.store import note_removal
from footnoted.sources.videos.store import notify_work
from footnoted.stages.call_labels import pattern_of_others
from footnoted.stages.page_documents import write_page_documents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.clock import Clock
    from footnoted.db.session import Database


@dataclass(frozen=True, slots=True)
class Removed:
    """What is gone, by id and title, and their files that stay in followed folders.

    `media_ids` and `files` are what was kept of them: it goes where no recording has it any more.
    """

    videos: tuple[tuple[int, str], ...]
    still_there: tuple[str, ...] = ()
    media_ids: tuple[int, ...] = ()
    files: tuple[str, ...] = ()


NOTHING_REMOVED = Removed(())


@dataclass(frozen=True, slots=True)
class RemovedSource:
    """A source that is followed no longer, and its videos: erased, or set aside unfinished."""

    id: int
    title: str
    purged: int
    cancelled: int
    kept: int
    erased: Removed = NOTHING_REMOVED


async def purge(
    database: Database, video_ids: Sequence[int], *, clock: Clock, is_for_good: bool = True
) -> Removed:
    """Erase videos, with raw answers, index entries, and transcripts nobody else uses.

    Files are the user's and stay. What the calls cost stays in the ledger. `is_for_good` keeps in
    mind that no source may bring them back by itself. Raises UsageError when one does not exist;
    nothing is erased then.
    """
    async with database.transaction() as session:
        found = await controls.statuses_of(session, video_ids)
    for video_id in video_ids:
        if video_id not in found:
            message = f"there is no video {video_id}; `footnoted status` names some"
            raise UsageError(message)
    gone = [
        await _purge_one(database, video_id, clock, is_for_good=is_for_good)
        for video_id in dict.fromkeys(video_ids)
    ]
    doomed = [video for video in gone if video is not None]
    return Removed(
        tuple((video.id, video.title) for video in doomed),
        tuple(path for video in doomed for path in video.still_there),
        tuple(video.media_id for video in doomed),
        tuple(path for video in doomed for path in video.files),
    )


async def _purge_one(
    database: Database, video_id: int, clock: Clock, *, is_for_good: bool
) -> store.Doomed | None:
    now = clock.now()
    async with database.transaction() as session:
        await lock_discovery(session)
        doomed = await store.lock_doomed(session, video_id)
        if doomed is None:
            return None
        if is_for_good:
            await note_removal(session, doomed.media_id, doomed.profile, now)
        await lock_groups(session, video_id)
        groups = await store.interrupt_groups(session, video_id)
        await write_page_documents(session, await retract_video(session, video_id))
        await erase_answers(session, ItemKind.VIDEO.value, [video_id])
        others = pattern_of_others(video_id)
        await erase_answers(session, ItemKind.PAGE_GROUP.value, groups, but_labels=others)
        await store.delete_video(session, doomed, now)
        await store.drop_emptied_pages(session, doomed)
        await resolve_alerts_of(session, [f"video {video_id}"], now)
        await notify_work(session)
    return doomed


async def remove_source(
    database: Database, source_id: int, *, clock: Clock, purges: bool
) -> RemovedSource:
    """Follow a source no longer: keep what it brought, unfinished videos set aside, or erase it.

    What another source took, too, is kept as that one's.
    The source is paused first, so that nothing comes while its videos go; stopped in between, it
    can be removed again. Followed again it brings again what it brought: it was the source that
    nobody wanted. Raises UsageError when there is no such source.
    """
    source = await pause_source(database, source_id, clock=clock)
    async with database.transaction() as session:
        handed = await store.hand_over(session, source_id)
        video_ids = await controls.videos_of_source(session, source_id)
    erased = NOTHING_REMOVED
    if purges:
        erased = await purge(database, video_ids, clock=clock, is_for_good=False)
    now = clock.now()
    async with database.transaction() as session:
        left = [] if purges else video_ids
        cancelled = await controls.cancel_videos(session, left, now, finished_too=False)
        await store.delete_source(session, source_id, now)
        await resolve_alerts_of(session, [f"source {source_id}"], now)
        await notify_work(session)
    return RemovedSource(
        source_id,
        source.title,
        len(video_ids) - len(left),
        len(cancelled),
        len(left) - len(cancelled) + handed,
        erased,
    )
