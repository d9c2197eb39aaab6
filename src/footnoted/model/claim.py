"""A work item in the hands of one process: what it was when it was claimed, and its fence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - dataclass fields are read by tools at run time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from footnoted.model.status import ItemKind


@dataclass(frozen=True, slots=True)
class Claim:
    """One claimed item. `fence` grows with each claim; only its holder's writes are taken.

    `wait_reason` and `deadline` are those of the wait the item just woke from, if any.
    """

    kind: ItemKind
    id: int
    profile: str
    status: str
    fence: int
    attempts: int = 0
    crashes: int = 0
    wait_reason: str | None = None
    deadline: datetime | None = None

    @property
    def key(self) -> tuple[ItemKind, int]:
        """Return what makes the item unique over all kinds."""
        return (self.kind, self.id)

    def __str__(self) -> str:
        """Return the item as messages name it, for example `video 12`."""
        return f"{self.kind.replace('_', ' ')} {self.id}"
