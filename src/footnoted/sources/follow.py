"""Sources as a person handles them: followed, listed, tried, paused."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.errors import UsageError
from footnoted.model.path import stored_path
from footnoted.sources import store
from footnoted.sources.choosing.choice import Wishes
from footnoted.sources.choosing.item import item_of
from footnoted.sources.choosing.look import Looker, length_told, survey_of
from footnoted.sources.facts import readable
from footnoted.sources.globs import is_glob, read_target
from footnoted.sources.net.asking import (
    NOTHING_ASKED,
    Asked,
    cap_usd,
    options_of,
    require_for_folder,
    schedule_words,
)
from footnoted.sources.opml import is_list
from footnoted.sources.options import SourceOptions, options_of_source
from footnoted.sources.port import FOLDER_KIND, FileRole, ScanLimits, ScanRequest
from footnoted.sources.videos.store import notify_work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.sources.choosing.look import Measure
    from footnoted.sources.port import FoundMedia, Scanner
    from footnoted.sources.store import Source


@dataclass(frozen=True, slots=True)
class NewSource:
    """A folder or glob to follow. Without a creator, folders name who made what is in them."""

    locator: str
    profiles: Sequence[str]
    poll_interval_s: int
    title: str | None = None
    creator: str | None = None
    owner: str | None = None
    asked: Asked = NOTHING_ASKED


@dataclass(frozen=True, slots=True)
class AddedSource:
    """The source that follows a place now; not `is_new` when it did before, unchanged."""

    source: Source
    is_new: bool


@dataclass(frozen=True, slots=True)
class WouldTake:
    """A recording that a look would take: what it would be called, by whom, from which files."""

    title: str
    creator: str
    files: tuple[str, ...]
    has_transcript: bool
    duration_ms: int | None


@dataclass(frozen=True, slots=True)
class WouldLeave:
    """A recording that a look would not take, or not yet, and why."""

    title: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class SourcePreview:
    """What a look would take, and what not and why. `known` recordings would stay as they are."""

    takes: tuple[WouldTake, ...]
    leaves: tuple[WouldLeave, ...]
    known: int
    ignored: tuple[tuple[str, str], ...]
    ignored_counts: dict[str, int]
    unsettled: tuple[str, ...]
    problems: tuple[str, ...]


def resolve_locator(locator: str) -> str:
    """Return the locator absolute, with links resolved, so that one place has one name.

    Raises UsageError when it is a file, a list of feeds too, or nothing is there.
    """
    absolute = os.path.abspath(os.path.expanduser(locator))  # noqa: PTH100, PTH111 - globs are no paths
    root = read_target(absolute).root
    if os.path.isfile(root):  # noqa: PTH113 - as above
        message = f"{locator} is a file: `footnoted add` takes one; a folder is followed"
        if is_list(root):
            message = (
                f"{locator} is a file that lists feeds: `footnoted source add` follows each of"
                " them, `footnoted source test` looks at one by its address"
            )
        raise UsageError(message)
    if not os.path.isdir(root):  # noqa: PTH112 - as above
        message = f"{locator}: there is no folder {root}"
        raise UsageError(message)
    real = os.path.realpath(root)
    return real.rstrip(os.sep) + absolute[len(root.rstrip(os.sep)) :] if is_glob(absolute) else real


async def add_source(database: Database, new: NewSource, *, clock: Clock) -> AddedSource:
    """Follow a folder or glob from now on; a place that is followed already stays as it is.

    Raises UsageError when it is not a folder or glob, no profile is named, or something is asked
    that folders do not know.
    """
    if not new.profiles:
        message = "a source needs a profile: what should become of what it brings?"
        raise UsageError(message)
    require_for_folder(new.asked)
    schedule = schedule_words(new.asked)
    own_s = None if schedule is None else new.poll_interval_s
    options = options_of(new.asked, SourceOptions(own_interval_s=own_s))
    locator = stored_path(await asyncio.to_thread(resolve_locator, new.locator))
    now = clock.now()
    async with database.transaction() as session:
        source_id = await store.insert_source(
            session,
            {
                "kind": FOLDER_KIND,
                "locator": locator,
                "title": new.title or readable(locator.rsplit("/", 1)[-1] or locator),
                "creator_name": new.creator,
                "owner": new.owner,
                "profiles": list(dict.fromkeys(new.profiles)),
                "poll_interval_s": new.poll_interval_s,
                "schedule": schedule,
                "options": options.model_dump(mode="json", exclude_defaults=True),
                "daily_cap_usd": cap_usd(new.asked),
                "priority": new.asked.priority or 0,
                "next_poll_at": now,
                "created_at": now,
                "updated_at": now,
            },
        )
        await notify_work(session)
        source = await store.find_source(session, FOLDER_KIND, locator)
    if source is None:
        message = f"{locator} was removed while it was added"
        raise UsageError(message)
    return AddedSource(source, is_new=source_id is not None)


async def list_sources(database: Database) -> list[Source]:
    """Return every source, oldest first."""
    async with database.transaction() as session:
        return await store.list_sources(session)


async def pause_source(database: Database, source_id: int, *, clock: Clock) -> Source:
    """Stop looking at a source; what it brought goes on. Raises UsageError when it is unknown."""
    async with database.transaction() as session:
        await store.set_paused(session, source_id, clock.now(), paused=True)
        await notify_work(session)
        return await require_source(session, source_id)


async def require_source(session: AsyncConnection, source_id: int) -> Source:
    """Return a source that a person names. Raises UsageError when there is none by this id."""
    source = await store.read_source(session, source_id)
    if source is None:
        message = f"there is no source {source_id}"
        raise UsageError(message)
    return source


async def preview_source(
    scanner: Scanner,
    locator: str,
    *,
    clock: Clock,
    creator: str | None = None,
    asked: Asked = NOTHING_ASKED,
    length_ms: Measure = length_told,
) -> SourcePreview:
    """Return what following a folder or glob would take; nothing is written.

    `length_ms` tells how long a recording is that would be taken, in a thread; else none is read.
    Raises UsageError when it is not a folder or glob, or something is asked that folders do not
    know; SourceUnreachableError when it is away.
    """
    wishes = _wishes_of(asked, clock)
    target = await asyncio.to_thread(resolve_locator, locator)
    now = clock.now()
    request = ScanRequest([target], {}, int(now.timestamp() * 1e9), ScanLimits())
    scan, choice = await survey_of(Looker(scanner, length_ms), request, wishes, now)
    return SourcePreview(
        tuple(
            [
                _would_take(media, creator, await asyncio.to_thread(length_ms, media))
                for media in choice.taken
            ]
        ),
        tuple(
            WouldLeave(item_of(one.media).facts.title or "", one.reason, one.detail)
            for one in choice.refused
        ),
        scan.unchanged,
        tuple((item.path, item.reason) for item in scan.ignored),
        dict(scan.ignored_counts),
        scan.unsettled,
        tuple(map(str, scan.problems)),
    )


def _wishes_of(asked: Asked, clock: Clock) -> Wishes:
    require_for_folder(asked)
    stored = options_of(asked, SourceOptions()).model_dump(mode="json", exclude_defaults=True)
    return Wishes(options=options_of_source(FOLDER_KIND, stored), followed_since=clock.now())


def _would_take(media: FoundMedia, creator: str | None, duration_ms: int | None) -> WouldTake:
    return WouldTake(
        item_of(media).facts.title or "",
        media.facts.creator or creator or readable(media.folder),
        tuple(file.path for file in media.files),
        any(file.role is FileRole.TRANSCRIPT for file in media.recording_files),
        duration_ms,
    )
