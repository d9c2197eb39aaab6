"""What a person says of a recording, which no look overwrites (`footnoted edit`)."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from footnoted.errors import UsageError
from footnoted.sources.facts import EDITABLE_FIELDS, StoredFacts
from footnoted.sources.languages import is_language
from footnoted.sources.recordings import store
from footnoted.sources.sidecar import (
    chapters_of,
    duration_ms_of,
    tags_of,
    text_of,
    time_of,
    url_of,
)
from footnoted.sources.videos import store as videos

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.clock import Clock
    from footnoted.db.session import Database

_NEVER_EMPTY = frozenset({"title", "creator"})
_LISTS = frozenset({"tags", "chapters"})
_COLUMNS = {"creator": "creator_id", "duration_s": "duration_ms"}
"""The columns whose names are not those of their fields."""


async def edit_media(
    database: Database, media_id: int, changes: Mapping[str, str], *, clock: Clock
) -> tuple[str, ...]:
    """Set fields of a recording by hand, and return those that are different now.

    The fields are EDITABLE_FIELDS, written as in a metadata.csv; an empty value empties a field.
    Each named field is a person's from now on. What was made of the recording is made again.

    Raises UsageError for an unknown field, a value that does not parse, or an unknown recording.
    """
    values = {name: _parsed(name, raw) for name, raw in changes.items()}
    now = clock.now()
    async with database.transaction() as session:
        await store.lock_discovery(session)
        await videos.lock_videos(session, [media_id])
        stored = await store.read_facts(session, media_id)
        if stored is None:
            message = f"there is no recording {media_id}"
            raise UsageError(message)
        changed = await _write(session, media_id, values, stored, now)
        if changed:
            turn = await videos.first_turn(session, stored.source_id)
            opening = videos.Opening(stored.source_id, videos.MANUAL, now, turn)
            await videos.reopen_videos(session, media_id, opening, changed, forgets=False)
            await videos.notify_work(session)
    return tuple(changed)


async def _write(
    session: AsyncConnection,
    media_id: int,
    values: Mapping[str, Any],
    stored: StoredFacts,
    now: datetime,
) -> list[str]:
    columns = {_COLUMNS.get(name, name): value for name, value in values.items()}
    if "creator_id" in columns:
        columns["creator_id"] = await store.creator_id(session, values["creator"], now)
    changed = [name for name in values if _differs(_COLUMNS.get(name, name), columns, stored)]
    edited = {name.removesuffix("_id") for name in (*stored.edited, *columns)}
    await store.update_media(session, media_id, {**columns, "edited_fields": sorted(edited)})
    if "creator" in changed:
        await videos.move_to_creator(session, media_id, columns["creator_id"], now)
    return sorted(changed)


def _differs(column: str, columns: Mapping[str, Any], stored: StoredFacts) -> bool:
    return bool(stored.values[column] != columns[column])


def _parsed(name: str, raw: str) -> object:
    parse = _PARSERS.get(name)
    if parse is None:
        near = difflib.get_close_matches(name, EDITABLE_FIELDS, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        message = f"a recording has no field {name!r} to edit{hint}"
        raise UsageError(message)
    if not raw.strip():
        if name in _NEVER_EMPTY:
            message = f"a recording needs a {name}"
            raise UsageError(message)
        return [] if name in _LISTS else None
    try:
        return parse(raw)
    except ValueError as error:
        message = f"{name} {error}"
        raise UsageError(message) from None


def _language_of(raw: str) -> str:
    tag = raw.strip()
    if not is_language(tag):
        message = f"is no language tag like `en` or `pt-BR`: {tag!r}"
        raise ValueError(message)
    return tag


_PARSERS: dict[str, Callable[[str], object]] = {
    "title": text_of,
    "url": url_of,
    "creator": text_of,
    "published_at": time_of,
    "duration_s": duration_ms_of,
    "language": _language_of,
    "tags": lambda raw: list(tags_of(raw)),
    "chapters": lambda raw: [chapter.model_dump() for chapter in chapters_of(raw)],
}
