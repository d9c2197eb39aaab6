"""The port to whoever can get the words of an item: what is wanted, and what came of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel, ConfigDict

from footnoted.model.transcript import TranscriptOrigin
from footnoted.sources.items import FoundItem
from footnoted.sources.options import SourceOptions
from footnoted.sources.port import Facts

if TYPE_CHECKING:
    from footnoted.model.outcome import Stopped, Waiting


class Wanted(BaseModel):
    """An item whose words are wanted.

    `hears` says that speech recognition is configured, so that sound is worth something. `seen_at`
    is since when it is wanted, `history` what earlier looks returned. What `was_heard` has words
    already; so has what `was_taken`, of which the rules decided then. `since` is what its date may
    not be before, where only its page can tell it. Files are to be put into `folder`, which may not
    exist yet.
    """

    model_config = ConfigDict(frozen=True)

    item: FoundItem
    options: SourceOptions
    language: str | None
    published_at: datetime | None
    seen_at: datetime
    hears: bool
    was_heard: bool = False
    was_taken: bool = False
    history: dict[str, Any]
    since: datetime | None = None
    folder: Path


class Captions(BaseModel):
    """A caption file that was fetched; `language` and `is_original` as its publisher says."""

    model_config = ConfigDict(frozen=True)

    path: Path
    sha256: str
    origin: TranscriptOrigin
    language: str | None
    is_original: bool


class Obtained(BaseModel):
    """What came of it: captions, else `needs_sound`; what is known of the item now.

    `check_again_at` is when what is there may be better. `history` is for the next look.
    """

    model_config = ConfigDict(frozen=True)

    captions: Captions | None = None
    needs_sound: bool = False
    facts: Facts = Facts()
    history: dict[str, Any] = {}
    check_again_at: datetime | None = None


class Obtainer(Protocol):
    """Gets the words of items of one kind."""

    async def obtain(self, wanted: Wanted, now: datetime) -> Obtained | Waiting | Stopped:
        """Return what is there, what is waited for, or why nothing will ever come.

        Raises the errors of `fetch.port`, and PermanentError for what can never be read.
        """
        ...

    async def fetch_sound(self, wanted: Wanted) -> Path:
        """Return the file with the item's sound, in `wanted.folder`. Raises as `obtain` does."""
        ...
