"""Renaming and merging creators: recordings, page groups, pages and addresses move together.

    creators locked with their videos and groups -> recordings moved -> groups joined, pages moved
        -> old names and addresses lead on -> documents say the new name -> joined groups due

In one transaction. Work that is under way is lost to whoever does it and done again under the new
name; no answer is bought for that, as it is journaled, and no question about pages names a creator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.errors import UsageError
from footnoted.knowledge.groups.store import want
from footnoted.model.text import one_line
from footnoted.pipeline.controls.creators import store
from footnoted.search.port import DocumentKind
from footnoted.search.store import Owner, read_documents_of, replace_documents
from footnoted.sources.facts import same_name, slug_of
from footnoted.sources.recordings.store import lock_discovery
from footnoted.sources.videos.store import notify_work
from footnoted.stages.page_documents import write_page_documents

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.pipeline.controls.creators.store import Creator

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Renamed:
    """A creator as it is called now, and how it was called."""

    creator: Creator
    was: str


@dataclass(frozen=True, slots=True)
class Merged:
    """The creator that has everything now, who was merged into it, and how many groups joined."""

    creator: Creator
    gone: str
    joined_groups: int


async def list_creators(database: Database) -> list[Creator]:
    """Return all creators by name."""
    async with database.transaction() as session:
        return await store.list_creators(session)


async def rename_creator(database: Database, name: str, new_name: str, *, clock: Clock) -> Renamed:
    """Call a creator otherwise; files that say the old name still mean it.

    Raises UsageError when nobody or somebody else is called so, or the new name is empty.
    """
    wanted = one_line(new_name, _LONGEST)
    if not wanted:
        message = "a creator needs a name"
        raise UsageError(message)
    async with database.transaction() as session:
        await lock_discovery(session)
        creator = await _the_one(session, name)
        others = await store.find_creators(session, wanted)
        if any(other.id != creator.id and same_name(other.name, wanted) for other in others):
            message = (
                f"there is a creator {wanted!r} already;"
                f" `footnoted creator merge {creator.slug} {slug_of(wanted)}` makes them one"
            )
            raise UsageError(message)
        await store.lock(session, [creator.id])
        slug = await _slug(session, wanted, creator.id)
        await store.set_name(session, creator, wanted, slug, clock.now())
        await _write_documents(session, creator.id, wanted)
        return Renamed(await _the_one(session, slug), creator.name)


async def merge_creators(database: Database, name: str, into_name: str, *, clock: Clock) -> Merged:
    """Make two creators one, which keeps the name of the second.

    Raises UsageError when one of them does not exist, or both are the same.
    """
    now = clock.now()
    async with database.transaction() as session:
        await lock_discovery(session)
        old, into = await _the_one(session, name), await _the_one(session, into_name)
        if old.id == into.id:
            message = f"{name!r} and {into_name!r} are the same creator already"
            raise UsageError(message)
        await store.lock(session, [old.id, into.id])
        await store.move_recordings(session, old.id, into.id, now)
        joined = await store.move_groups(session, old, into, now)
        await store.drop_creator(session, old, into, now)
        await _write_documents(session, into.id, into.name)
        await want(session, {pair.new for pair in joined})
        await notify_work(session)
        return Merged(await _the_one(session, into.slug), old.name, len(joined))


async def _the_one(session: AsyncConnection, name: str) -> Creator:
    """Return the creator that a person means."""
    found = await store.find_creators(session, name.strip())
    if not found:
        message = f"there is no creator {name!r}: `footnoted creator list` names all"
        raise UsageError(message)
    return found[0]


async def _slug(session: AsyncConnection, name: str, owner: int) -> str:
    base = slug_of(name)
    taken = await store.taken_slugs(session, base, owner)
    free = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return base if base not in taken else next(slug for slug in free if slug not in taken)


async def _write_documents(session: AsyncConnection, creator_id: int, name: str) -> None:
    """Let a search show everything of a creator under the name it has now."""
    await write_page_documents(session, await store.pages_of(session, creator_id))
    for video_id in await store.videos_with_documents(session, creator_id):
        owner = Owner(video_id=video_id)
        documents = await read_documents_of(session, owner)
        for kind in DocumentKind:
            own = [each for each in documents if each.kind is kind]
            if own:
                renamed = [each.model_copy(update={"creator": name}) for each in own]
                await replace_documents(session, renamed, owner=owner, kind=kind)
