"""Reading everything about one video in one short transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.errors import UsageError
from footnoted.knowledge.store import read_topics, read_video
from footnoted.model.citation import MatchKind
from footnoted.pipeline.reports.store import see_one_moment
from footnoted.pipeline.reports.videos import store
from footnoted.pipeline.reports.videos.report import EventLine, MomentLine, RunLine, VideoReport
from footnoted.transcripts.store import latest_for_media, read_transcript_version

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from footnoted.db.session import Database
    from footnoted.knowledge.moments import MomentReader
    from footnoted.transcripts.store import StoredTranscript

EVENTS = 30
_EVENTS_OF_VIDEO = 500
"""Events that `show` tells of at most."""


def unknown_video(video_id: int) -> UsageError:
    """Return the error of naming a video that does not exist."""
    return UsageError(f"there is no video {video_id}; `footnoted status` names some")


async def read_report(
    database: Database, video_id: int, readers: Mapping[str, MomentReader], now: datetime
) -> VideoReport:
    """Return everything about a video; `readers` read the moments of each profile.

    Raises UsageError when there is no such video.
    """
    async with database.transaction() as session:
        await see_one_moment(session)
        facts = await read_video(session, video_id)
        media = await store.media_of(session, video_id)
        if facts is None or media is None:
            raise unknown_video(video_id)
        evidence = await store.read_evidence_lines(session, video_id, media.url)
        used, reader = facts.transcript_id, readers.get(facts.profile)
        moments = None if reader is None else await reader(session, video_id)
        rejected = [line for line in evidence.values() if line.match is MatchKind.REJECTED]
        return VideoReport(
            at=now,
            facts=facts.model_copy(update={"url": media.url}),
            duration_ms=media.duration_ms,
            description=media.description,
            owner=media.owner,
            state=await store.read_state(session, video_id, now),
            files=await store.read_files(session, media.id),
            transcripts=await store.read_transcripts(session, media.id, used),
            topics=() if used is None else await read_topics(session, video_id, used),
            moments=None
            if moments is None
            else tuple(
                MomentLine(moment=moment, evidence=evidence.get(moment.evidence_id))
                for moment in moments
            ),
            rejected_quotes=len(rejected),
            pages=await store.citing_pages(session, video_id),
            runs=await store.read_runs(session, video_id),
            events=await store.read_events(session, video_id, EVENTS),
        )


async def read_words(database: Database, video_id: int) -> StoredTranscript:
    """Return the transcript a video cites, else the newest of its recording.

    Raises UsageError when there is no such video, or nothing was read yet.
    """
    async with database.transaction() as session:
        facts = await read_video(session, video_id)
        media = await store.media_of(session, video_id)
        if facts is None or media is None:
            raise unknown_video(video_id)
        if facts.transcript_id is not None:
            return await read_transcript_version(session, facts.transcript_id)
        stored = await latest_for_media(session, media.id)
    if stored is None:
        message = (
            f"video {video_id} has no transcript yet; `footnoted show {video_id}` tells where it is"
        )
        raise UsageError(message)
    return stored


async def read_video_runs(database: Database, video_id: int) -> tuple[RunLine, ...]:
    """Return the runs of a video, newest first. Raises UsageError when there was no such video.

    Of one that was erased, that it was retracted.
    """
    async with database.transaction() as session:
        runs = await store.read_runs(session, video_id)
        if not runs and await store.media_of(session, video_id) is None:
            raise unknown_video(video_id)
        return runs


async def read_video_events(database: Database, video_id: int) -> tuple[EventLine, ...]:
    """Return what happened to a video last. Raises UsageError when there was no such video."""
    async with database.transaction() as session:
        events = await store.read_events(session, video_id, _EVENTS_OF_VIDEO)
        if not events and await store.media_of(session, video_id) is None:
            raise unknown_video(video_id)
        return events


async def read_events_of_run(database: Database, run_id: int) -> tuple[EventLine, ...]:
    """Return what happened in a run. Raises UsageError when there is no such run."""
    async with database.transaction() as session:
        events = await store.read_run_events(session, run_id)
    if events is None:
        message = f"there is no run {run_id}; `footnoted runs VIDEO` shows their ids"
        raise UsageError(message)
    return events


async def media_id_of(database: Database, video_id: int) -> int:
    """Return the recording of a video. Raises UsageError when there is no such video."""
    async with database.transaction() as session:
        media = await store.media_of(session, video_id)
    if media is None:
        raise unknown_video(video_id)
    return media.id
