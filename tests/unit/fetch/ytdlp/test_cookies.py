"""The cookies file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from footnoted.fetch.ytdlp.cookies import (
    CookiesUnreadableError,
    copy_cookies,
    login_cookies,
    read_cookies,
)

if TYPE_CHECKING:
    from pathlib import Path

FILE = (
    "# Netscape HTTP Cookie File\n"
    "\n"
    ".youtube.com\tTRUE\t/\tTRUE\t1790000000\tLOGIN_INFO\tsecret\n"
    "#HttpOnly_.youtube.com\tTRUE\t/\tTRUE\t1795000000\t__Secure-3PSID\tsecret\n"
    ".youtube.com\tTRUE\t/\tFALSE\t0\tYSC\tx\n"
    ".example.com\tTRUE\t/\tTRUE\t1790000000\tLOGIN_INFO\tx\n"
)


def test_cookies_are_read_with_their_expiry() -> None:
    """Comments are not cookies, but the mark of HTTP-only ones looks like one."""
    found = read_cookies(FILE)
    assert [cookie.name for cookie in found] == [
        "LOGIN_INFO",
        "__Secure-3PSID",
        "YSC",
        "LOGIN_INFO",
    ]
    assert found[0].expires_at == datetime.fromtimestamp(1790000000, UTC)
    assert found[2].expires_at is None


def test_only_youtubes_logins_count() -> None:
    """Others say nothing about whether YouTube knows who asks."""
    assert [one.name for one in login_cookies(read_cookies(FILE))] == [
        "LOGIN_INFO",
        "__Secure-3PSID",
    ]


@pytest.mark.parametrize("text", ['[{"name": "x"}]', "a\tb\n", FILE.replace("1790000000", "soon")])
def test_another_format_is_refused(text: str) -> None:
    """Browsers' extensions export JSON too."""
    with pytest.raises(ValueError, match="line"):
        read_cookies(text)


def test_the_copy_is_private_and_the_file_untouched(tmp_path: Path) -> None:
    """yt-dlp writes its cookies back; what it writes is thrown away with the work folder."""
    mine, work = tmp_path / "mine.txt", tmp_path / "work"
    work.mkdir()
    mine.write_text(FILE)
    copy = copy_cookies(mine, work)
    assert copy.read_text() == FILE
    assert copy.stat().st_mode & 0o077 == 0
    assert copy.parent == work


def test_a_missing_file_is_a_wait_that_names_it(tmp_path: Path) -> None:
    """It may come back: a secret that is mounted late."""
    with pytest.raises(CookiesUnreadableError, match=r"mine\.txt"):
        copy_cookies(tmp_path / "mine.txt", tmp_path)
