"""The cookies file: Netscape's format, one cookie a line, seven fields divided by tabs."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from footnoted.errors import TransientError

_FIELDS = 7
_HTTP_ONLY = "#HttpOnly_"
_LOGIN_COOKIES = frozenset(
    {"LOGIN_INFO", "SAPISID", "__Secure-1PAPISID", "__Secure-3PAPISID", "__Secure-3PSID"}
)
_RETRY_S = 900.0
YTDLP_UNUSABLE = "ytdlp_unusable"


class CookiesUnreadableError(TransientError):
    """The cookies file cannot be read; everything that needs it waits until it can."""

    code = "cookies_unreadable"

    def __init__(self, path: Path, why: str) -> None:
        """Say which file and why."""
        super().__init__(
            f"the cookies file {path} cannot be used: {why}",
            wait_reason=YTDLP_UNUSABLE,
            retry_after_s=_RETRY_S,
        )


class Cookie(NamedTuple):
    """One cookie as far as it matters here; `expires_at` is None for one of a session."""

    domain: str
    name: str
    expires_at: datetime | None


def read_cookies(text: str) -> list[Cookie]:
    """Return the cookies of a file. Raises ValueError when it is not in Netscape's format."""
    cookies: list[Cookie] = []
    for number, line in enumerate(text.splitlines(), 1):
        plain = line.removeprefix(_HTTP_ONLY)
        if not plain.strip() or plain.startswith("#"):
            continue
        fields = plain.split("\t")
        if len(fields) != _FIELDS:
            message = f"line {number} does not have {_FIELDS} fields divided by tabs"
            raise ValueError(message)
        cookies.append(Cookie(fields[0], fields[5], _expiry_of(fields[4], number)))
    return cookies


def login_cookies(cookies: list[Cookie]) -> list[Cookie]:
    """Return those that say to YouTube who is asking."""
    return [
        cookie
        for cookie in cookies
        if cookie.name in _LOGIN_COOKIES
        and cookie.domain.lstrip(".").lower().removeprefix("www.") in ("youtube.com", "google.com")
    ]


def copy_cookies(path: Path, folder: Path) -> Path:
    """Return a copy in `folder`: yt-dlp writes its cookies back, and the file is a person's.

    Raises CookiesUnreadableError.
    """
    copy = folder / "cookies.txt"
    try:
        shutil.copyfile(path, copy)
        Path(copy).chmod(0o600)
    except OSError as error:
        raise CookiesUnreadableError(path, error.strerror or type(error).__name__) from None
    return copy


def _expiry_of(field: str, number: int) -> datetime | None:
    try:
        seconds = float(field or "0")
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        message = f"line {number} has no time in its fifth field"
        raise ValueError(message) from None
