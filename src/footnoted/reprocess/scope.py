"""What a person wants to have done again, and how thoroughly."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime  # noqa: TC003 - dataclass fields are read at run time
from enum import StrEnum
from typing import Any

from footnoted.errors import UsageError


class Reach(StrEnum):
    """Which items are looked at: some videos, a source's, all, or only those with a stale part."""

    VIDEO = "video"
    SOURCE = "source"
    ALL = "all"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Scope:
    """What to look at. Everything narrows; `stage` is where redoing begins.

    `since` leaves out what was taken in before. `force` wants fresh answers although nothing
    changed, from `stage` on.
    """

    reach: Reach
    video_ids: tuple[int, ...] = ()
    source_id: int | None = None
    owner: str | None = None
    stage: str | None = None
    since: datetime | None = None
    force: bool = False

    @property
    def is_everybody(self) -> bool:
        """Return whether it leaves out no creator."""
        is_wide = self.reach in (Reach.ALL, Reach.STALE)
        return is_wide and self.owner is None and self.since is None

    def summary(self) -> dict[str, Any]:
        """Return the scope as it is kept with a plan."""
        since = None if self.since is None else self.since.isoformat()
        told = {**asdict(self), "reach": self.reach.value, "since": since}
        return {name: value for name, value in told.items() if value}

    def check(self) -> None:
        """Raise UsageError where reach and arguments do not fit."""
        if (self.reach is Reach.VIDEO) != bool(self.video_ids):
            message = "--scope video and --video belong together: name the videos by id"
            raise UsageError(message)
        if (self.reach is Reach.SOURCE) != (self.source_id is not None):
            message = "--scope source and --source belong together: name one source by id"
            raise UsageError(message)
        if self.force and self.reach is Reach.STALE:
            message = "--force redoes what is not stale too: say --scope video, source or all"
            raise UsageError(message)
