"""What becomes of a file of an export: decided by three hashes, and never against a person. Pure.

What we wrote last (`known`), what is there now (`found`), and what it should be (`wanted`).
"""

from __future__ import annotations

import hashlib
from enum import Enum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_LONGEST_STEM_BYTES = 200
"""Names of files have 255 bytes at most; a mark and an ending have to fit behind it."""
NOT_A_FILE = "not a file"
"""What is found in place of a file that is a folder or a link: nothing of ours."""


class Fate(Enum):
    """What is done with one path."""

    NOTHING = "nothing"
    """It is there as it should be, or gone as it should be."""
    WRITE = "write"
    """It is written: nothing was there, or what we wrote."""
    REMOVE = "remove"
    """It is removed: it is what we wrote, and is wanted no more."""
    KEEP = "keep"
    """Somebody changed it, and we have nothing new to say: theirs stays."""
    LEAVE = "leave"
    """Somebody changed it, and it is wanted no more: theirs stays, and they are told."""
    CONFLICT = "conflict"
    """Somebody changed it, and so did we: theirs stays, ours goes beside it, and they are told."""


def fate_of(known: Collection[str], found: str | None, wanted: str | None) -> Fate:
    """Return what becomes of a path, by hashes; None is no file."""
    if found == wanted:
        return Fate.NOTHING
    if wanted is None:
        return Fate.REMOVE if found in known else Fate.LEAVE
    if found is None or found in known:
        return Fate.WRITE
    return Fate.KEEP if wanted in known else Fate.CONFLICT


def beside(path: str, number: int) -> str:
    """Return the name under which our text stands beside a file that was changed by hand.

    A name that the mark would make too long is cut, and told from others by a hash.
    """
    pure = PurePosixPath(path)
    mark = ".footnoted-new" if number == 1 else f".footnoted-new-{number}"
    stem = pure.stem
    if len(stem.encode()) > _LONGEST_STEM_BYTES:
        digest = hashlib.sha256(path.encode()).hexdigest()[:8]
        stem = f"{stem.encode()[:_LONGEST_STEM_BYTES].decode(errors='ignore')}-{digest}"
    return str(pure.with_name(f"{stem}{mark}{pure.suffix}"))
