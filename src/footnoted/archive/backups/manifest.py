"""What a backup says of itself, in the folder that it is.

footnoted-20261121T182551Z/
  manifest.json     this, written last
  database.dump     pg_dump's custom format
  files/...         what the database names below the data directory, under the same path
  proof.json        what the last restore test found, where there was one
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from footnoted.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

FORM = "footnoted.backup/1"
MANIFEST, DUMP, FILES, PROOF = "manifest.json", "database.dump", "files", "proof.json"
_NAME = re.compile(r"footnoted-\d{8}T\d{6}Z")


class Trigger(StrEnum):
    """Who asked for a backup; only scheduled ones are removed again by themselves."""

    MANUAL = "manual"
    SCHEDULED = "scheduled"


class BackedUpFile(BaseModel):
    """A file of a backup by its path in the backup's folder; `modified_ns` as it was there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    size_bytes: int
    modified_ns: int
    sha256: str


class Manifest(BaseModel):
    """What is in a backup, and what is not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: Literal["footnoted.backup/1"] = Field(alias="schema")
    """The shape of this and its version."""
    made_at: datetime
    """When the database was as it is in the backup."""
    trigger: Trigger
    """Who asked for it."""
    made_by: str
    """The release of footnoted that made it."""
    revision: str
    """The revision of the schema in it."""
    postgresql: str
    """The version of the server it was dumped from."""
    data_dir: str
    """The data directory it was made in, as paths in the database begin."""
    rows: dict[str, int]
    """How many rows each table had."""
    files: tuple[BackedUpFile, ...]
    """Every other file of the backup, the dump first."""
    missing: tuple[str, ...]
    """Files the database names below the data directory that were not there."""
    outside: int
    """How many files the database names elsewhere: in folders of yours, which are not in it."""

    @property
    def size_bytes(self) -> int:
        """Return how much its files hold together."""
        return sum(file.size_bytes for file in self.files)


class Proof(BaseModel):
    """What a restore test found."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tested_at: datetime
    """When it ended."""
    claims: int
    """Published claims that were looked up again."""
    evidence: int
    """Pieces of evidence that were found at their cues again."""
    why_not: str | None
    """What was wrong; None for a backup that can be restored."""

    @property
    def holds(self) -> bool:
        """Return whether the backup could be restored and everything in it resolves."""
        return self.why_not is None


@dataclass(frozen=True, slots=True)
class Backup:
    """A whole backup where it lies."""

    folder: Path
    manifest: Manifest
    proof: Proof | None

    @property
    def dump(self) -> Path:
        """Return the file that `pg_restore` reads."""
        return self.folder / DUMP


def read_backup(folder: Path) -> Backup:
    """Return the backup in `folder`. Raises UsageError, in a sentence, when it is none."""
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        message = f"{folder} is not a backup: {MANIFEST} cannot be read ({reason})"
        raise UsageError(message) from None
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        message = f"{folder / MANIFEST} is not the manifest of a {FORM}: see {where or 'its text'}"
        raise UsageError(message) from None
    return Backup(folder, manifest, _read_proof(folder))


def _read_proof(folder: Path) -> Proof | None:
    """Return the proof; one that cannot be read proves nothing."""
    try:
        return Proof.model_validate_json((folder / PROOF).read_bytes())
    except (OSError, ValidationError):
        return None


def list_backups(place: Path) -> list[Backup]:
    """Return the whole backups in a folder, newest first; what is none is passed over."""
    if not place.is_dir():
        return []
    found: list[Backup] = []
    for folder in place.iterdir():
        if _NAME.fullmatch(folder.name) and folder.is_dir():
            try:
                found.append(read_backup(folder))
            except UsageError:
                continue
    return sorted(found, key=lambda one: (one.manifest.made_at, one.folder.name), reverse=True)


def name_of(made_at: datetime) -> str:
    """Return the name of the folder of a backup made at a time (UTC)."""
    return f"footnoted-{made_at:%Y%m%dT%H%M%SZ}"
