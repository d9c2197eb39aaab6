"""The stage `obtain`: from an item that was published to its captions, or to the need to listen.

    nothing to get from the net (a file in a folder, words that are here): on at once
    else ask where it was published: captions | needs sound | wait | stop

What is waited for, and until when, stands on the transcription; the videos of the recording say it.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic reads the types of fields
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, ConfigDict

from footnoted.model.outcome import Stopped, Waiting
from footnoted.model.path import stored_path
from footnoted.model.status import (
    CANCELLED,
    TRANSCRIPTION_OBTAINED,
    ItemKind,
    Resource,
)
from footnoted.model.transcript import TranscriptOrigin
from footnoted.sources.facts import changed_columns, fact_columns
from footnoted.sources.net.store import followed_since_of_open, settle_taken
from footnoted.sources.obtain.objection import objection
from footnoted.sources.obtain.port import Obtained, Wanted
from footnoted.sources.port import FileRole, FoundFile
from footnoted.sources.recordings import store as recordings
from footnoted.sources.rules.backfill import Reach
from footnoted.sources.transcriptions import store
from footnoted.sources.videos import store as videos
from footnoted.stages.port import ItemGoneError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.clock import Clock
    from footnoted.sources.items import FoundItem
    from footnoted.sources.obtain.port import Captions, Obtainer
    from footnoted.sources.transcriptions.store import HeardFile, Subject
    from footnoted.stages.port import StageContext


class ObtainInput(BaseModel):
    """A recording whose words are wanted; `wanted` is None where the net has nothing to give."""

    model_config = ConfigDict(frozen=True)

    media_id: int
    is_wanted: bool
    wanted: Wanted | None


class ObtainOutput(BaseModel):
    """What was obtained; None where nothing was to be."""

    model_config = ConfigDict(frozen=True)

    obtained: Obtained | None


class Obtainers:
    """Who gets the words of an item: its kind decides."""

    def __init__(self, pages: Obtainer, files: Obtainer) -> None:
        """Ask `pages` for items that play on a page, and `files` for those that are a file."""
        self._pages, self._files = pages, files

    def of(self, item: FoundItem) -> Obtainer:
        """Return who gets the words of `item`."""
        return self._pages if item.has_page else self._files


class ObtainStage:
    """wanted -> obtained."""

    name: ClassVar[str] = "obtain"
    version: ClassVar[int] = 1
    kind: ClassVar[ItemKind] = ItemKind.TRANSCRIPTION
    gives: ClassVar[str] = TRANSCRIPTION_OBTAINED
    resource: ClassVar[Resource] = Resource.FETCH
    asks: ClassVar[bool] = False
    time_limit_s: ClassVar[float] = 1_800.0
    given_type: type[ObtainInput] = ObtainInput

    def __init__(self, obtainers: Obtainers, clock: Clock, folder: Path, *, hears: bool) -> None:
        """Put files below `folder`; `hears` says that speech recognition is configured."""
        self._obtainers = obtainers
        self._clock = clock
        self._folder = folder
        self._hears = hears

    @property
    def parts(self) -> Mapping[str, str]:
        """Return nothing: what is out there decides."""
        return {}

    async def load(self, session: AsyncConnection, item_id: int) -> ObtainInput:
        """Return what is wanted. Raises ItemGoneError when the recording was removed."""
        subject = await store.read_subject(session, item_id)
        if subject is None:
            raise ItemGoneError(item_id)
        wanted = wanted_of(subject, self._folder, hears=self._hears)
        if wanted is not None:
            wanted = wanted.model_copy(update={"since": await _since(session, subject)})
        return ObtainInput(media_id=subject.media_id, is_wanted=subject.is_wanted, wanted=wanted)

    async def run(
        self, given: ObtainInput, context: StageContext
    ) -> ObtainOutput | Waiting | Stopped:
        """Return what the publisher has, or what is waited for, or why nothing will come."""
        del context
        if not given.is_wanted:
            return not_wanted()
        if given.wanted is None:
            return ObtainOutput(obtained=None)
        obtainer = self._obtainers.of(given.wanted.item)
        now = self._clock.now()
        found = await obtainer.obtain(given.wanted, now)
        if isinstance(found, Waiting | Stopped):
            return found
        return objection(given.wanted, found.facts, now) or ObtainOutput(obtained=found)

    async def save(self, session: AsyncConnection, item_id: int, out: ObtainOutput) -> None:
        """Record the captions and the facts; words that are new send the videos through again."""
        subject = await store.read_subject(session, item_id)
        if subject is None:
            raise ItemGoneError(item_id)
        if out.obtained is None:
            return
        now = self._clock.now()
        await videos.lock_videos(session, [subject.media_id])
        await _set_facts(session, subject, out.obtained, now)
        if subject.item is not None and subject.item.has_page:
            await settle_taken(session, subject.media_id, out.obtained.facts.published_at)
        await store.remember(session, item_id, out.obtained.history, out.obtained.check_again_at)
        if out.obtained.captions is not None:
            await self._put(session, subject, out.obtained.captions, now)

    async def _put(
        self, session: AsyncConnection, subject: Subject, captions: Captions, now: datetime
    ) -> None:
        path = stored_path(str(captions.path))
        newest = max(_published(subject), key=lambda file: file.modified_ns, default=None)
        if newest is not None and newest.sha256 == captions.sha256:
            return  # else it is new, or what was there before is there again
        row_id = await recordings.file_at(session, path)
        facts = captions.path.stat()
        file = FoundFile(
            path=path,
            role=FileRole.TRANSCRIPT,
            origin=captions.origin,
            sha256=captions.sha256,
            size_bytes=facts.st_size,
            modified_ns=facts.st_mtime_ns,
        )
        await recordings.put_file(session, subject.media_id, row_id, file, now)
        if subject.has_version:
            turn = await videos.first_turn(session, subject.source_id)
            opening = videos.Opening(subject.source_id, videos.SCHEDULED, now, turn)
            await videos.reopen_videos(
                session, subject.media_id, opening, ["transcript"], forgets=True
            )


def _published(subject: Subject) -> Iterator[HeardFile]:
    """Yield the words that were fetched; what a person corrected is no word of the publisher."""
    for file in subject.files:
        if file.role is FileRole.TRANSCRIPT and file.origin != TranscriptOrigin.EDITED:
            yield file


def not_wanted() -> Stopped:
    """Return the end of a transcription that no video needs."""
    return Stopped(CANCELLED, "not_wanted", "no video needs what is said in it any more")


def wanted_of(subject: Subject, folder: Path, *, hears: bool) -> Wanted | None:
    """Return what is wanted of the net for a recording; None where it has nothing to give."""
    if subject.item is None:
        return None
    return Wanted(
        item=subject.item,
        options=subject.options,
        language=subject.language,
        published_at=subject.published_at,
        seen_at=subject.seen_at,
        hears=hears,
        was_heard=subject.heard is not None,
        was_taken=subject.has_version,
        history=subject.history,
        folder=folder / str(subject.media_id),
    )


async def _since(session: AsyncConnection, subject: Subject) -> datetime | None:
    """Return the date from which on a backfill takes what told no date; None for everything else.

    What came out since its source is followed is taken, whatever the backfill: where it is no date
    any more, that alone. Only a backfill of all takes what is older without a date to go by.
    """
    backfill = subject.options.backfill
    if backfill.reach is Reach.ALL or subject.source_id is None:
        return None
    followed = await followed_since_of_open(session, subject.source_id, subject.media_id)
    if followed is None or backfill.since is None:
        return followed
    return min(backfill.since, followed)


async def _set_facts(
    session: AsyncConnection, subject: Subject, obtained: Obtained, now: datetime
) -> None:
    """Fill up what is known of a recording with what its publisher says."""
    stored = await recordings.read_facts(session, subject.media_id)
    if stored is None:
        return
    wanted = fact_columns(obtained.facts)
    wanted.pop("url", None)
    if obtained.facts.creator is not None and subject.source_id is None:
        name = obtained.facts.creator
        wanted["creator_id"] = await recordings.creator_id(session, name, now)
    changed = changed_columns(wanted, stored)
    if changed:
        await recordings.update_media(session, subject.media_id, changed)
    if "creator_id" in changed:
        creator_id = changed["creator_id"]
        await videos.move_to_creator(session, subject.media_id, creator_id, now)
