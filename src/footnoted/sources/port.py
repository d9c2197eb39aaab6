"""The port to a followed place: what a look at it finds, in words that can be stored.

Paths in here are stored paths (`names.stored_path`): text without NUL or lone surrogates that
`names.real_path` turns back into the path of the file, whatever bytes its name has.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict

from footnoted.errors import TransientError
from footnoted.model.transcript import TranscriptOrigin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

FOLDER_KIND = "folder"
"""The kind of a source that is a folder or a glob over folders."""

SOURCE_UNREACHABLE = "source_unreachable"
"""The wait of a source whose folder is away."""


class SourceUnreachableError(TransientError):
    """The folder of a source is away; what is known of it stays as it is."""

    code = "source_unreachable"

    def __init__(self, path: str, why: str) -> None:
        """Say which folder and what is seen in its place."""
        super().__init__(f"{path}: {why}", wait_reason=SOURCE_UNREACHABLE, concerns=path)


class FileRole(StrEnum):
    """What a file is to the recording it belongs to."""

    TRANSCRIPT = "transcript"
    MEDIA = "media"
    METADATA = "metadata"


class KnownFile(NamedTuple):
    """A file as the last look recorded it; unchanged size and time mean unchanged content."""

    role: FileRole
    origin: TranscriptOrigin | None
    sha256: str
    size_bytes: int
    modified_ns: int
    is_missing: bool


class _Found(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Chapter(_Found):
    """A chapter the publisher declared."""

    start_ms: int
    title: str


class Facts(_Found):
    """What sidecars say about a recording; None and empty say nothing."""

    title: str | None = None
    url: str | None = None
    creator: str | None = None
    published_at: datetime | None = None
    duration_ms: int | None = None
    language: str | None = None
    description: str | None = None
    chapters: tuple[Chapter, ...] = ()
    tags: tuple[str, ...] = ()

    def over(self, other: Facts) -> Facts:
        """Return these facts, filled up from `other` where they say nothing."""
        said = self.model_dump(exclude_defaults=True)
        return Facts.model_validate({**other.model_dump(exclude_defaults=True), **said})


class FoundFile(_Found):
    """One file that belongs to a recording; `origin` is set for transcripts only."""

    path: str
    role: FileRole
    origin: TranscriptOrigin | None
    sha256: str
    size_bytes: int
    modified_ns: int


class FoundMedia(_Found):
    """The files of one folder that share a stem: one recording.

    `siblings` are paths of the same group that were not taken; they still say whose it is.
    `called` is the title of a new one that no sidecar gives one; else its file's name does.
    """

    stem: str
    folder: str
    files: tuple[FoundFile, ...]
    siblings: tuple[str, ...] = ()
    called: str | None = None
    facts: Facts = Facts()

    @property
    def recording_files(self) -> tuple[FoundFile, ...]:
        """Return the files that are no sidecars."""
        return tuple(file for file in self.files if file.role is not FileRole.METADATA)

    @property
    def first(self) -> FoundFile:
        """Return the file the recording is known by: its words, else its sound."""
        order = [FileRole.TRANSCRIPT, FileRole.MEDIA, FileRole.METADATA]
        return min(self.files, key=lambda file: (order.index(file.role), file.path))


class Problem(_Found):
    """A file that could not be used as it should, and why; `line` counts from 1."""

    path: str
    line: int | None
    reason: str

    def __str__(self) -> str:
        """Return `path:line: reason`."""
        return f"{self.path}{f':{self.line}' if self.line else ''}: {self.reason}"


class Ignored(_Found):
    """A file that is neither a transcript nor a recording, and how that was told."""

    path: str
    reason: str


class Scan(_Found):
    """What one look found: new and changed recordings, and what else is to be known.

    `is_partial` says that more is there than one look takes. `unsettled` files are still being
    written. `ignored` names at most as many as the limits ask; `ignored_counts` counts them all.
    """

    found: tuple[FoundMedia, ...] = ()
    unchanged: int = 0
    missing: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    ignored_counts: dict[str, int] = {}
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class ScanLimits:
    """How much one look takes: it bounds memory and how long a save holds its transaction.

    `settle_s` is the age below which a file counts as still being written. Without `hashes` a
    look only previews: contents are not read and hashes are empty.
    """

    max_found: int = 200
    max_hashed_bytes: int = 4 * 2**30
    max_named: int = 200
    settle_s: float = 2.0
    hashes: bool = True


def never() -> bool:
    """Return that nobody asks to stop."""
    return False


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """Where to look, what is known there, the time of the look, and when to give up.

    `targets` are real, absolute paths: folders, globs, or single files.
    """

    targets: Sequence[str]
    known: Mapping[str, KnownFile]
    now_ns: int
    limits: ScanLimits = field(default_factory=ScanLimits)
    is_stopped: Callable[[], bool] = never


class Scanner(Protocol):
    """Looks at folders. It blocks: call it in a thread."""

    def scan(self, request: ScanRequest) -> Scan:
        """Return what is there; raise SourceUnreachableError when a target is away."""
        ...

    def gone(self, paths: Sequence[str]) -> list[str]:
        """Return those stored paths at which there is no file now."""
        ...
