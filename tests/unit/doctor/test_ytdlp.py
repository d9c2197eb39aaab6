"""What the examination makes of yt-dlp, its JavaScript runtime and the cookies."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from footnoted.doctor.ytdlp import check_cookies, judge_javascript, judge_version
from footnoted.fetch.ytdlp.standing import Standing, read_standing

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, tzinfo=UTC)
SAID = """[debug] Command-line config: ['-v']
[debug] yt-dlp version stable@2026.10.26 from yt-dlp/yt-dlp [594bd50c2] (pip)
[debug] Optional libraries: certifi-2026.10.18, sqlite3-3.40.1, yt_dlp_ejs-0.8.0
[debug] JS runtimes: deno-2.9.8, node-20.20.2 (unsupported)
Usage: __main__.py [OPTIONS] URL [URL...]

__main__.py: error: You must provide at least one URL.
"""


def test_the_lines_of_v_tell_how_it_stands() -> None:
    """Its version is a date."""
    assert read_standing(SAID) == Standing(
        released_on=date(2026, 10, 26),
        runtimes=("deno-2.9.8",),
        unfit=("node-20.20.2",),
        has_scripts=True,
    )
    none = read_standing(SAID.replace("deno-2.9.8, node-20.20.2 (unsupported)", "none"))
    assert (none.runtimes, none.unfit) == ((), ())


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("/usr/bin/python3: No module named yt_dlp", "not installed"),
        ("yt-dlp: error: no such option: --js-runtimes", "too old"),
        ("", "it says nothing"),
        ("Segmentation fault", "Segmentation fault"),
    ],
)
def test_one_that_cannot_be_run_says_why(said: str, words: str) -> None:
    """A warning: files and feeds need none."""
    standing = read_standing(said)
    check = judge_version(standing, TODAY)
    assert (check.name, check.state) == ("ytdlp", "warning")
    assert words in check.explanation


@pytest.mark.parametrize(("days", "state"), [(0, "ok"), (60, "ok"), (61, "warning")])
def test_its_age_is_judged(days: int, state: str) -> None:
    """Sites change faster than that."""
    standing = Standing(released_on=TODAY - timedelta(days=days))
    assert judge_version(standing, TODAY).state == state


@pytest.mark.parametrize(
    ("standing", "state", "words"),
    [
        (Standing(runtimes=("deno-2.9.8",), has_scripts=True), "ok", "uses deno-2.9.8"),
        (Standing(runtimes=("deno-2.9.8",)), "warning", "install yt-dlp-ejs"),
        (Standing(unfit=("node-20.20.2",), has_scripts=True), "warning", "node-20.20.2 is too old"),
        (Standing(has_scripts=True), "warning", "install deno"),
    ],
)
def test_the_javascript_runtime_is_judged(standing: Standing, state: str, words: str) -> None:
    """It takes the runtime and the scripts."""
    check = judge_javascript(standing)
    assert (check.name, check.state) == ("javascript", state)
    assert words in check.explanation


def _cookie(ends: datetime | None, name: str = "LOGIN_INFO") -> str:
    seconds = 0 if ends is None else int(ends.timestamp())
    return f".youtube.com\tTRUE\t/\tTRUE\t{seconds}\t{name}\tsecret\n"


@pytest.mark.parametrize(
    ("text", "state", "words"),
    [
        (_cookie(NOW + timedelta(days=400)), "ok", "ends on 2027-12-25"),
        (_cookie(None), "ok", "without an end"),
        (_cookie(NOW + timedelta(days=13)), "warning", "soon"),
        (_cookie(NOW - timedelta(days=1)), "failure", "it is over"),
        (_cookie(NOW + timedelta(days=400), "YSC"), "warning", "no login to YouTube"),
        ("[]", "failure", "not in Netscape's format"),
    ],
)
def test_the_end_of_a_login_is_judged(tmp_path: Path, text: str, state: str, words: str) -> None:
    """Before it is over, a person hears of it; and no value of a cookie is shown."""
    file = tmp_path / "cookies.txt"
    file.write_text(text)
    check = check_cookies(file, NOW)
    assert (check.name, check.state) == ("cookies", state)
    assert words in check.explanation
    assert "secret" not in check.explanation


def test_a_file_that_is_not_there_fails(tmp_path: Path) -> None:
    """It was named."""
    check = check_cookies(tmp_path / "cookies.txt", NOW)
    assert check.state == "failure"
    assert "cannot be read" in check.explanation
