"""A followed source changed by a person: what is asked of it, what it is for, and how it is called.

Nothing restarts. What a new profile is to be made of is what the source took already, too.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

from footnoted.errors import UsageError
from footnoted.sources import store
from footnoted.sources.facts import readable
from footnoted.sources.items import FoundItem
from footnoted.sources.net.asking import (
    NOTHING_ASKED,
    Asked,
    cap_usd,
    options_of,
    require_for_folder,
    schedule_words,
)
from footnoted.sources.net.store import forget_left, publication_times
from footnoted.sources.options import SourceOptions, options_of_source
from footnoted.sources.port import FOLDER_KIND, Facts
from footnoted.sources.recordings import store as recordings
from footnoted.sources.removals.store import removals_of
from footnoted.sources.rules.schedule import next_poll, parse_schedule, rhythm_of
from footnoted.sources.transcriptions import store as transcriptions
from footnoted.sources.videos import store as videos

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.sources.rules.backfill import Backfill
    from footnoted.sources.store import Source

_ADAPTIVE = "adaptive"


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a source is called, whose it is, what it is for, and the pause between two looks.

    None says nothing; an empty word takes back what was said before.
    """

    title: str | None = None
    profiles: Sequence[str] | None = None
    creator: str | None = None
    owner: str | None = None
    every_s: int | None = None


NOTHING_SAID = Particulars()


class Changed(NamedTuple):
    """A source as it is now, and how many recordings it had taken that new profiles have now.

    What was left by its page and is judged anew is not among those, though new profiles get it too.
    """

    source: Source
    joined: int


async def change_source(
    session: AsyncConnection,
    source_id: int,
    asked: Asked,
    said: Particulars,
    now: datetime,
) -> Changed:
    """Change what is asked of a source; what was left is judged anew.

    A profile that is added gets what the source took already, as far as somebody still wants it.
    What a profile has that is left out stays, and so do the creators of recordings that are there.

    Whoever ends the transaction tells that there is work (`notify_work`).

    Raises UsageError when there is no such source, or for words that say nothing.
    """
    source = await store.read_source(session, source_id)
    if source is None:
        message = f"there is no source {source_id}; `footnoted source list` shows them"
        raise UsageError(message)
    changes = await _columns(session, source, asked, said, now)
    await store.change(session, source_id, changes, now, rereads=asked.rereads)
    added = [one for one in changes.get("profiles", ()) if one not in source.profiles]
    if added or asked.rereads:
        await recordings.lock_discovery(session)  # as a look does: the source, this, the videos
    taken = await store.taken_recordings(session, source_id) if added else []
    if asked.rereads:
        await forget_left(session, source_id)
        await _judge_anew(session, source_id, now)
    joined = await _join(session, source, added, now) if added else set[int]()
    if asked.daily_cap_usd is not None:
        await videos.wake_capped(session, source_id, now)
    changed = await store.read_source(session, source_id)
    if changed is None:
        message = f"source {source_id} was removed meanwhile"
        raise UsageError(message)
    return Changed(changed, len(joined.intersection(one.media_id for one in taken)))


async def _columns(
    session: AsyncConnection, source: Source, asked: Asked, said: Particulars, now: datetime
) -> dict[str, Any]:
    """Return the columns that a change sets."""
    is_folder = source.kind == FOLDER_KIND
    if is_folder:
        require_for_folder(asked)
    asked, own_interval_s = paced(asked, said.every_s, is_folder=is_folder)
    options = options_of(asked, SourceOptions.model_validate(source.options))
    columns = _said(source, said)
    if asked.schedule is not None:
        schedule = schedule_words(asked) or (None if is_folder else _ADAPTIVE)
        columns |= await _planned(session, source, schedule, now, own_interval_s)
        own_s = columns.pop("own_interval_s")
        options = options.model_copy(update={"own_interval_s": own_s})
    columns["options"] = options.model_dump(mode="json", exclude_defaults=True)
    if asked.priority is not None:
        columns["priority"] = asked.priority
    if asked.daily_cap_usd is not None:
        columns["daily_cap_usd"] = cap_usd(asked)
    return columns


def paced(asked: Asked, every_s: int | None, *, is_folder: bool) -> tuple[Asked, int | None]:
    """Return what is asked with a plain pause in it, and the interval that a folder has then.

    A folder has an interval in the place of a schedule. Raises UsageError for both at once.
    """
    if every_s is None:
        return asked, None
    if asked.schedule is not None:
        message = "--every and --schedule both say when it is looked at: say one of them"
        raise UsageError(message)
    words = "" if is_folder else f"every {every_s}"
    return replace(asked, schedule=words), every_s if is_folder else None


def _said(source: Source, said: Particulars) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    if said.title is not None:
        columns["title"] = said.title.strip() or _title_of(source)
    if said.creator is not None:
        columns["creator_name"] = said.creator.strip() or None
    if said.owner is not None:
        columns["owner"] = said.owner.strip() or None
    if said.profiles:
        columns["profiles"] = list(dict.fromkeys(said.profiles))
    return columns


def _title_of(source: Source) -> str:
    """Return what a source is called that nobody named: a look at the net tells more."""
    if source.kind != FOLDER_KIND:
        return source.locator
    return readable(source.locator.rsplit("/", 1)[-1] or source.locator)


async def _planned(
    session: AsyncConnection,
    source: Source,
    schedule: str | None,
    now: datetime,
    interval_s: int | None,
) -> dict[str, Any]:
    """Return a schedule and the columns of the next look by it: it holds from now on.

    A folder keeps the interval of its own that the schedule stands in for, and without one has it
    again, or `interval_s`.
    """
    own_s = SourceOptions.model_validate(source.options).own_interval_s
    if source.kind == FOLDER_KIND and source.schedule is None:
        own_s = source.poll_interval_s
    if schedule is not None:
        look = await _next_look(session, source, schedule, now)
        return {"schedule": schedule, "own_interval_s": own_s, **look}
    interval_s = interval_s or own_s or source.poll_interval_s
    look = {"next_poll_at": now + timedelta(seconds=interval_s), "poll_interval_s": interval_s}
    return {"schedule": None, "own_interval_s": None, **look}


async def _next_look(
    session: AsyncConnection, source: Source, schedule: str, now: datetime
) -> dict[str, Any]:
    """Return the columns of the next look by a new schedule."""
    read = recordings.arrival_times if source.kind == FOLDER_KIND else publication_times
    rhythm = rhythm_of(await read(session, source.id), now)
    at = next_poll(parse_schedule(schedule), rhythm, now, source_id=source.id)
    return {"next_poll_at": at, "poll_interval_s": max(1, ceil((at - now).total_seconds()))}


async def _judge_anew(session: AsyncConnection, source_id: int, now: datetime) -> None:
    """Let pages decide again what they left or put off by what was asked before."""
    left = await transcriptions.left_by_rules(session, source_id)
    await videos.lock_videos(session, left)
    turn = await videos.first_turn(session, source_id)
    opening = videos.Opening(source_id, videos.MANUAL, now, turn)
    for media_id in left:
        await transcriptions.reopen_transcription(session, media_id, now)
        await videos.reopen_videos(session, media_id, opening, ["rules"], forgets=False)
    await transcriptions.wake_young(session, source_id)


async def _join(
    session: AsyncConnection, source: Source, added: Sequence[str], now: datetime
) -> set[int]:
    """Open videos of profiles that a source did not have; return of which recordings.

    What pages decide anew is among those, or its new videos would be missing once it is taken.
    """
    taken = {one.media_id: one for one in await store.taken_recordings(session, source.id)}
    await videos.lock_videos(session, sorted(taken))
    removals = await removals_of(session, {key for one in taken.values() for key in one.keys})
    turn = await videos.first_turn(session, source.id)
    opening = videos.Opening(source.id, videos.MANUAL, now, turn)
    how = videos.Queueing(videos.priority_of(source.priority))
    items = {media_id: _item_of(one) for media_id, one in taken.items()}
    order = {id(item): media_id for media_id, item in items.items()}
    backfill = options_of_source(source.kind, source.options).backfill
    joined: set[int] = set()
    for item in backfill.in_order(list(items.values())):
        media_id, removed = order[id(item)], removals.of(item, added)
        told = {"key": item.keys[0]}
        for profile in added:
            if profile in removed:
                continue
            opened = await videos.open_video(session, media_id, profile, opening, told, how)
            joined |= set() if opened is None else {media_id}
    return joined


def _item_of(taken: store.TakenRecording) -> FoundItem:
    facts = Facts(title=taken.title, published_at=taken.published_at, duration_ms=taken.duration_ms)
    return FoundItem(keys=taken.keys, facts=facts)


def unlike(source: Source, asked: Asked, said: Particulars = NOTHING_SAID) -> dict[str, Any]:
    """Return by field name what of a change is not so already. Raises UsageError as changing does.

    Profiles are the same in any order.
    """
    given = {field.name: getattr(said, field.name) for field in fields(said)}
    words = {field.name: getattr(asked, field.name) for field in fields(asked)}
    so = {name for name in words if words[name] is not None and _is_so(source, asked, name)}
    so |= _said_already(source, said)
    return {
        name: value
        for name, value in {**given, **words}.items()
        if value is not None and name not in so
    }


def _said_already(source: Source, said: Particulars) -> set[str]:
    """Return what is said of a source that is so."""
    columns = _said(source, said)
    names = {"title": "title", "creator_name": "creator", "owner": "owner"}
    so = {
        name
        for column, name in names.items()
        if column in columns and columns[column] == getattr(source, column)
    }
    if set(columns.get("profiles", ())) == set(source.profiles):
        so.add("profiles")
    if said.every_s is not None:
        is_folder = source.kind == FOLDER_KIND
        asked, interval_s = paced(NOTHING_ASKED, said.every_s, is_folder=is_folder)
        is_paced = _is_so(source, asked, "schedule")
        so |= {"every_s"} if is_paced and interval_s in (None, source.poll_interval_s) else set()
    return so


def _is_so(source: Source, asked: Asked, name: str) -> bool:
    """Return whether one thing that is asked of a source is so already."""
    match name:
        case "schedule":
            usual = None if source.kind == FOLDER_KIND else _ADAPTIVE
            return (schedule_words(asked) or usual) == source.schedule
        case "priority":
            return asked.priority == source.priority
        case "daily_cap_usd":
            return cap_usd(asked) == source.daily_cap_usd
        case _:
            before = options_of_source(source.kind, source.options)
            one = replace(NOTHING_ASKED, **{name: getattr(asked, name)})
            after = options_of(one, before)
            if name == "backfill":
                return str(_backfill_of(source, after)) == str(before.backfill)
            return after == before


def _backfill_of(source: Source, options: SourceOptions) -> Backfill:
    """Return how far back a source goes with these options: as they would be read again."""
    stored = options.model_dump(mode="json", exclude_defaults=True)
    return options_of_source(source.kind, stored).backfill
