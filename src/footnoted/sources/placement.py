"""Whose a file is: pure decisions from what a look found and the file rows that touch it.

    by content   a row whose path is gone, or now holds something else, moved: a rename
    by path      the row at the same path
    by stem      a row of the same folder and stem: another file of that recording
    by copy      equal content elsewhere that is still there: one more file of that recording
    else         a new recording

Moves come first, so that renumbered files (`2 -> 3`, `1 -> 2`) keep what was known of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from footnoted.sources.names import group_key
from footnoted.sources.port import FileRole, FoundFile, FoundMedia

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet


class FileRow(NamedTuple):
    """A file as the database has it."""

    id: int
    media_id: int
    path: str
    role: FileRole
    sha256: str
    size_bytes: int
    is_missing: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """One found recording and what it is.

    `media_id` is the recording known so far. Without one it is new, or, with `same_as`, the same
    as the new one at that index. `rows` has for each file the row that becomes it, or None.
    """

    found: FoundMedia
    media_id: int | None
    same_as: int | None
    rows: tuple[FileRow | None, ...]
    is_renamed: bool
    is_copy: bool
    has_new_words: bool


@dataclass(frozen=True, slots=True)
class Placement:
    """Every found recording placed, and the rows whose path another file has taken."""

    placed: tuple[Placed, ...]
    displaced: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What the database knows: rows by path, hash and recording, and identities by hash.

    `missing` are paths of rows that the look found gone. It is complete for the recordings touched.
    """

    rows: Sequence[FileRow]
    missing: AbstractSet[str] = frozenset()
    identities: Mapping[str, int] = field(default_factory=dict[str, int])

    def is_gone(self, row: FileRow) -> bool:
        """Return whether no file is at the row's path."""
        return row.is_missing or row.path in self.missing


def place(found: Sequence[FoundMedia], known: Known) -> Placement:
    """Return what each found recording is; equal input gives equal output."""
    placing = _Placing(found, known)
    placed = [placing.place(media) for media in found]
    return Placement(tuple(placed), tuple(sorted(placing.displaced)))


class _Placing:
    def __init__(self, found: Sequence[FoundMedia], known: Known) -> None:
        self._known = known
        self._files = {file.path: file for media in found for file in media.files}
        self._by_path = {row.path: row for row in known.rows}
        self._by_content: dict[tuple[FileRole, str], list[FileRow]] = {}
        self._of_media: dict[int, list[FileRow]] = {}
        for row in sorted(known.rows, key=lambda row: row.id):
            self._of_media.setdefault(row.media_id, []).append(row)
            if row.size_bytes:
                self._by_content.setdefault((row.role, row.sha256), []).append(row)
        self._moves = self._find_moves()
        moved = {row.id for row in self._moves.values()}
        self._staying = {row.path: row for row in known.rows if row.id not in moved}
        taken = (self._staying.get(path) for path in self._moves)
        self.displaced = {row.id for row in taken if row is not None}
        self._new: dict[tuple[FileRole, str], int] = {}
        self._count = 0

    def _find_moves(self) -> dict[str, FileRow]:
        """Return by path the row that moved there; empty files are all alike and never move."""
        free = {
            key: [row for row in rows if self._is_vacated(row)]
            for key, rows in self._by_content.items()
        }
        moves: dict[str, FileRow] = {}
        for path, file in self._files.items():
            row = self._by_path.get(path)
            candidates = free.get((file.role, file.sha256))
            if candidates and file.size_bytes and (row is None or row.sha256 != file.sha256):
                moves[path] = candidates.pop(0)
        return moves

    def _is_vacated(self, row: FileRow) -> bool:
        now = self._files.get(row.path)
        return self._known.is_gone(row) if now is None else now.sha256 != row.sha256

    def place(self, media: FoundMedia) -> Placed:
        """Return what one found recording is; call it in the order of the look."""
        index, self._count = self._count, self._count + 1
        rows = tuple(self._row_of(file) for file in media.files)
        media_id = self._known_media(media, rows)
        same_as, is_copy = None, False
        if media_id is None:
            media_id = self._copied_media(media)
            same_as = None if media_id is not None else self._new_twin(media)
            is_copy = media_id is not None or same_as is not None
        if media_id is None and same_as is None:
            self._new |= {key: index for key in _contents(media) if key not in self._new}
        return Placed(
            media,
            media_id,
            same_as,
            rows,
            is_renamed=any(file.path in self._moves for file in _recordings(media.files)),
            is_copy=is_copy,
            has_new_words=media_id is not None and self._has_new_words(media, media_id),
        )

    def _row_of(self, file: FoundFile) -> FileRow | None:
        return self._moves.get(file.path) or self._staying.get(file.path)

    def _known_media(self, media: FoundMedia, rows: tuple[FileRow | None, ...]) -> int | None:
        """Return the recording by content or path, else by stem.

        Words say more than a recording without words, and content says more than a path.
        """
        ranked = [
            (file.role is not FileRole.TRANSCRIPT, file.path not in self._moves, row.id, row)
            for file, row in zip(media.files, rows, strict=True)
            if row is not None and file.role is not FileRole.METADATA
        ]
        if ranked:
            row = min(ranked)[3]
            return None if self._has_split(media, row.media_id) else row.media_id
        beside = (self._staying.get(path) for path in media.siblings)
        known = [row for row in beside if row and row.id not in self.displaced]
        return min(known, key=lambda row: row.id).media_id if known else None

    def _has_split(self, media: FoundMedia, media_id: int) -> bool:
        """Return whether a copy under another stem got a content of its own."""
        if any(file.path in self._moves for file in _recordings(media.files)):
            return False
        rows = self._of_media[media_id]
        homes = [
            row
            for row in rows
            if row.role is not FileRole.METADATA and not self._known.is_gone(row)
        ]
        if not homes or group_key(homes[0].path) == group_key(media.files[0].path):
            return False
        held = {row.sha256 for row in rows}
        elsewhere = (self._files.get(row.path) for row in rows)
        own = {file.path for file in media.files}
        held |= {file.sha256 for file in elsewhere if file is not None and file.path not in own}
        return all(file.sha256 not in held for file in _recordings(media.files))

    def _copied_media(self, media: FoundMedia) -> int | None:
        for key in _contents(media):
            rows = self._by_content.get(key)
            if rows:
                return min(rows, key=lambda row: (row.is_missing, row.id)).media_id
            if key[1] in self._known.identities:
                return self._known.identities[key[1]]
        return None

    def _new_twin(self, media: FoundMedia) -> int | None:
        return next((self._new[key] for key in _contents(media) if key in self._new), None)

    def _has_new_words(self, media: FoundMedia, media_id: int) -> bool:
        rows = self._of_media.get(media_id, [])
        held = {row.sha256 for row in rows if row.role is FileRole.TRANSCRIPT}
        words = (file for file in media.files if file.role is FileRole.TRANSCRIPT)
        return any(file.sha256 not in held for file in words)


def _recordings(files: Iterable[FoundFile]) -> list[FoundFile]:
    return [file for file in files if file.role is not FileRole.METADATA]


def _contents(media: FoundMedia) -> list[tuple[FileRole, str]]:
    """Return what can be recognised elsewhere, words first; empty files are all alike."""
    files = [file for file in _recordings(media.files) if file.size_bytes]
    files.sort(key=lambda file: file.role is not FileRole.TRANSCRIPT)
    return [(file.role, file.sha256) for file in files]
