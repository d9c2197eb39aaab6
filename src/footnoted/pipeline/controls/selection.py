"""Which items a person means, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - dataclass fields are read at run time
from typing import NamedTuple

from footnoted.model.status import ItemKind  # noqa: TC001 - tools read the fields of a row


@dataclass(frozen=True, slots=True)
class Selection:
    """What is to be taken up again: videos by id or source, or what stopped, by reason or at all.

    All of them narrow each other, and `since` leaves out what stopped before. What the quality gate
    stopped is left alone unless it is named by id or reason, or `accepts_quality` says that its
    words are good enough.
    """

    video_ids: tuple[int, ...] = ()
    reason: str | None = None
    all_failed: bool = False
    accepts_quality: bool = False
    source_id: int | None = None
    since: datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Return whether it means nothing at all."""
        names_some = self.video_ids or self.reason is not None or self.source_id is not None
        return not (names_some or self.all_failed)


class Touched(NamedTuple):
    """An item that a control changed: its status before and now, and what it had stopped with."""

    kind: ItemKind
    id: int
    title: str
    before: str
    now: str
    code: str | None


class Untouched(NamedTuple):
    """A video that was named and left as it is, and why."""

    id: int
    why: str


@dataclass(frozen=True, slots=True)
class Handled:
    """What a control did: the items it changed, those it woke from a wait, those it left."""

    touched: tuple[Touched, ...] = ()
    woken: tuple[int, ...] = ()
    untouched: tuple[Untouched, ...] = ()
