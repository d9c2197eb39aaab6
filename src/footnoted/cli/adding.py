"""What `source add` and `source export` do, whatever kind of place is named."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from footnoted.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.db.storage import Storage
    from footnoted.sources.assembly import Net
    from footnoted.sources.follow import AddedSource
    from footnoted.sources.net.adding import NetPlace
    from footnoted.sources.net.asking import Asked

_OPML_SUFFIXES = (".opml", ".xml")
_LONGEST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class NewSource:
    """What a person asked to follow, in their words."""

    locator: str
    profiles: Sequence[str] | None
    creator: str | None
    owner: str | None
    title: str | None
    kind: str | None
    every_s: int | None
    asked: Asked


def add_sources(new: NewSource) -> list[AddedSource]:
    """Follow a place, or every feed of a list; return the sources, new or known.

    Raises UsageError for a place that cannot be followed.
    """
    from footnoted.catalogue import require_profiles
    from footnoted.cli.storage import with_storage
    from footnoted.sources.net.address import address_of

    path, address = Path(new.locator).expanduser(), address_of(new.locator)

    async def work(storage: Storage) -> list[AddedSource]:
        profiles = list(new.profiles or [storage.settings.profile])
        require_profiles(storage.settings, profiles)
        if address is None and path.suffix.lower() in _OPML_SUFFIXES:
            return await _add_list(storage, new, profiles, path)
        if address is None:
            return [await _add_folder(storage, new, profiles)]
        place = await _place(storage, address, new.kind)
        return [await _add_place(storage, new, profiles, place, new.title)]

    return with_storage(work)


async def _add_folder(storage: Storage, new: NewSource, profiles: Sequence[str]) -> AddedSource:
    from footnoted.cli.lines import remark
    from footnoted.sources.follow import NewSource as NewFolder
    from footnoted.sources.follow import add_source
    from footnoted.sources.net.asking import told_by_few_files

    if unknown := told_by_few_files(new.asked):
        remark(f"note: {unknown}")
    seconds = new.every_s or storage.settings.source_poll_interval_s
    folder = NewFolder(new.locator, profiles, seconds, new.title, new.creator, new.owner, new.asked)
    return await add_source(storage.database, folder, clock=storage.clock)


async def _place(storage: Storage, address: str, kind: str | None) -> NetPlace:
    """Return what the place is; it is asked, unless a person says or its address tells."""
    from footnoted.sources.items import YOUTUBE_KIND
    from footnoted.sources.net.adding import NetPlace, place_of

    if kind is not None and kind != YOUTUBE_KIND:
        return NetPlace(kind, address)
    net = _net(storage)
    try:
        return await place_of(address, net.web)
    finally:
        await net.close()


def _net(storage: Storage) -> Net:
    from footnoted.sources.assembly import make_net

    return make_net(storage.settings, storage.database, storage.clock)


async def _add_place(
    storage: Storage,
    new: NewSource,
    profiles: Sequence[str],
    place: NetPlace,
    title: str | None,
) -> AddedSource:
    from dataclasses import replace

    from footnoted.sources.follow import AddedSource
    from footnoted.sources.net.adding import NewPlace, add_place

    asked = new.asked
    if new.every_s is not None and asked.schedule is None:
        asked = replace(asked, schedule=f"every {new.every_s}")
    wanted = NewPlace(place, profiles, asked, title, new.creator, new.owner)
    source, is_new = await add_place(storage.database, wanted, clock=storage.clock)
    return AddedSource(source, is_new=is_new)


async def _add_list(
    storage: Storage, new: NewSource, profiles: Sequence[str], path: Path
) -> list[AddedSource]:
    """Follow every feed of an OPML file. Raises UsageError for a file that is none."""
    import asyncio

    from footnoted.cli.lines import remark
    from footnoted.sources.items import YOUTUBE_KIND
    from footnoted.sources.net.adding import NetPlace, feed_at
    from footnoted.sources.opml import read_opml
    from footnoted.sources.youtube.locator import YoutubePlace, youtube_locator

    try:
        data = await asyncio.to_thread(path.read_bytes)
    except OSError as error:
        message = f"{new.locator}: {(error.strerror or 'it cannot be read').lower()}"
        raise UsageError(message) from None
    added: list[AddedSource] = []
    listed = read_opml(data)
    for address in listed.unusable:
        remark(f"not followed, as it is no web address: {address[:_LONGEST_SHOWN]}")
    for outline in listed.feeds:
        meant = youtube_locator(outline.xml_url)
        place = feed_at(outline.xml_url)
        if isinstance(meant, YoutubePlace):
            place = NetPlace(YOUTUBE_KIND, meant.url)
        added.append(await _add_place(storage, new, profiles, place, outline.title))
    if not added:
        message = f"{new.locator} lists no feed"
        raise UsageError(message)
    return added


def export_sources(path: Path) -> int:
    """Write the followed feeds and channels as OPML; return how many. Folders are left out."""
    from footnoted.cli.storage import with_storage
    from footnoted.sources.follow import list_sources
    from footnoted.sources.items import FEED_KIND, YOUTUBE_KIND
    from footnoted.sources.opml import Listed, write_opml
    from footnoted.sources.youtube.locator import YoutubePlace, youtube_locator

    async def work(storage: Storage) -> list[Listed]:
        listed: list[Listed] = []
        for source in await list_sources(storage.database):
            meant = youtube_locator(source.locator) if source.kind == YOUTUBE_KIND else None
            if source.kind == FEED_KIND:
                listed.append(Listed(source.title, source.locator))
            elif isinstance(meant, YoutubePlace):
                listed.append(Listed(source.title, meant.feed_url or meant.url, meant.url))
        return listed

    found = with_storage(work)
    try:
        path.write_bytes(write_opml(found))
    except OSError as error:
        message = f"{path}: {(error.strerror or 'it cannot be written').lower()}"
        raise UsageError(message) from None
    return len(found)
