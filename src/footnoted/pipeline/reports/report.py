"""The state of everything, as one value: what waits, what stopped, what today cost."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from footnoted.model.status import ItemKind


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class AlertLine(_Value):
    """Something a person should look at, raised `count` times since `first_at`."""

    code: str
    concerns: str
    message: str
    count: int
    first_at: datetime
    last_at: datetime


class SilentReceiver(_Value):
    """A receiver that did not take its last message: since when, why, how many alerts wait."""

    name: str
    since: datetime
    why: str
    waiting: int


class BrokenLine(_Value):
    """A profile that nothing is made with, why, and how much is unfinished for that or goes on.

    `videos` and `page_groups` are unfinished; `sources` bring it more.
    """

    profile: str
    fault: str
    videos: int
    page_groups: int
    sources: int

    @property
    def sentence(self) -> str:
        """Return which profile it is, what depends on it, and where it is to be mended."""
        counts = {
            "unfinished video": self.videos,
            "page group": self.page_groups,
            "source": self.sources,
        }
        parts = [f"{n} {noun}{'s' if n > 1 else ''}" for noun, n in counts.items() if n]
        depending = f"{', '.join(parts)} depend on it" if parts else "nothing depends on it"
        return (
            f"the profile {self.profile} is broken, so no daemon starts; {depending}: {self.fault}"
        )


class StatusCount(_Value):
    """How many videos of a profile stand at a status."""

    profile: str
    status: str
    count: int


class Example(_Value):
    """An item by id and title, with what is known of its wait or failure."""

    id: int
    title: str
    detail: str | None


class WaitLine(_Value):
    """Items that wait for the same thing: from when on, and when waiting becomes failing."""

    kind: ItemKind
    reason: str
    count: int
    next_at: datetime
    last_at: datetime
    deadline: datetime | None
    examples: tuple[Example, ...]


class StopLine(_Value):
    """Items that ended the same way, and the command that takes them up again."""

    kind: ItemKind
    status: str
    code: str
    count: int
    examples: tuple[Example, ...]
    retry: str


class WithheldLine(_Value):
    """Videos that have their words, and whose recordings are not to be had any more.

    `next_at` is when the first is looked at again, None when all are given up.
    """

    kind: ItemKind = ItemKind.VIDEO
    reason: str
    count: int
    next_at: datetime | None
    examples: tuple[Example, ...]


class WorkLine(_Value):
    """An item that a process works on now, at the milestone it stands at."""

    kind: ItemKind
    id: int
    title: str
    status: str
    until: datetime


class GroupCounts(_Value):
    """Page groups: due now, and waiting for more videos of their creator, until when at most."""

    due: int
    gathering: int
    gathering_until: datetime | None


class SourceCounts(_Value):
    """Sources that are followed, paused, and failed, and when the next one is looked at."""

    followed: int
    paused: int
    failed: int
    next_poll_at: datetime | None

    @property
    def total(self) -> int:
        """Return how many there are."""
        return self.followed + self.paused + self.failed


class StatusReport(_Value):
    """Everything `status` tells.

    `ready` items could be worked on at once. `index_behind` documents wait to be indexed.
    `calls_today` and `cost_today_usd` count from midnight UTC. `paused_since` is when a person
    paused all work, if it is paused. `broken` profiles keep a daemon from starting.
    """

    at: datetime
    paused_since: datetime | None
    alerts: tuple[AlertLine, ...]
    silent_receivers: tuple[SilentReceiver, ...]
    broken: tuple[BrokenLine, ...] = ()
    videos: tuple[StatusCount, ...]
    ready: int
    working: tuple[WorkLine, ...]
    waiting: tuple[WaitLine, ...]
    stopped: tuple[StopLine, ...]
    withheld: tuple[WithheldLine, ...]
    page_groups: GroupCounts
    pages: int
    sources: SourceCounts
    index_behind: int
    index_behind_since: datetime | None
    calls_today: int
    cost_today_usd: Decimal

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was ever added."""
        return not self.videos and self.sources.total == 0
