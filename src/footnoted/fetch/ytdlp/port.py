"""The port to yt-dlp: what is asked of it, and what it answers, in words of ours.

What is wrong with one item is a value (`Answer.fault`). A host that refuses or is away, a machine
that lacks something, and a run that failed for no known reason are errors: see `YtDlp`.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - dataclass fields are read by tools at run time
from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 - as above
from typing import TYPE_CHECKING, Protocol

from footnoted.errors import FootnotedError, TransientError
from footnoted.fetch.ytdlp.cookies import YTDLP_UNUSABLE
from footnoted.fetch.ytdlp.faults import Fault  # noqa: TC001 - as above

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime

_RETRY_S = 3600.0


class YtDlpFailedError(FootnotedError):
    """yt-dlp ended in a way that nothing is known about: a counted attempt."""

    code = "ytdlp_failed"


class YtDlpUnusableError(TransientError):
    """yt-dlp cannot do its work on this machine until a person put something right."""

    code = "ytdlp_unusable"

    def __init__(self, why: str) -> None:
        """Say what is missing; it is tried again every hour."""
        super().__init__(why, wait_reason=YTDLP_UNUSABLE, retry_after_s=_RETRY_S)


@dataclass(frozen=True, slots=True)
class Answer:
    """What yt-dlp printed of an address: a JSON object as `raw` and read, unless `fault`.

    Both may be there: of a private video the id and the title are often still told.
    """

    raw: bytes
    info: Mapping[str, object]
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class CaptionsRequest:
    """One caption track of an item: `language` is yt-dlp's own key of it, such as `en-orig`."""

    url: str
    language: str
    is_auto: bool


class YtDlp(Protocol):
    """Asks sites through yt-dlp, one run at a time for each host.

    Everything raises HostRestsError and HostUnreachableError (`fetch.port`) for what concerns the
    host, YtDlpUnusableError or CookiesUnreadableError for what concerns this machine, and
    YtDlpFailedError for what is unknown.
    """

    async def describe(self, url: str) -> Answer:
        """Return what is known of one item."""
        ...

    async def listing(self, url: str, limit: int | None) -> Answer:
        """Return what a channel, playlist or page lists, its first `limit` items at most."""
        ...

    async def captions(self, request: CaptionsRequest, into: Path) -> Path | Fault:
        """Fetch one caption track into the folder `into` and return its file there."""
        ...

    async def audio(self, url: str, into: Path, max_bytes: int) -> Path | Fault:
        """Fetch the sound of an item into the folder `into`, at most so large; return its file."""
        ...


class HostTurns(Protocol):
    """The gate before every host; `fetch.web.gate.HostGate` is one."""

    def turn(self, host: str) -> AbstractAsyncContextManager[None]:
        """Hold a place at `host` while the body runs. Raises HostRestsError."""
        ...

    async def refused(
        self, host: str, code: str, detail: str, rest_s: float | None = None
    ) -> datetime | None:
        """Note that a host refused, and return until when it rests, if it does."""
        ...

    async def went_well(self, host: str) -> None:
        """Note that a host answered as it should."""
        ...
