"""What `forget` says of the backups that still hold what it erased."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from footnoted.archive.backups.manifest import MANIFEST, Trigger
from footnoted.cli.remove import words_on_backups
from footnoted.settings import load_settings
from tests.fakes.backups import manifest_of

if TYPE_CHECKING:
    from pathlib import Path

MANUAL, SCHEDULED = Trigger.MANUAL, Trigger.SCHEDULED
PASSES = "2 that newer ones replace, 7.0 days of a daemon from now"


def make_backup(place: Path, day: int, trigger: Trigger) -> None:
    """Put down what tells a backup."""
    made_at = datetime(2026, 3, day, tzinfo=UTC)
    manifest = manifest_of(made_at, trigger)
    folder = place / f"footnoted-{made_at:%Y%m%dT%H%M%SZ}"
    folder.mkdir(parents=True)
    (folder / MANIFEST).write_text(manifest.model_dump_json(by_alias=True), encoding="utf-8")


@pytest.mark.parametrize(
    ("triggers", "every_h", "expected"),
    [
        ((), "24", None),
        ((SCHEDULED, SCHEDULED), "24", PASSES),
        ((MANUAL,), "24", "1 that stay until their folders are removed"),
        (
            (SCHEDULED, MANUAL, SCHEDULED),
            "24",
            f"{PASSES}, and 1 that stay until their folders are removed",
        ),
        ((SCHEDULED, MANUAL), "0", "2 that stay until their folders are removed"),
    ],
)
def test_backups_that_may_hold_it_are_named_and_how_they_go(
    tmp_path: Path, triggers: tuple[Trigger, ...], every_h: str, expected: str | None
) -> None:
    """Newer ones take the place of those a daemon made; all others stay."""
    place = tmp_path / "kept"
    variables = {"FOOTNOTED_BACKUP_DIR": str(place), "FOOTNOTED_BACKUP_EVERY_H": every_h}
    for day, trigger in enumerate(triggers, start=1):
        make_backup(place, day, trigger)
    words = words_on_backups(load_settings(variables).settings)
    told = None if expected is None else f"Backups in {place} may still hold it: {expected}."
    assert words == told
