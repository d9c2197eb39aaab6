"""What is kept: backups, and how long things are held; what this build is."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - pydantic reads it

from pydantic import Field

from footnoted.settings.shapes import Count, HoursOrZero, Part, Retained


class UpkeepSettings(Part):
    """Backups by the daemon, and rules of age and size."""

    backup_dir: Path | None = Field(
        default=None, description="Folder of backups; unset: `backups` in the data folder."
    )
    backup_every_h: HoursOrZero = Field(
        default=24.0, description="Time between two backups by the daemon; 0: none."
    )
    backup_keep: Count = Field(default=7, description="Backups of the daemon that are kept.")
    backup_test_every_h: HoursOrZero = Field(
        default=168.0,
        description="Time between two restore tests of the newest backup; 0: none.",
    )
    retain_events: Retained = Field(
        default=None, description="How long events are kept: 90d, 2GB or 90d/2GB; unset: for good."
    )
    retain_previews: Retained = Field(
        default=None, description="The same of the first words of prompts."
    )
    retain_prompts: Retained = Field(default=None, description="The same of captured prompts.")
    retain_answers: Retained = Field(
        default=None, description="The same of answers as providers sent them."
    )
    retain_replays: Retained = Field(
        default=None,
        description="The same of the answers' text; what is gone is bought again when it is asked.",
    )
    retain_media: Retained = Field(
        default=None, description="The same of files in the data folder that nothing needs."
    )
    git_commit_sha: str | None = Field(
        default=None,
        description="Commit named in provenance where neither the build nor git knows it.",
    )
