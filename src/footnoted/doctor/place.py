"""Checks of what the database stands on: the disk, and the version its cluster is of."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from footnoted.db.data_directory import RUNNING_BYTES
from footnoted.db.programs import MAJOR
from footnoted.doctor.check import CheckName, failure, ok, warning

if TYPE_CHECKING:
    from footnoted.doctor.check import Check
    from footnoted.settings import Settings

_MIB = 1024**2
LEAST_FREE_MIB = 64
"""The search index is not opened with less; PostgreSQL starts with a little less still."""
LITTLE_FREE_MIB = 1024
"""A day of work may need more."""


def check_disk_space(settings: Settings) -> Check:
    """Return whether the disk of the data directory has room."""
    folder = settings.data_dir
    while not folder.exists():
        folder = folder.parent
    return judge_space(shutil.disk_usage(folder).free // _MIB, str(settings.data_dir))


def judge_space(free_mib: int, place: str) -> Check:
    """Return what so many free MiB mean."""
    free = f"{free_mib:,} MiB are free on the disk of {place}"
    if free_mib < LEAST_FREE_MIB:
        postgresql_mib = RUNNING_BYTES // _MIB
        told = (
            f"{free}: the search index needs {LEAST_FREE_MIB}, PostgreSQL {postgresql_mib} to start"
        )
        return failure(CheckName.DISK_SPACE, told)
    if free_mib < LITTLE_FREE_MIB:
        return warning(CheckName.DISK_SPACE, f"{free}: make room soon")
    return ok(CheckName.DISK_SPACE, free)


def check_postgresql_major(settings: Settings) -> Check:
    """Return whether the embedded cluster was made by the major version that ships."""
    if not settings.is_embedded:
        return ok(CheckName.POSTGRESQL_MAJOR, "the database is a server of your own")
    file = settings.data_dir / "postgres" / "PG_VERSION"
    try:
        recorded = file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ok(CheckName.POSTGRESQL_MAJOR, f"no cluster yet; PostgreSQL {MAJOR} will make it")
    except (OSError, ValueError) as error:
        return failure(CheckName.POSTGRESQL_MAJOR, f"{file} cannot be read: {error}")
    return judge_major(recorded)


def judge_major(recorded: str) -> Check:
    """Return what the recorded major version of a cluster means for this release."""
    if recorded == str(MAJOR):
        return ok(CheckName.POSTGRESQL_MAJOR, f"the cluster is of PostgreSQL {MAJOR}, as shipped")
    return failure(
        CheckName.POSTGRESQL_MAJOR,
        f"the cluster was made by PostgreSQL {recorded} and this release brings {MAJOR}: dump"
        " it with the release that made it, and load the dump with this one",
    )
