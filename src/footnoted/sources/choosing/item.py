"""A found recording as an item, so that the rules of places on the net judge it as one of theirs.

It is of the day that a sidecar tells, else of the day its file was last changed.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from footnoted.model.path import real_path
from footnoted.sources.facts import title_of_path
from footnoted.sources.items import FoundItem
from footnoted.sources.names import METADATA_TABLE, NotTaken, read_name
from footnoted.sources.port import FileRole, FoundFile, FoundMedia

if TYPE_CHECKING:
    from collections.abc import Sequence


def key_of(media: FoundMedia) -> str:
    """Return the key that what becomes of a recording is kept under: its first file."""
    return f"file:{media.first.path}"


def is_table(file: FoundFile) -> bool:
    """Return whether a file is a metadata.csv, which speaks of a whole folder."""
    return os.path.basename(file.path).lower() == METADATA_TABLE  # noqa: PTH119 - odd names


def item_of(media: FoundMedia) -> FoundItem:
    """Return the item that a found recording is."""
    facts = media.facts
    known = {
        "title": facts.title or title_of_path(media.first.path),
        "published_at": facts.published_at or _changed_at(media.recording_files),
        "language": facts.language or _language(media.recording_files),
    }
    return FoundItem(keys=(key_of(media),), facts=facts.model_copy(update=known))


def _changed_at(files: Sequence[FoundFile]) -> datetime | None:
    """Return when the sound was last written, else the words: captions may be much younger."""
    sound = [file for file in files if file.role is FileRole.MEDIA]
    changed_ns = min((file.modified_ns for file in sound or files), default=None)
    try:
        return None if changed_ns is None else datetime.fromtimestamp(changed_ns / 1e9, UTC)
    except (OverflowError, OSError, ValueError):
        return None  # a file system may say anything


def _language(files: Sequence[FoundFile]) -> str | None:
    """Return the language in the names of transcripts: the original's, else the only one."""
    names = [read_name(real_path(os.path.basename(file.path))) for file in files]  # noqa: PTH119 - odd names
    tagged = [name for name in names if not isinstance(name, NotTaken) and name.language]
    spoken = {name.language for name in tagged if name.is_original}
    spoken = spoken or {name.language for name in tagged}
    return spoken.pop() if len(spoken) == 1 else None
