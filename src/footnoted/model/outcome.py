"""What became of one work item in one tick; expected outcomes are values, matched totally."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - dataclass fields are read by tools at run time


@dataclass(frozen=True, slots=True)
class Advanced:
    """The stage saved its output and the item reached the milestone `to`."""

    to: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing went wrong and nothing can be done before `until`; no attempt is spent.

    `reason` is a short stable name that `status` shows; `deadline` is when waiting becomes failing.
    The first deadline of a wait that goes on holds, unless it `moves`: what is waited for has a
    time of its own that was put off.
    """

    until: datetime
    reason: str
    detail: str | None = None
    deadline: datetime | None = None
    moves: bool = False


@dataclass(frozen=True, slots=True)
class Stopped:
    """The item is over, as `failed`, `quarantined` or `skipped`, until a person says otherwise."""

    status: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Failed:
    """An attempt was spent on something that may work next time."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Lost:
    """Somebody else holds the item now, or it is gone; nothing was written."""


Outcome = Advanced | Waiting | Stopped | Failed | Lost
