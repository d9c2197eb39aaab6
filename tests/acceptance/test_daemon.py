"""The daemon as a process: commands work through it, and nothing it held is lost with it."""

from __future__ import annotations

import re
import shutil
import socket
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.program import copy_library, execute, open_home

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.acceptance.program import Daemon, Demonstrated, Home

_QUICK_S = 10.0
ORPHAN = """
  DELETE FROM documents WHERE id = (SELECT min(id::text)::uuid FROM documents);
  DELETE FROM index_outbox;
"""
MENDED = re.compile(r"\b1 orphaned\b|\borphaned\"?[=:] ?1\b")
"""As the examination says it, and as the daemon's log does."""


@pytest.fixture(scope="module")
def running(demonstrated: Demonstrated, project_root: Path) -> Iterator[tuple[Home, Daemon]]:
    """Return a library with a daemon on it."""
    with open_home(project_root) as home:
        copy_library(demonstrated.home, home)
        with home.daemon() as daemon:
            yield home, daemon


def test_reading_commands_work_while_the_daemon_has_the_index(
    running: tuple[Home, Daemon],
) -> None:
    """Search, pages, status, health and the examination, through the daemon or beside it.

    A point that PostgreSQL knows nothing of is removed by the daemon, which has the index: when it
    is told to, or by its own look soon after its start.
    """
    home, daemon = running
    execute(home, ORPHAN)
    assert home.ask("search", "glue")["results"] != []
    assert home.ask("pages")["pages"] != []
    assert home.ask("status")["daemon_is_running"] is True
    assert home.run("healthcheck").returncode == 0
    checks = {check["name"]: check for check in home.ask("doctor", "--fix")["checks"]}
    assert {check["state"] for check in checks.values()} == {"ok"}
    assert "answers and is ready" in checks["daemon"]["explanation"]
    told = f"{checks['index_content']['fixed']} {daemon.log.read_text(encoding='utf-8')}"
    assert MENDED.search(told)


def test_a_second_daemon_ends_at_once(running: tuple[Home, Daemon]) -> None:
    """Exit code 5, one sentence, and the first goes on."""
    home, daemon = running
    second = home.run("run")
    assert (second.returncode, "Another footnoted daemon" in second.stderr) == (5, True)
    assert daemon.process.poll() is None
    assert home.run("healthcheck").returncode == 0


def test_sigterm_ends_the_daemon_cleanly(running: tuple[Home, Daemon]) -> None:
    """Exit code 0 within seconds, its socket gone, its database down."""
    home, daemon = running
    code, seconds = daemon.stop()
    assert code == 0
    assert seconds < _QUICK_S
    assert not (home.data_dir / "daemon.sock").exists()
    assert not (home.data_dir / "postgres" / "postmaster.pid").exists()
    assert home.run("healthcheck").returncode == 1


def test_the_supervisor_hears_that_the_daemon_is_ready(own_library: Home) -> None:
    """READY=1 when it can work, STOPPING=1 when it is told to end (sd_notify(3))."""
    address = own_library.data_dir.with_name("notify.sock")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(str(address))
        supervisor.settimeout(30)
        with own_library.daemon(NOTIFY_SOCKET=str(address)) as daemon:
            assert supervisor.recv(64) == b"READY=1"
            daemon.stop()
            assert supervisor.recv(64) == b"STOPPING=1"


@pytest.mark.endurance
def test_nothing_is_lost_when_the_daemon_is_killed(new_home: Home) -> None:
    """Killed in the middle of the samples, the next run ends where an undisturbed one does."""
    samples = str(new_home.project_root / "samples")
    assert new_home.run("add", samples, FOOTNOTED_FILE_SETTLE_S="0").returncode == 0
    with new_home.daemon() as daemon:
        daemon.wait_for("stage=extract")
        daemon.kill()
    rest = new_home.run("run", "--drain")
    again = new_home.run("run", "--drain")
    counts = {line["status"]: line["count"] for line in new_home.ask("status")["videos"]}
    assert rest.returncode in (0, 1), rest.stderr
    assert (again.returncode, "tick.finished" in again.stdout) == (0, False)
    assert counts == {"indexed": 9, "quarantined": 1}
    assert new_home.run("verify").returncode == 0


@pytest.mark.parametrize("damage", ["deleted", "corrupted"])
def test_an_index_that_broke_while_stopped_is_reported_and_refilled(
    own_library: Home, damage: str
) -> None:
    """The log and an alert tell of it; everything is found as before."""
    index = own_library.data_dir / "index"
    if damage == "deleted":
        shutil.rmtree(index)
    else:
        corrupt(index)
    with own_library.daemon() as daemon:
        alerts = [alert["code"] for alert in own_library.ask("status")["alerts"]]
        found = own_library.ask("search", "glue")["results"]
        said = daemon.said()
        daemon.stop()
    assert re.search(r"index\.rebuilt\s+documents=\d+", said) is not None
    assert alerts == ["index_rebuilt"]
    assert found != []


def corrupt(index: Path) -> None:
    """Overwrite every file of the shard that serves."""
    for path in (index / (index / "current").read_text().strip()).rglob("*"):
        if path.is_file():
            path.write_bytes(b"\xff" * min(path.stat().st_size, 4096))
