"""Every setting of the process, in the order in which they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.settings.models import ModelSettings
from footnoted.settings.search import SearchSettings
from footnoted.settings.sources import SourceSettings
from footnoted.settings.speech import SpeechSettings
from footnoted.settings.storage import StorageSettings
from footnoted.settings.surroundings import SurroundingSettings
from footnoted.settings.upkeep import UpkeepSettings
from footnoted.settings.work import WorkSettings

if TYPE_CHECKING:
    from pathlib import Path


# The fields of the last base come first (pydantic follows the order of method resolution back).
class Settings(
    UpkeepSettings,
    WorkSettings,
    SourceSettings,
    SurroundingSettings,
    SearchSettings,
    SpeechSettings,
    ModelSettings,
    StorageSettings,
):
    """Everything about the process that is decided outside of it; sources live in the database."""

    @property
    def backups_dir(self) -> Path:
        """Return where backups live."""
        return self.backup_dir or self.data_dir / "backups"
