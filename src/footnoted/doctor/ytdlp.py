"""Checks of what YouTube and other sites are asked with: yt-dlp, a JavaScript runtime, cookies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from footnoted.doctor.check import CheckName, failure, ok, warning
from footnoted.errors import ConfigurationError
from footnoted.fetch.ytdlp.cookies import login_cookies, read_cookies
from footnoted.fetch.ytdlp.standing import ask_standing

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from footnoted.doctor.check import Check
    from footnoted.fetch.ytdlp.standing import Standing
    from footnoted.settings import Settings

OLD = timedelta(days=60)
"""Sites change faster than that; yt-dlp itself warns at 90 days."""

_SOON = timedelta(days=14)


async def check_ytdlp(settings: Settings) -> list[Check]:
    """Return how yt-dlp, its JavaScript runtime and the cookies are; the net is not asked."""
    now = datetime.now(UTC)
    try:
        standing = await ask_standing(settings.ytdlp_command)
    except ConfigurationError as error:
        return [failure(CheckName.YTDLP, error.message)]
    checks = [judge_version(standing, now.date())]
    if standing.why_not is None:
        checks.append(judge_javascript(standing))
    if settings.ytdlp_cookies_file is not None:
        checks.append(check_cookies(settings.ytdlp_cookies_file, now))
    return checks


def judge_version(standing: Standing, today: date) -> Check:
    """Return whether yt-dlp is there and young enough."""
    if standing.why_not is not None:
        return warning(CheckName.YTDLP, f"sites cannot be asked: {standing.why_not}")
    if standing.released_on is None:
        return warning(CheckName.YTDLP, "its version is no date")
    text = f"yt-dlp of {standing.released_on}"
    if today - standing.released_on > OLD:
        days = (today - standing.released_on).days
        return warning(CheckName.YTDLP, f"{text} is {days} days old: update it")
    return ok(CheckName.YTDLP, text)


def judge_javascript(standing: Standing) -> Check:
    """Return whether yt-dlp finds what it runs YouTube's scripts with."""
    if standing.runtimes and standing.has_scripts:
        return ok(CheckName.JAVASCRIPT, f"yt-dlp uses {standing.runtimes[0]}")
    if standing.runtimes:
        text = f"yt-dlp finds {standing.runtimes[0]} but not its scripts: install yt-dlp-ejs"
        return warning(CheckName.JAVASCRIPT, text)
    unfit = f"; {', '.join(standing.unfit)} is too old" if standing.unfit else ""
    return warning(
        CheckName.JAVASCRIPT,
        f"yt-dlp finds no JavaScript runtime{unfit}: captions come without one, the sound of"
        " YouTube's videos may not; install deno",
    )


def check_cookies(path: Path, now: datetime) -> Check:
    """Return whether the cookies file can be read, and until when it says who we are."""
    try:
        cookies = read_cookies(path.read_text(encoding="utf-8"))
    except OSError as error:
        return failure(CheckName.COOKIES, f"{path} cannot be read: {error.strerror}")
    except ValueError as error:
        return failure(CheckName.COOKIES, f"{path} is not in Netscape's format: {error}")
    logins = login_cookies(cookies)
    if not logins:
        text = f"{path} has {len(cookies)} cookies and no login to YouTube among them"
        return warning(CheckName.COOKIES, text)
    ends = [cookie.expires_at for cookie in logins if cookie.expires_at is not None]
    last = min(ends, default=None)
    if last is None:
        return ok(CheckName.COOKIES, f"{path} has a login to YouTube without an end")
    text = f"the login to YouTube in {path} ends on {last:%Y-%m-%d}"
    if last <= now:
        return failure(CheckName.COOKIES, f"{text}: it is over, export a new one")
    if last - now < _SOON:
        return warning(CheckName.COOKIES, f"{text}: export a new one soon")
    return ok(CheckName.COOKIES, text)
