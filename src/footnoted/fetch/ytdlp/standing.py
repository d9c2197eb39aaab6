"""What yt-dlp is on this machine: its version, which is a date, and what it finds to run scripts.

Read from the lines that `-v` prints before it complains that it was given no address.
"""

from __future__ import annotations

import os
import re
import tempfile
from datetime import date
from pathlib import Path
from typing import NamedTuple

from footnoted.fetch.ytdlp.environment import command_words, environment_of
from footnoted.fetch.ytdlp.limits import RunLimits
from footnoted.fetch.ytdlp.process import Start, run

_LIMITS = RunLimits(timeout_s=60.0, max_output_bytes=2**20)
_ASKED = ("--ignore-config", "--no-update", "--color=never", "-v")
_RUNTIMES = ("--js-runtimes=deno", "--js-runtimes=node", "--js-runtimes=quickjs")
_VERSION = re.compile(r"yt-dlp version \S*?(\d{4})\.(\d{2})\.(\d{2})")
_FOUND = re.compile(r"^\[debug\] JS runtimes: (.*)$", re.MULTILINE)


class Standing(NamedTuple):
    """How yt-dlp stands; `why_not` says why it cannot be run, and then nothing else is known.

    `released_on` is the date in its version. `runtimes` are the JavaScript runtimes it would use,
    `unfit` those that are there and too old. `has_scripts` says that yt-dlp-ejs is there.
    """

    why_not: str | None = None
    released_on: date | None = None
    runtimes: tuple[str, ...] = ()
    unfit: tuple[str, ...] = ()
    has_scripts: bool = False


async def ask_standing(command: str | None) -> Standing:
    """Return how the yt-dlp that `command` runs stands. Raises ConfigurationError without words."""
    words = command_words(command)
    with tempfile.TemporaryDirectory(prefix="footnoted-ytdlp-") as folder:
        environment = environment_of(os.environ, folder)
        start = Start([*words, *_ASKED, *_RUNTIMES], Path(folder), environment)
        try:
            ended = await run(start, _LIMITS)
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else "its words are unusable"
            return Standing(why_not=f"{words[0]} cannot be started: {why}")
    said = f"{ended.output.decode('utf-8', 'replace')}\n{ended.messages}"
    if ended.killed_for is not None:
        return Standing(why_not=ended.killed_for)
    return read_standing(said)


def read_standing(said: str) -> Standing:
    """Return what the lines of `-v` tell."""
    if "no such option" in said:
        return Standing(why_not="it is too old to know its options: update it")
    if "No module named" in said:
        return Standing(why_not="it is not installed")
    version = _VERSION.search(said)
    if version is None:
        last = said.strip().splitlines()[-1:] or ["it says nothing"]
        return Standing(why_not=f"it does not tell its version: {last[0][:200]}")
    found = _FOUND.search(said)
    listed = [] if found is None else [one.strip() for one in found[1].split(",")]
    named = [one for one in listed if re.match(r"[a-z-]+-\d", one)]
    unfit = [one.split(" ")[0] for one in named if "unsupported" in one]
    return Standing(
        released_on=_date(version),
        runtimes=tuple(one for one in named if "unsupported" not in one),
        unfit=tuple(unfit),
        has_scripts="yt_dlp_ejs-" in said,
    )


def _date(version: re.Match[str]) -> date | None:
    try:
        return date(int(version[1]), int(version[2]), int(version[3]))
    except ValueError:
        return None
