"""The program where nothing beyond this machine can be reached."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.program import Home

_BLOCKER = """
import os, socket

_LOG = {log!r}


def _refuse(what):
    with open(_LOG, "a") as log:
        log.write(f"{{what}}\\n")
    raise OSError(101, "Network is unreachable (blocked by a test)")


class Socket(socket.socket):
    def connect(self, address):
        if self.family != socket.AF_UNIX:
            _refuse(address)
        return super().connect(address)

    def connect_ex(self, address):
        if self.family != socket.AF_UNIX:
            _refuse(address)
        return super().connect_ex(address)


def _getaddrinfo(host, *rest, **named):
    if host not in (None, "localhost", "127.0.0.1", "::1", b"localhost"):
        _refuse(host)
    return _real(host, *rest, **named)


_real, socket.getaddrinfo, socket.socket = socket.getaddrinfo, _getaddrinfo, Socket
"""


@pytest.mark.endurance
def test_folders_are_worked_on_with_the_network_blocked(
    new_home: Home, project_root: Path, tmp_path: Path
) -> None:
    """Nothing is asked of the net: not once, by no part, from the first start to the search."""
    log = tmp_path / "asked.txt"
    (tmp_path / "sitecustomize.py").write_text(_BLOCKER.format(log=str(log)), encoding="utf-8")
    variables = {
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(project_root / "src")]),
        "FOOTNOTED_OFFLINE": "1",
    }
    folder = str(project_root / "samples")
    codes = [
        new_home.run(*command, **variables).returncode
        for command in (
            ("source", "add", folder),
            ("source", "add", "https://www.youtube.com/@somebody"),
            ("add", "https://pod.example/talk.vtt"),
            ("run", "--drain"),
            ("search", "compressor"),
            ("verify",),
        )
    ]
    found = new_home.run("search", "compressor", **variables)
    refused = new_home.run("source", "add", "https://pod.example/feed.xml", **variables)
    status = new_home.run("status", **variables)
    assert codes == [0, 0, 0, 1, 0, 0], "one of the samples is quarantined, which is 1"
    assert "&t=" in found.stdout
    assert "pod.example is not asked: FOOTNOTED_OFFLINE is set" in refused.stderr
    assert "Waiting for offline" in status.stdout
    for host in ("www.youtube.com", "pod.example"):
        assert f"{host} is not asked: FOOTNOTED_OFFLINE is set" in status.stdout
    assert not log.exists(), log.read_text(encoding="utf-8")


def test_the_blocker_blocks(new_home: Home, project_root: Path, tmp_path: Path) -> None:
    """What the test above relies on: a place on the net is asked for, refused and noted."""
    log = tmp_path / "asked.txt"
    (tmp_path / "sitecustomize.py").write_text(_BLOCKER.format(log=str(log)), encoding="utf-8")
    path = os.pathsep.join([str(tmp_path), str(project_root / "src")])
    ended = new_home.run("source", "add", "https://pod.example/feed.xml", PYTHONPATH=path)
    assert ended.returncode != 0
    assert "pod.example" in ended.stderr
    assert "pod.example" in log.read_text(encoding="utf-8")
