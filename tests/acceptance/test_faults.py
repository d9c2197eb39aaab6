"""The program when what it stands on breaks: files, disk, database, signals, clients.

Each fault ends in a named state or one sentence with an exit code, and what was stored stays.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from footnoted.db import embedded
from footnoted.db.server_socket import server_number, socket_folder
from tests.acceptance.program import Home, open_home
from tests.acceptance.stored_content import content_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.endurance

SETTLED = {"FOOTNOTED_FILE_SETTLE_S": "0", "FOOTNOTED_POLL_INTERVAL_S": "1"}


BINARY = bytes(number * number % 251 for number in range(50_000))


@pytest.fixture(scope="module")
def undisturbed(project_root: Path) -> Iterator[Home]:
    """Return a library that was made of the samples without any trouble."""
    with open_home(project_root) as home:
        home.run("add", str(project_root / "samples"), **SETTLED)
        home.run("run", "--drain", **SETTLED)
        yield home


@pytest.fixture
def laden(new_home: Home) -> Home:
    """Return a data directory with the samples added and nothing done yet."""
    ended = new_home.run("add", str(new_home.project_root / "samples"), **SETTLED)
    assert ended.returncode == 0, ended.stderr
    return new_home


def start(home: Home, *arguments: str) -> subprocess.Popen[str]:
    """Return the program running, with its words kept for later."""
    return subprocess.Popen(
        [sys.executable, "-m", "footnoted", *arguments],
        env={**home.environment, **SETTLED},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def differences(
    found: dict[str, list[str]], expected: dict[str, list[str]]
) -> dict[str, tuple[list[str], list[str]]]:
    """Return by table what is there and should not be, and what should be and is not."""
    told: dict[str, tuple[list[str], list[str]]] = {}
    for name, rows in found.items():
        there, wanted = Counter(rows), Counter(expected[name])
        if there != wanted:
            told[name] = (list((there - wanted).elements()), list((wanted - there).elements()))
    return told


def content(home: Home) -> dict[str, list[str]]:
    """Return what a database nobody works on holds.

    How pages were come to is left out, and that a daemon which was told to stop let work wait.
    """
    server = embedded.start(home.data_dir)
    try:
        found = asyncio.run(content_of(server.url))
    finally:
        embedded.stop(server)
    left_out = ("page_group", '"why": "stopping"')
    found["events"] = sorted(
        line for line in found["events"] if not any(name in line for name in left_out)
    )
    return found


def server_in(cluster: Path) -> int:
    """Return the number of the server, at the latest ten seconds after the one before died."""
    for _ in range(200):
        number = server_number(socket_folder(cluster))
        if number is not None:
            return number
        time.sleep(0.05)
    pytest.fail("nobody started the server again")


def test_every_bad_file_ends_in_a_state_with_a_reason(new_home: Home) -> None:
    """Empty, cut off, binary, oddly encoded, oddly named, no file at all, a table that lies."""
    folder = new_home.data_dir.with_name("bad")
    folder.mkdir()
    good = (new_home.project_root / "samples" / "low-ceiling-02-vocal-chain.en.srt").read_bytes()
    (folder / "empty.vtt").touch()
    (folder / "cut.srt").write_bytes(good[: len(good) // 3])
    (folder / "binary.srt").write_bytes(BINARY)
    (folder / "utf16.srt").write_bytes(good.decode().replace("the", "thee").encode("utf-16"))
    (folder / "--help.srt").write_bytes(good.replace(b"and", b"und"))
    (folder / "new\nline.srt").write_bytes(good.replace(b"not", b"nicht"))
    (folder / ("n" * 251 + ".srt")).write_bytes(good.replace(b"for", b"fuer"))
    odd = os.fsencode(folder) + b"/odd\xff\xfe.srt"
    with open(odd, "wb") as file:  # noqa: PTH123 - a name pathlib does not take
        file.write(BINARY[:300])
    os.mkfifo(folder / "pipe.vtt")
    (folder / "dangling.vtt").symlink_to("/nowhere")
    (folder / "endless.vtt").symlink_to("/dev/zero")
    (folder / "folder.vtt").mkdir()
    (folder / "metadata.csv").write_text('file,title,url\nnope.srt,x,javascript:1\n"--help.srt,')
    added = new_home.run("add", str(folder), **SETTLED)
    drained = new_home.run("run", "--drain", **SETTLED)
    again = new_home.run("run", "--drain", **SETTLED)
    assert (added.returncode, drained.returncode, again.returncode) == (0, 1, 0)
    assert "Traceback" not in added.stderr + drained.stdout + drained.stderr
    status = new_home.ask("status")
    assert {line["status"]: line["count"] for line in status["videos"]} == {
        "indexed": 5,
        "failed": 3,
    }
    reasons = {line["code"] for line in status["stopped"]}
    assert reasons == {"transcript_binary", "transcript_empty"}


def test_files_that_change_between_add_and_run_are_waited_for(new_home: Home) -> None:
    """Gone, or a pipe, a folder or a device in their place: a wait with the reason, no hang."""
    folder = new_home.data_dir.with_name("files")
    shutil.copytree(new_home.project_root / "samples", folder)
    assert new_home.run("add", str(folder), **SETTLED).returncode == 0
    gone, pipe, directory, device = (
        sorted(folder.glob("*.srt"))[:3] + sorted(folder.glob("*.vtt"))[:1]
    )
    for path in (gone, pipe, directory, device):
        path.unlink()
    os.mkfifo(pipe)
    directory.mkdir()
    device.symlink_to("/dev/zero")
    drained = new_home.run("run", "--drain", FOOTNOTED_DRAIN_WAIT_S="0", **SETTLED)
    waiting = {line["reason"]: line["count"] for line in new_home.ask("status")["waiting"]}
    assert "Traceback" not in drained.stdout + drained.stderr
    assert waiting == {"source_unreachable": 3, "transcript_missing": 1}


def test_postgresql_killed_again_and_again_loses_and_doubles_nothing(
    laden: Home, undisturbed: Home
) -> None:
    """The daemon goes on within two seconds of each end, and no attempt is burnt."""
    cluster = laden.data_dir / "postgres"
    with laden.daemon(**SETTLED) as daemon:
        for how in (signal.SIGQUIT, signal.SIGKILL, signal.SIGQUIT, signal.SIGKILL):
            os.kill(server_in(cluster), how)
            time.sleep(1.5)
        assert daemon.process.poll() is None
        daemon.wait_for("database.recovered")
        said = daemon.said()
        code, _ = daemon.stop()
    rest = laden.run("run", "--drain", **SETTLED)
    assert (code, rest.returncode in (0, 1), "Traceback" in said) == (0, True, False)
    assert differences(content(laden), content(undisturbed)) == {}


def test_a_daemon_killed_again_and_again_loses_and_doubles_nothing(
    laden: Home, undisturbed: Home
) -> None:
    """Wherever it is when it dies, the next one ends where an undisturbed one does."""
    for after_s in (0.2, 0.9, 0.5, 1.4):
        with laden.daemon(**SETTLED) as daemon:
            time.sleep(after_s)
            daemon.kill()
    assert laden.run("run", "--drain", **SETTLED).returncode in (0, 1)
    assert differences(content(laden), content(undisturbed)) == {}


def test_videos_purged_while_they_are_worked_on_leave_nothing_behind(laden: Home) -> None:
    """No orphan stays in the index or as evidence, and the other videos are finished."""
    with laden.daemon(**SETTLED, FOOTNOTED_PAGE_DELAY_S="1") as daemon:
        for video_id, after_s in ((3, 0.1), (1, 0.3), (5, 0.0), (9, 0.2), (7, 0.0)):
            assert laden.run("remove", "--purge", str(video_id)).returncode == 0
            time.sleep(after_s)
        said = daemon.said()
        assert daemon.stop()[0] == 0
    assert laden.run("run", "--drain", **SETTLED).returncode in (0, 1)
    left = {line["status"]: line["count"] for line in laden.ask("status")["videos"]}
    checks = {check["name"]: check["state"] for check in laden.ask("doctor")["checks"]}
    assert "Traceback" not in said
    assert sum(left.values()) == 5
    assert set(left) <= {"indexed", "quarantined"}
    assert set(checks.values()) == {"ok"}, checks
    assert laden.run("verify").returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small disk")
def test_a_disk_that_fills_up_is_waited_for_and_nothing_is_lost(
    undisturbed: Home, new_home: Home
) -> None:
    """A start on it is one sentence; a daemon lives on, and goes on when there is room again."""
    disk = new_home.data_dir.with_name("disk")
    disk.mkdir()
    made = ["mount", "-t", "tmpfs", "-o", "size=300m,mode=755", "none", str(disk)]
    if subprocess.run(made, check=False, capture_output=True).returncode != 0:
        pytest.skip("no file system can be mounted here")
    home = Home(disk / "data", new_home.project_root)
    filler = disk / "filler"
    try:
        home.run("add", str(home.project_root / "samples"), **SETTLED)
        fill(filler)
        refused = home.run("run", "--drain")
        filler.unlink()
        with home.daemon(**SETTLED) as daemon:
            daemon.wait_for("stage=segment")
            fill(filler)
            time.sleep(4)
            alive = daemon.process.poll() is None
            filler.unlink()
            said = daemon.said()
            daemon.stop()
        home.run("run", "--drain", **SETTLED)
        assert (refused.returncode, "is full" in refused.stderr) == (4, True)
        assert (alive, "Traceback" in said) == (True, False)
        assert content(home) == content(undisturbed)
    finally:
        with suppress(FileNotFoundError):
            filler.unlink()
        embedded.stop(embedded.start(home.data_dir))
        subprocess.run(["umount", str(disk)], check=False)


def fill(filler: Path) -> None:
    """Leave no byte of a disk."""
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(bytes(2**20)):
            pass


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_during_the_start_ends_it_cleanly(own_library: Home, number: int) -> None:
    """Nothing is left running, not even the database; a second signal changes nothing."""
    process = start(own_library, "run")
    while not (own_library.data_dir / "postgres" / "postmaster.pid").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(number)
    time.sleep(0.1)
    process.send_signal(number)
    said, _ = process.communicate(timeout=30)
    assert (process.returncode, "Traceback" in said) == (0, False)
    assert not (own_library.data_dir / "postgres" / "postmaster.pid").exists()


def test_a_reader_that_goes_away_stops_no_work(laden: Home) -> None:
    """The log's pipe is closed; the drain ends as if it were not."""
    process = start(laden, "run", "--drain")
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    process.wait(timeout=60)
    left = {line["status"]: line["count"] for line in laden.ask("status")["videos"]}
    assert left == {"indexed": 9, "quarantined": 1}


def test_a_daemon_that_does_not_turn_hangs_no_command(own_library: Home) -> None:
    """A stopped daemon is told of in a sentence; what needs only the database works."""
    with own_library.daemon() as daemon:
        daemon.process.send_signal(signal.SIGSTOP)
        try:
            asked = own_library.run("healthcheck")
            status = own_library.ask("status")
        finally:
            daemon.process.send_signal(signal.SIGCONT)
        assert own_library.run("healthcheck").returncode == 0
    assert (asked.returncode, "does not answer within" in asked.stderr) == (4, True)
    assert status["daemon_is_running"] is True


def test_garbage_and_slow_clients_stop_no_daemon(own_library: Home) -> None:
    """What is no request is refused or ignored, and others are answered at once."""
    address = str(own_library.data_dir / "daemon.sock")
    requests = [
        BINARY[:5_000],
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /api/v1/search?text=" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/search?text=%ff%00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b'GET /api/v1/search?text=a&filters={"source_id":9e99} HTTP/1.1\r\nHost: x\r\n\r\n',
    ]
    with own_library.daemon() as daemon:
        slow = [connect(address) for _ in range(200)]
        for connection in slow:
            connection.send(b"GET /healthz HT")
        for request in requests:
            with connect(address) as connection, suppress(TimeoutError):
                connection.sendall(request)
                connection.recv(100)
        assert own_library.ask("search", "glue")["results"] != []
        for connection in slow:
            connection.close()
        said = daemon.said()
    assert "Traceback" not in said


def connect(address: str) -> socket.socket:
    """Return a connection to the daemon."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(1)
    connection.connect(address)
    return connection


def test_an_index_removed_under_the_daemon_is_filled_again(own_library: Home) -> None:
    """Searching notices; what PostgreSQL has is found again without a restart."""
    with own_library.daemon() as daemon:
        shutil.rmtree(own_library.data_dir / "index")
        own_library.ask("search", "glue")
        daemon.wait_for("index.rebuilt")
        found = own_library.ask("search", "glue")["results"]
        said = daemon.said()
        code, _ = daemon.stop()
    assert (found != [], code, "Traceback" in said) == (True, 0, False)
    assert own_library.run("pages").returncode == 0
