"""Reading one item, while it is worked on and after it is gone too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.errors import UsageError
from footnoted.knowledge.store import read_video
from footnoted.pipeline.reports.items import store
from footnoted.pipeline.reports.items.report import Indexing, Item, Words, WordsLine
from footnoted.pipeline.reports.jobs.store import JobFilter, read_jobs
from footnoted.pipeline.reports.store import see_one_moment
from footnoted.pipeline.reports.videos import store as videos
from footnoted.transcripts.store import latest_for_media, read_transcript_version

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.db.session import Database
    from footnoted.pipeline.reports.videos.report import VideoState

_MOST_JOBS = 50


class UnknownItemError(UsageError):
    """There is no such item, and there never was."""

    code = "item_unknown"


class ItemRemovedError(UsageError):
    """The item was removed, with everything that was made of it."""

    code = "item_removed"


class NoWordsError(UsageError):
    """The item has no transcript: not yet, or none will come; the message says which and why."""

    code = "no_transcript"


async def read_item(database: Database, item_id: int, now: datetime) -> Item:
    """Return an item. Raises UnknownItemError, ItemRemovedError."""
    async with database.transaction() as session:
        await see_one_moment(session)
        facts = await read_video(session, item_id)
        media = await videos.media_of(session, item_id)
        if facts is None or media is None:
            raise await _absent(session, item_id)
        jobs = await read_jobs(session, JobFilter(media_id=media.id), now, _MOST_JOBS)
        return Item(
            id=item_id,
            profile=facts.profile,
            title=facts.title,
            creator=facts.creator,
            owner=media.owner,
            language=facts.language,
            url=media.url,
            published_at=facts.published_at,
            duration_ms=media.duration_ms,
            state=await videos.read_state(session, item_id, now),
            transcripts=await videos.read_transcripts(session, media.id, facts.transcript_id),
            jobs=tuple(jobs),
        )


async def read_item_words(database: Database, item_id: int, now: datetime) -> Words:
    """Return what is said in an item, in the version it cites, else the newest.

    Raises UnknownItemError, ItemRemovedError, NoWordsError.
    """
    async with database.transaction() as session:
        await see_one_moment(session)
        facts = await read_video(session, item_id)
        media = await videos.media_of(session, item_id)
        if facts is None or media is None:
            raise await _absent(session, item_id)
        if facts.transcript_id is not None:
            stored = await read_transcript_version(session, facts.transcript_id)
        else:
            found = await latest_for_media(session, media.id)
            if found is None:
                raise NoWordsError(_why_none(await videos.read_state(session, item_id, now)))
            stored = found
    said = stored.transcript
    return Words(
        item_id=item_id,
        version=stored.version,
        origin=said.origin.value,
        language=said.language,
        word_count=said.word_count,
        cues=tuple(WordsLine(**cue._asdict()) for cue in said.cues),
    )


async def read_indexing(database: Database, item_id: int) -> Indexing:
    """Return whether an item can be found. Raises UnknownItemError, ItemRemovedError."""
    async with database.transaction() as session:
        found = await store.read_indexing(session, item_id)
        if found is None:
            raise await _absent(session, item_id)
    return found


async def refuse_removed(database: Database, item_id: int) -> None:
    """Raise ItemRemovedError where there was such an item, and it was removed."""
    async with database.transaction() as session:
        error = await _absent(session, item_id)
    if isinstance(error, ItemRemovedError):
        raise error


async def _absent(session: AsyncConnection, item_id: int) -> UsageError:
    if await store.was_removed(session, item_id):
        message = f"item {item_id} was removed, with everything that was made of it"
        return ItemRemovedError(message)
    return UnknownItemError(f"there is no item {item_id}")


def _why_none(state: VideoState) -> str:
    """Return why there is no transcript, in words."""
    if state.failure_code is not None or state.failure_detail is not None:
        parts = (state.failure_code or state.status, state.failure_detail)
        return f"there is no transcript: {': '.join(filter(None, parts))}"
    if state.wait_until is not None:
        told = f": {state.wait_detail}" if state.wait_detail else ""
        until = f"{state.wait_until:%Y-%m-%d %H:%M} UTC"
        return f"there is no transcript yet; it waits for {state.wait_reason} until {until}{told}"
    return "there is no transcript yet; it is on its way"
