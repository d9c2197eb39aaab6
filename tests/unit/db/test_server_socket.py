"""The way to the embedded server's socket."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from footnoted.db.server_socket import forget_socket_folder, server_url, socket_folder
from footnoted.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder with a short path that stands in for the temporary directory."""
    del tmp_path  # asked for first: pytest, too, makes it where tempfile says
    folder = Path(tempfile.mkdtemp(prefix="fn-"))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    shutil.rmtree(folder)


def test_a_short_plain_path_is_used_as_it_is() -> None:
    """No link is made where none is needed."""
    assert socket_folder(Path("/var/lib/footnoted/postgres")) == Path("/var/lib/footnoted/postgres")


@pytest.mark.parametrize("name", ["d" * 90, "with space", "with:colon", "50%", "ü"])
def test_any_other_path_is_reached_by_a_link(temporary: Path, tmp_path: Path, name: str) -> None:
    """The link is short and plain, the same each time, and leads to the cluster."""
    cluster = tmp_path / name
    first, second = socket_folder(cluster), socket_folder(cluster)
    assert (first, first.parent, first.readlink()) == (second, temporary, cluster)


@pytest.mark.usefixtures("temporary")
def test_a_link_that_leads_elsewhere_is_set_right(tmp_path: Path) -> None:
    """It is ours, so it may be corrected."""
    link = socket_folder(tmp_path / "a b")
    link.unlink()
    link.symlink_to("/elsewhere")
    socket_folder(tmp_path / "a b")
    assert link.readlink() == tmp_path / "a b"


def test_a_link_that_is_no_longer_used_is_removed(temporary: Path, tmp_path: Path) -> None:
    """Nothing is left behind, and a cluster reached directly is left alone."""
    cluster = tmp_path / "a b"
    cluster.mkdir()
    forget_socket_folder(socket_folder(cluster))
    forget_socket_folder(cluster)
    assert (list(temporary.iterdir()), cluster.is_dir()) == ([], True)


@pytest.mark.usefixtures("temporary")
def test_a_name_taken_by_something_else_is_refused(tmp_path: Path) -> None:
    """Whoever made it could put their own server there."""
    link = socket_folder(tmp_path / "a b")
    link.unlink()
    link.mkdir()
    with pytest.raises(ConfigurationError, match="is not ours"):
        socket_folder(tmp_path / "a b")


def test_the_url_names_host_and_port_so_that_no_variable_can() -> None:
    """`PGHOST` and `PGPORT` are only asked for what is left open."""
    expected = "postgresql+asyncpg://footnoted@/footnoted?host=/run/x&port=5432"
    assert server_url(Path("/run/x")) == expected
