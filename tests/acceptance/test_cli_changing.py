"""Commands that change something, told as the day of a person with a folder of samples.

The tests share one data directory and stand in the order of the day; each says what it relies on.
"""

from __future__ import annotations

import asyncio
import os
import pty
import shutil
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from footnoted.db import embedded
from footnoted.db.engine import connect
from tests.acceptance.program import Home, open_home

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import asyncpg

NAMES = (
    "knot-and-grain-mortise-and-tenon.en.srt",
    "low-ceiling-room-tone.srt",
    "tidewater-019-cash-flow.txt",
)


@pytest.fixture(scope="module")
def home(project_root: Path) -> Iterator[Home]:
    """Return a data directory of this module, with its database up."""
    with open_home(project_root) as made:
        assert made.run("migrate").returncode == 0
        server = embedded.start(made.data_dir)
        yield made
        embedded.stop(server)


@pytest.fixture(scope="module")
def folder(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with three of the samples; one of them is no speech."""
    folder = tmp_path_factory.mktemp("words")
    for name in NAMES:
        shutil.copy2(project_root / "samples" / name, folder / name)
    return folder


def statuses(home: Home) -> dict[str, int]:
    """Return how many videos stand at each status, read beside the program."""

    async def read(url: str) -> list[asyncpg.Record]:
        connection = await connect(url, application_name="test")
        try:
            return await connection.fetch("SELECT status, count(*) FROM videos GROUP BY 1")
        finally:
            await connection.close()

    server = embedded.start(home.data_dir)
    try:
        return {row["status"]: row["count"] for row in asyncio.run(read(server.url))}
    finally:
        embedded.stop(server)


def sentence(home: Home, *arguments: str) -> str:
    """Return the one line with which a command refuses."""
    ended = home.run(*arguments)
    assert (ended.returncode, ended.stdout) == (2, ""), ended.stderr
    (line,) = ended.stderr.strip().splitlines()
    return line.removeprefix("footnoted: ")


def test_nothing_is_there_and_status_says_how_to_begin(home: Home) -> None:
    """An empty state is help, not an error."""
    ended = home.run("status")
    assert ended.returncode == 0
    assert "footnoted add PATH..." in ended.stdout
    assert "footnoted run --drain" in ended.stdout


def test_adding_refuses_what_it_cannot_take(home: Home, folder: Path) -> None:
    """An unknown profile is a sentence; a path that is not there is named and ends with 1."""
    expected = "there is no profile 'gossip'; there is techniques, stocks, brain, recipes"
    assert sentence(home, "add", str(folder), "--profile", "gossip") == expected
    ended = home.run("add", str(folder / "none.vtt"))
    assert ended.returncode == 1
    assert "there is no such file or folder" in ended.stderr


def test_files_are_added_once(home: Home, folder: Path) -> None:
    """The second time they are known; both times the exit code is 0."""
    first = home.ask("add", str(folder), "--creator", "Ada")
    second = home.ask("add", str(folder))
    assert (first["added"], first["ignored"]) == (3, [])
    assert (second["added"], second["known"]) == (0, 3)
    ended = home.run("status")
    assert "3 discovered" in ended.stdout
    assert "no daemon is running" in ended.stderr


def test_a_cancelled_video_is_left_out_and_can_be_taken_up(home: Home) -> None:
    """Relies on the added files; `cancel`, then `retry`, by id."""
    (touched,) = home.ask("cancel", "3")["touched"]
    assert (touched["before"], touched["now"]) == ("discovered", "cancelled")
    assert home.run("cancel", "3").stdout == "video 3 stays as it is: it is cancelled already\n"
    assert statuses(home) == {"discovered": 2, "cancelled": 1}
    ended = home.run("retry", "3")
    assert "cancelled, now discovered" in ended.stdout
    assert statuses(home) == {"discovered": 3}


def test_a_drain_ends_with_1_when_something_was_stopped(home: Home) -> None:
    """Relies on the added files; two are indexed, the gate stops the third."""
    ended = home.run("run", "--drain")
    assert ended.returncode == 1, ended.stderr
    assert statuses(home) == {"indexed": 2, "quarantined": 1}


def test_retry_needs_to_know_what(home: Home) -> None:
    """Nothing named is a sentence, and so is no code; one nothing stopped with is nothing to do."""
    assert sentence(home, "retry").startswith("name videos, or say --reason CODE, --source ID")
    assert sentence(home, "retry", "99") == "there is no video 99; `footnoted status` names some"
    assert "did you mean no_captions" in sentence(home, "retry", "--reason", "no_capton")
    assert home.run("retry", "--reason", "no_captions").stdout == "Nothing to do.\n"
    assert home.run("retry", "--all-failed").stdout == "Nothing to do.\n"


def test_the_command_that_status_prints_takes_it_up(home: Home) -> None:
    """Relies on the drain; with its words accepted the video is indexed too."""
    (stop,) = home.ask("status")["stopped"]
    ended = home.run(*stop["retry"].split()[1:])
    assert (ended.returncode, "now discovered" in ended.stdout) == (0, True)
    assert home.run("run", "--drain").returncode == 0
    assert statuses(home) == {"indexed": 3}
    runs = home.ask("runs", str(stop["examples"][0]["id"]))["runs"]
    assert [(run["run_number"], run["status"]) for run in runs] == [(2, "done"), (1, "failed")]


def test_an_edit_is_parsed_and_reported(home: Home) -> None:
    """Relies on the added files; what does not parse changes nothing."""
    answer = home.ask("edit", "1", "title=By hand", "tags=wood, joints")
    assert sorted(answer["changed"]) == ["tags", "title"]
    assert home.run("edit", "1", "title=By hand").stdout == "Nothing is different.\n"
    assert sentence(home, "edit", "1", "titel=x").endswith("did you mean title?")
    assert sentence(home, "edit", "1", "title").startswith("'title' sets nothing")
    assert home.ask("show", "1")["facts"]["title"] == "By hand"


def test_a_corrected_transcript_is_a_new_version(home: Home, tmp_path: Path) -> None:
    """Relies on the edit; written out, corrected, taken in, worked on."""
    path = tmp_path / "corrected.vtt"
    assert home.run("transcript", "1", "-o", str(path)).returncode == 0
    said = path.read_text(encoding="utf-8")
    path.write_text(said.replace("\n\n", "\n\nNOTE corrected\n\n", 1), encoding="utf-8")
    assert "is read anew" in home.run("transcript", "1", "--import", str(path)).stdout
    assert home.run("run", "--drain").returncode == 0
    versions = home.ask("show", "1")["transcripts"]
    assert [(one["version"], one["origin"], one["is_used"]) for one in versions] == [
        (2, "edited", True),
        (1, "imported", False),
    ]


def test_removing_needs_a_word_about_what_was_made(home: Home) -> None:
    """Neither or both is a sentence."""
    expected = "say either --keep (what was made of it stays) or --purge (it is erased)"
    assert sentence(home, "remove", "1") == expected
    assert sentence(home, "source", "remove", "1", "--keep", "--purge") == expected


def test_a_kept_video_is_cancelled_and_still_found(home: Home) -> None:
    """Relies on the drains; its pages and its place in the index stay."""
    before = home.ask("search", "tenon")["results"]
    (touched,) = home.ask("remove", "1", "--keep")["touched"]
    assert (touched["before"], touched["now"]) == ("indexed", "cancelled")
    assert before != []
    assert home.ask("search", "tenon")["results"] == before


def test_a_purged_video_is_gone_and_not_found(home: Home, folder: Path) -> None:
    """Relies on the one before; the file of the person who recorded it stays."""
    ended = home.run("remove", "1", "--purge")
    assert ended.stdout == "video 1 'By hand': erased\n"
    assert home.ask("search", "tenon", "--kind", "window")["results"] == []
    removed = "item 1 was removed, with everything that was made of it"
    assert sentence(home, "show", "1") == sentence(home, "transcript", "1") == removed
    assert (folder / NAMES[0]).exists()


def test_a_folder_is_followed_paused_resumed_and_removed(home: Home, folder: Path) -> None:
    """Relies on the purge: the folder is known but for a new file; what was erased stays away."""
    said = (folder / NAMES[1]).read_text(encoding="utf-8")
    (folder / f"new-{NAMES[1]}").write_text(said.replace("the", "that"), encoding="utf-8")
    added = home.ask("source", "add", str(folder), "--every", "60", "--owner", "me")
    (line,) = added["sources"]
    source = str(line["source"]["id"])
    assert (line["is_new"], line["source"]["poll_interval_s"]) == (True, 60)
    assert "follows" in home.run("source", "add", str(folder)).stdout
    assert home.ask("source", "pause", source)["sources"][0]["paused"] is True
    assert "paused" in home.run("source", "list").stdout
    assert home.ask("source", "resume", source)["sources"][0]["status"] == "due"
    assert home.run("run", "--once").returncode == 0
    assert statuses(home) == {"indexed": 2, "discovered": 1}
    (erased,) = home.ask("source", "items", source, "--state", "removed")["items"]
    assert erased["title"] == NAMES[0].partition(".")[0]
    ended = home.run("source", "remove", source, "--purge")
    assert "Its videos: 1 erased." in ended.stdout
    assert statuses(home) == {"indexed": 2}


def test_a_drain_on_a_terminal_shows_a_bar_and_a_summary(home: Home) -> None:
    """Relies on nothing being due; the log lines that services read are not for people."""
    screen, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "footnoted", "run", "--drain"],
        env=home.environment,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    seen = b""
    with suppress(OSError):  # a pseudo-terminal that nobody writes to any more
        while part := os.read(screen, 4096):
            seen += part
    os.close(screen)
    assert process.wait(timeout=30) == 0
    assert b"Stages: nothing was due. `footnoted status` tells more." in seen
    assert b"2/2" in seen
    assert b"daemon.started" not in seen
