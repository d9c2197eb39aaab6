"""What tells of a backup, without the backup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.archive.backups.manifest import Manifest, Trigger

if TYPE_CHECKING:
    from datetime import datetime


def manifest_of(made_at: datetime, trigger: Trigger = Trigger.MANUAL) -> Manifest:
    """Return the manifest of a backup of an empty library."""
    return Manifest(
        schema="footnoted.backup/1",
        made_at=made_at,
        trigger=trigger,
        made_by="0",
        revision="0001",
        postgresql="18",
        data_dir="/data",
        rows={},
        files=(),
        missing=(),
        outside=0,
    )
