"""What an export says of itself, and so what of a folder is ours to change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from footnoted.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

FORM = "footnoted.export/1"
MANIFEST, INTENT = "footnoted-export.json", ".footnoted-export-intent.json"


class ExportManifest(BaseModel):
    """What was written; nothing in it tells the time, so that equal content is an equal file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: Literal["footnoted.export/1"] = Field(alias="schema")
    """The shape of this and its version."""
    made_by: str
    """The release of footnoted that wrote it."""
    revision: str
    """The revision of the schema that the JSON lines are rows of."""
    pages: int
    """How many pages there are notes of."""
    rows: dict[str, int]
    """How many lines each file below `data` has, by its name without the ending."""
    files: dict[str, str]
    """The SHA-256 of every file as we wrote it, by its path in the folder."""


def read_files(root: Path, name: str) -> dict[str, str]:
    """Return the files that the manifest or the intent in a folder names; none where there is none.

    Raises UsageError when it cannot be understood: then nobody knows what is ours.
    """
    path = root / name
    try:
        return ExportManifest.model_validate_json(path.read_bytes()).files
    except FileNotFoundError:
        return {}
    except (OSError, ValidationError):
        message = (
            f"{path} is not the manifest of a {FORM}, so it is not known which files are ours:"
            " export into another folder"
        )
        raise UsageError(message) from None
