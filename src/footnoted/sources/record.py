"""A look written down: recordings, files, facts, and the work they open. One transaction.

    lock -> rows touched -> place -> files -> facts -> videos opened, reopened, woken

Writing the same look twice changes nothing the second time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from footnoted.errors import UsageError
from footnoted.sources.facts import (
    StoredFacts,
    changed_columns,
    fact_columns,
    readable,
    title_of_path,
)
from footnoted.sources.items import FoundItem
from footnoted.sources.languages import is_language
from footnoted.sources.placement import Placed, place
from footnoted.sources.port import Facts, FileRole
from footnoted.sources.recordings import store
from footnoted.sources.removals.store import (
    Removals,
    content_key,
    removals_of,
    take_back,
)
from footnoted.sources.transcriptions.store import open_transcription
from footnoted.sources.videos import store as videos

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.sources.port import FoundMedia, Scan

_NO_REASON_TO_REOPEN = frozenset({"duration_ms"})


@dataclass(frozen=True, slots=True)
class Told:
    """What a person says of recordings that they bring themselves, where nothing else says it.

    `owner` is a label to tell them by.
    """

    creator: str | None = None
    language: str | None = None
    owner: str | None = None

    def __post_init__(self) -> None:
        """Raise UsageError for a language that is none."""
        if self.language is not None and not is_language(self.language):
            message = f"{self.language!r} is no language tag like en or pt-BR"
            raise UsageError(message)


NOTHING_TOLD = Told()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a look comes from: its source (None for one-offs) and what its recordings become.

    `creator` is who made what no sidecar says anything about; without it, the folder's name. So
    are `language` and `owner` of what has none.
    """

    source_id: int | None
    profiles: Sequence[str]
    creator: str | None
    trigger: str
    priority: int = 0
    language: str | None = None
    owner: str | None = None

    @classmethod
    def by_hand(cls, profiles: Sequence[str], told: Told) -> Origin:
        """Return the origin of what a person brings."""
        by = told.creator
        return cls(None, tuple(profiles), by, videos.MANUAL, 0, told.language, told.owner)


@dataclass(slots=True)
class Recorded:
    """What a look changed, counted in recordings; `missing` and `returned` count files.

    `media_ids` are those of the found recordings, in order, but for the ones at `removed`: a
    person erased them, at these times by profile.
    """

    added: int = 0
    changed: int = 0
    renamed: int = 0
    copied: int = 0
    known: int = 0
    missing: int = 0
    returned: int = 0
    media_ids: list[int] = field(default_factory=list[int])
    removed: dict[int, dict[str, datetime]] = field(
        default_factory=dict[int, dict[str, "datetime"]]
    )

    def counts(self) -> dict[str, int]:
        """Return what happened at all, by name."""
        names = ("added", "changed", "renamed", "copied", "missing", "returned")
        return {name: count for name in names if (count := getattr(self, name))}


async def record(session: AsyncConnection, scan: Scan, origin: Origin, now: datetime) -> Recorded:
    """Write what a look found and return what that changed."""
    await store.lock_discovery(session)
    recording = _Recording(session, origin, now, Recorded(known=scan.unchanged))
    await recording.place_all(scan)
    await recording.mark(scan)
    return recording.recorded


@dataclass(frozen=True, slots=True)
class _Change:
    """Why the videos of a known recording start again, and whether new ones may be opened."""

    why: list[str]
    is_to_open: bool


@dataclass(slots=True)
class _Recording:
    session: AsyncConnection
    origin: Origin
    now: datetime
    recorded: Recorded
    affected: set[int] = field(default_factory=set[int])
    new_ids: dict[int, int] = field(default_factory=dict[int, int])
    creators: dict[str, int] = field(default_factory=dict[str, int])
    removals: Removals = field(default_factory=lambda: Removals(()))

    async def place_all(self, scan: Scan) -> None:
        files = [file for media in scan.found for file in media.files]
        beside = [path for media in scan.found for path in media.siblings]
        contents = {file.sha256 for file in files if file.role is not FileRole.METADATA}
        known = await store.touched(
            self.session, [*(file.path for file in files), *beside], contents, set(scan.missing)
        )
        if self.origin.trigger != videos.MANUAL:
            self.removals = await removals_of(self.session, map(content_key, contents))
        placement = place(scan.found, known)
        self.affected |= {row.media_id for row in known.rows}.union(known.identities.values())
        await videos.lock_videos(self.session, sorted(self.affected))
        turn = await videos.first_turn(self.session, self.origin.source_id)
        opening = videos.Opening(self.origin.source_id, self.origin.trigger, self.now, turn)
        moved = [
            row.id
            for placed in placement.placed
            for row, file in zip(placed.rows, placed.found.files, strict=True)
            if row is not None and row.path != file.path
        ]
        await store.vacate(self.session, moved, placement.displaced)
        for index, placed in enumerate(placement.placed):
            if removed := self._removed(placed):
                self.recorded.removed[index] = removed
            else:
                await self._put(index, placed, opening)

    def _removed(self, placed: Placed) -> dict[str, datetime]:
        """Return when a person erased a recording that is not there, if it was for all profiles."""
        if placed.same_as is not None:
            return self.recorded.removed.get(placed.same_as, {})
        removed = self._removed_profiles(placed.found)
        is_wanted = placed.media_id is not None or len(removed) < len(set(self.origin.profiles))
        return {} if is_wanted else removed

    def _removed_profiles(self, found: FoundMedia) -> dict[str, datetime]:
        item = FoundItem(keys=tuple(_keys(found)), facts=Facts())
        return self.removals.of(item, self.origin.profiles)

    async def mark(self, scan: Scan) -> None:
        """Mark what is gone and what is back; a recording is missing when nothing of it is left."""
        gone = await store.mark_files(self.session, scan.missing, self.now, missing=True)
        back = await store.mark_files(self.session, scan.returned, self.now, missing=False)
        self.recorded.missing += len(gone)
        self.recorded.returned += len(back)
        self.affected.update(gone, back)
        await store.mark_media(self.session, self.affected, self.now)
        placed = set(self.recorded.media_ids)
        await videos.wake_videos(self.session, sorted(placed.union(back)), self.now)

    async def _put(self, index: int, placed: Placed, opening: videos.Opening) -> None:
        media_id = placed.media_id
        if placed.same_as is not None:
            media_id = self.new_ids[placed.same_as]
        is_new = media_id is None
        if media_id is None:
            media_id = self.new_ids[index] = await self._new_media(placed.found)
            change = _Change([], is_to_open=True)
        else:
            change = await self._refresh(media_id, placed)
        self.affected.add(media_id)
        for file, row in zip(placed.found.files, placed.rows, strict=True):
            row_id = None if row is None else row.id
            await store.put_file(self.session, media_id, row_id, file, self.now)
        if self.origin.trigger == videos.MANUAL:
            keys = [*_keys(placed.found), *(f"file:{file.path}" for file in placed.found.files)]
            await take_back(self.session, media_id, keys, self.origin.profiles)
        if change.why:
            forgets = placed.has_new_words
            await videos.reopen_videos(self.session, media_id, opening, change.why, forgets=forgets)
        waits = _is_sound_only(placed.found) and (
            await open_transcription(self.session, media_id, opening, self._priority) is not None
        )
        if change.is_to_open:
            await self._open(media_id, placed.found, opening, waits=waits)
        self._count(placed, is_new=is_new, is_changed=bool(change.why))
        self.recorded.media_ids.append(media_id)

    async def _new_media(self, found: FoundMedia) -> int:
        first = found.first
        facts = fact_columns(found.facts)
        facts.setdefault("language", self.origin.language)
        name = found.facts.creator or self.origin.creator or readable(found.folder)
        identity = store.identity_of(first.sha256) if first.size_bytes else f"path:{first.path}"
        return await store.insert_media(
            self.session,
            {
                "identity": identity,
                "creator_id": await self._creator(name),
                "source_id": self.origin.source_id,
                "owner": self.origin.owner,
                "title": found.called or title_of_path(first.path),
                "created_at": self.now,
                **facts,
            },
        )

    async def _refresh(self, media_id: int, placed: Placed) -> _Change:
        """Bring the facts of a known recording up to date, and return what that means for it.

        A source opens no videos on recordings of its own that it has met before: one that is not
        there was removed by somebody.
        """
        stored = await store.read_facts(self.session, media_id)
        if stored is None:
            return _Change([], is_to_open=True)
        is_own = self.origin.source_id is not None and stored.source_id == self.origin.source_id
        why = ["transcript"] if placed.has_new_words else []
        if not placed.is_copy:
            why += await self._update(media_id, await self._wanted(placed, stored), stored)
        return _Change(why, is_to_open=not is_own)

    async def _wanted(self, placed: Placed, stored: StoredFacts) -> dict[str, Any]:
        """Return the columns that this look would set; a title from the old name is renamed too."""
        facts = placed.found.facts
        wanted = fact_columns(facts)
        if facts.creator is not None:
            wanted["creator_id"] = await self._creator(facts.creator)
        old_titles = {
            title_of_path(row.path)
            for row, file in zip(placed.rows, placed.found.files, strict=True)
            if row is not None and row.path != file.path
        }
        if stored.values["title"] in old_titles:
            wanted.setdefault("title", title_of_path(placed.found.first.path))
        return wanted

    async def _update(
        self, media_id: int, wanted: Mapping[str, Any], stored: StoredFacts
    ) -> list[str]:
        changed = changed_columns(wanted, stored)
        if changed:
            await store.update_media(self.session, media_id, changed)
        if "creator_id" in changed:
            await videos.move_to_creator(self.session, media_id, changed["creator_id"], self.now)
        return sorted(name.removesuffix("_id") for name in changed.keys() - _NO_REASON_TO_REOPEN)

    async def _open(
        self, media_id: int, found: FoundMedia, opening: videos.Opening, *, waits: bool
    ) -> None:
        fields = {"path": found.first.path}
        removed = self._removed_profiles(found)
        for profile in self.origin.profiles:
            if profile in removed:
                continue
            how = videos.Queueing(self._priority, waits=waits)
            await videos.open_video(self.session, media_id, profile, opening, fields, how)

    @property
    def _priority(self) -> int:
        """Return how what is found stands in the queue, beside the items of places on the net."""
        return videos.priority_of(self.origin.priority)

    async def _creator(self, name: str) -> int:
        if name not in self.creators:
            self.creators[name] = await store.creator_id(self.session, name, self.now)
        return self.creators[name]

    def _count(self, placed: Placed, *, is_new: bool, is_changed: bool) -> None:
        if is_new:
            self.recorded.added += 1
        elif placed.is_copy:
            self.recorded.copied += 1
        elif placed.is_renamed:
            self.recorded.renamed += 1
        elif is_changed:
            self.recorded.changed += 1
        else:
            self.recorded.known += 1


def _keys(found: FoundMedia) -> list[str]:
    """Return by what the contents of a recording are known again; empty files are all alike."""
    return [content_key(file.sha256) for file in found.recording_files if file.size_bytes]


def _is_sound_only(found: FoundMedia) -> bool:
    roles = {file.role for file in found.files}
    return FileRole.MEDIA in roles and FileRole.TRANSCRIPT not in roles
