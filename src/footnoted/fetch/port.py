"""The port to the web: one bounded request for whoever needs something from outside.

What comes from the net is hostile until shown otherwise: every answer is bounded in time, size and
redirects, and an address that leads to a private network is refused after it is resolved.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - dataclass fields are read by tools at run time
from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003 - as above
from pathlib import Path  # noqa: TC003 - as above
from typing import Protocol

from footnoted.errors import PermanentError, TransientError
from footnoted.settings import variable

HOST_RESTS = "host_rests"
"""The wait of what needs a host that is left alone for a while."""

HOST_UNREACHABLE = "host_unreachable"
"""The wait of what needs a host that does not answer now."""


OFFLINE = "offline"
"""The wait of what needs the net where the settings keep us from it."""

_OFFLINE_S = 3_600.0


class OfflineError(TransientError):
    """The settings say to stay on this machine, and the host is elsewhere."""

    code = "offline"

    def __init__(self, host: str) -> None:
        """Say which host is not asked."""
        message = f"{host} is not asked: {variable('offline')} is set"
        super().__init__(message, wait_reason=OFFLINE, retry_after_s=_OFFLINE_S, concerns=host)


class HostRestsError(TransientError):
    """The host is left alone until `until`: it asked for that, or it refused us."""

    code = "host_rests"

    def __init__(self, host: str, until: datetime, why: str) -> None:
        """Say which host rests, until when, and why."""
        message = f"{host} is left alone until {until:%Y-%m-%d %H:%M} UTC: {why}"
        super().__init__(message, wait_reason=HOST_RESTS, until=until, concerns=host)


class HostUnreachableError(TransientError):
    """The host cannot be reached now, or answers with an error of its own (5xx)."""

    code = "host_unreachable"

    def __init__(self, host: str, why: str, *, retry_after_s: float | None = None) -> None:
        """Say which host and what is seen in its place."""
        super().__init__(
            f"{host}: {why}",
            wait_reason=HOST_UNREACHABLE,
            retry_after_s=retry_after_s,
            concerns=host,
        )


class WebRefusedError(PermanentError):
    """The request or its answer is not acceptable; asking again would not help.

    `failure_code` is one of `address_refused`, `address_malformed`, `answer_too_large`,
    `answer_wrong_type`, `too_many_redirects`, `web_gone` (404, 410) and `web_refused` (other 4xx).
    `status` is the HTTP status where there was one.
    """

    code = "web_refused"

    def __init__(self, message: str, *, failure_code: str, status: int | None = None) -> None:
        """Name the failure as `status` will show it."""
        super().__init__(message, failure_code=failure_code)
        self.status = status


@dataclass(frozen=True, slots=True)
class WebLimits:
    """How long a request may take in all, how much it may bring, how often it may be redirected."""

    timeout_s: float = 30.0
    max_bytes: int = 20 * 2**20
    max_redirects: int = 5


@dataclass(frozen=True, slots=True)
class WebRequest:
    """A GET. `etag` and `last_modified` make it conditional.

    `accepts` are beginnings of content types; without any, every type is taken.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    accepts: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    limits: WebLimits = WebLimits()


@dataclass(frozen=True, slots=True)
class WebAnswer:
    """What came: `url` is where it came from at last; `moved_to` where it moved to for good.

    `is_unchanged` says that the condition held (304); the body is empty then.
    """

    url: str
    status: int
    body: bytes
    content_type: str | None
    etag: str | None
    last_modified: str | None
    moved_to: str | None = None
    is_unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Download:
    """A file that was fetched: where from at last, its size, hash and declared type."""

    url: str
    path: Path
    size_bytes: int
    sha256: str
    content_type: str | None


class Web(Protocol):
    """Asks the net, politely and within limits."""

    async def get(self, request: WebRequest) -> WebAnswer:
        """Return the answer in memory.

        Raises OfflineError, HostRestsError, HostUnreachableError or WebRefusedError.
        """
        ...

    async def download(self, request: WebRequest, into: Path) -> Download:
        """Stream the answer to the new file `into`, which is gone again when that fails.

        Raises as `get` does.
        """
        ...
