"""How the yt-dlp of this machine stands."""

from __future__ import annotations

from datetime import date
from importlib.metadata import version

from footnoted.fetch.ytdlp.standing import ask_standing


async def test_the_one_installed_with_us_tells_its_date_and_finds_its_scripts() -> None:
    """Its lines are still read as they are printed."""
    standing = await ask_standing(None)
    assert standing.why_not is None
    year, month, day = map(int, version("yt-dlp").split(".")[:3])
    assert standing.released_on == date(year, month, day)
    assert standing.has_scripts


async def test_one_that_is_not_there_says_so() -> None:
    """With its name."""
    standing = await ask_standing("/nowhere/yt-dlp --proxy x")
    assert standing.why_not == "/nowhere/yt-dlp cannot be started: No such file or directory"
