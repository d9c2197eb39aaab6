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
    from footnoted.sources.net.adding import NetPlace
    from footnoted.sources.net.asking import Asked
    from footnoted.sources.opml import Listed
    from footnoted.sources.store import Source

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


@dataclass(frozen=True, slots=True)
class Followed:
    """A source that follows a place now; not `is_new` when it did before, unchanged.

    `not_applied` are the options that say something else of it than is so, as a shell takes them.
    """

    source: Source
    is_new: bool
    not_applied: tuple[str, ...] = ()


def add_sources(new: NewSource) -> list[Followed]:
    """Follow a place, or every feed of a list; return the sources, new or known.

    Raises UsageError for a place that cannot be followed, and for options that it does not take.
    """
    from footnoted.catalogue import require_profiles
    from footnoted.cli.storage import with_storage
    from footnoted.sources.net.address import address_of

    path, address = Path(new.locator).expanduser(), address_of(new.locator)
    names_list = address is None and path.suffix.lower() in _OPML_SUFFIXES and not path.is_dir()
    _require_taken(new, is_folder=address is None and not names_list, is_list=names_list)

    async def work(storage: Storage) -> list[Followed]:
        profiles = list(new.profiles or [storage.settings.profile])
        require_profiles(storage.settings, profiles)
        if names_list:
            return await _add_list(storage, new, profiles, path)
        if address is None:
            return [await _add_folder(storage, new, profiles)]
        place = await _place(storage, address, new.kind)
        return [await _add_place(storage, new, profiles, place, new.title)]

    return with_storage(work)


def _require_taken(new: NewSource, *, is_folder: bool, is_list: bool) -> None:
    """Raise UsageError for options that say nothing of such a place, before anybody is asked."""
    from footnoted.sources.change import paced
    from footnoted.sources.net.asking import schedule_words

    given = [name for name in ("title", "kind") if getattr(new, name) is not None]
    if is_list and given:
        options = " and ".join(f"--{name}" for name in given)
        message = f"say {options} of one place: {new.locator} is a list of feeds"
        raise UsageError(message)
    if is_folder:
        require_no_kind(new.locator, new.kind)
    asked, _ = paced(new.asked, new.every_s, is_folder=is_folder)
    schedule_words(asked)


def require_no_kind(folder: str, kind: str | None) -> None:
    """Raise UsageError for a kind of places on the net that is said of a folder."""
    if kind is not None:
        message = f"--kind is of places on the net, and {folder} is here"
        raise UsageError(message)


async def _add_folder(storage: Storage, new: NewSource, profiles: Sequence[str]) -> Followed:
    from footnoted.cli.lines import remark
    from footnoted.sources.change import paced
    from footnoted.sources.follow import NewSource as NewFolder
    from footnoted.sources.follow import add_source
    from footnoted.sources.net.asking import told_by_few_files

    if unknown := told_by_few_files(new.asked):
        remark(f"note: {unknown}")
    seconds = new.every_s or storage.settings.source_poll_interval_s
    asked, _ = paced(new.asked, new.every_s, is_folder=True)
    folder = NewFolder(new.locator, profiles, seconds, new.title, new.creator, new.owner, asked)
    added = await add_source(storage.database, folder, clock=storage.clock)
    return _followed(added.source, new, is_new=added.is_new)


def _followed(source: Source, new: NewSource, *, is_new: bool) -> Followed:
    from footnoted.cli.asking import option_words
    from footnoted.sources.change import Particulars, unlike

    if is_new:
        return Followed(source, is_new=True)
    said = Particulars(new.title, new.profiles, new.creator, new.owner, new.every_s)
    words = [
        word
        for name, value in unlike(source, new.asked, said).items()
        for word in option_words(name, value)
    ]
    return Followed(source, is_new=False, not_applied=tuple(words))


async def _place(storage: Storage, address: str, kind: str | None) -> NetPlace:
    """Return what the place is; it is asked, unless a person says or its address tells.

    Raises UsageError where it is not what the person says.
    """
    from footnoted.sources.items import FEED_KIND, YOUTUBE_KIND
    from footnoted.sources.net.adding import NetPlace, feed_at, place_of

    if kind is not None and kind != YOUTUBE_KIND:
        return feed_at(address) if kind == FEED_KIND else NetPlace(kind, address)
    net = _net(storage)
    try:
        place = await place_of(address, net.web)
    finally:
        await net.close()
    if kind is not None and place.kind != kind:
        message = f"{address} is no channel or playlist of YouTube"
        raise UsageError(message)
    return place


def _net(storage: Storage) -> Net:
    from footnoted.sources.assembly import make_net

    return make_net(storage.settings, storage.database, storage.clock)


async def _add_place(
    storage: Storage,
    new: NewSource,
    profiles: Sequence[str],
    place: NetPlace,
    title: str | None,
) -> Followed:
    from footnoted.sources.change import paced
    from footnoted.sources.net.adding import NewPlace, add_place

    asked, _ = paced(new.asked, new.every_s, is_folder=False)
    wanted = NewPlace(place, profiles, asked, title, new.creator, new.owner)
    source, is_new = await add_place(storage.database, wanted, clock=storage.clock)
    return _followed(source, new, is_new=is_new)


async def _add_list(
    storage: Storage, new: NewSource, profiles: Sequence[str], path: Path
) -> list[Followed]:
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
    added: list[Followed] = []
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


@dataclass(frozen=True, slots=True)
class Exported:
    """How many sources a list names, and what it leaves out and why, a sentence each."""

    listed: int
    left_out: tuple[str, ...]


def export_sources(path: Path) -> Exported:
    """Write the followed feeds and channels as OPML, and return what is in it and what is not."""
    from footnoted.cli.storage import with_storage
    from footnoted.sources.follow import list_sources
    from footnoted.sources.opml import write_opml

    async def work(storage: Storage) -> list[Source]:
        return await list_sources(storage.database)

    listed: list[Listed] = []
    left_out: list[str] = []
    for source in with_storage(work):
        entry = listed_as(source)
        if isinstance(entry, str):
            left_out.append(f"source {source.id}, {source.title}: {entry}")
        else:
            listed.append(entry)
    try:
        path.write_bytes(write_opml(listed))
    except OSError as error:
        message = f"{path}: {(error.strerror or 'it cannot be written').lower()}"
        raise UsageError(message) from None
    return Exported(len(listed), tuple(left_out))


def listed_as(source: Source) -> Listed | str:
    """Return how a list of feeds names a source, or why it cannot."""
    from footnoted.sources.items import FEED_KIND, YOUTUBE_KIND, PollState
    from footnoted.sources.opml import Listed
    from footnoted.sources.port import FOLDER_KIND
    from footnoted.sources.youtube.locator import YoutubePlace, youtube_locator

    if source.kind == FEED_KIND:
        return Listed(source.title, source.locator)
    if source.kind != YOUTUBE_KIND:
        return "a folder has no feed" if source.kind == FOLDER_KIND else "no feed of it is known"
    known = PollState.model_validate(source.poll_state).moved_to
    for locator in (source.locator, known or ""):
        meant = youtube_locator(locator)
        if isinstance(meant, YoutubePlace) and meant.feed_url is not None:
            return Listed(source.title, meant.feed_url, source.locator)
    return "its feed is known after the next look at it"
