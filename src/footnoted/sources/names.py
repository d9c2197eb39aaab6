"""What file names say: role, stem, language. All pure."""

from __future__ import annotations

import os
import re
import unicodedata
from typing import NamedTuple

from footnoted.sources.languages import is_language
from footnoted.sources.port import FileRole

METADATA_TABLE = "metadata.csv"
UNTIMED_EXTENSIONS = frozenset({"txt", "md", "docx"})
_TIMED = "vtt srt sbv ttml dfxp xml json json3 srv1 srv2 srv3 ytt lrc ass ssa tsv scc sub"
_AUDIO = "aac aif aiff amr flac m4a m4b mka mp3 oga ogg opus wav wma"
_VIDEO = "3gp avi flv m2ts m4v mkv mov mp4 mpeg mpg mts ogv webm wmv"
TRANSCRIPT_EXTENSIONS = UNTIMED_EXTENSIONS | frozenset(_TIMED.split())
MEDIA_EXTENSIONS = frozenset(_AUDIO.split()) | frozenset(_VIDEO.split())
_DOCUMENTATION = re.compile(
    r"(readme|licen[cs]e|copying|changelog|changes|contributing|code_of_conduct|notice|authors)"
    r"([._-].*)?",
    re.IGNORECASE,
)
_INFO = ".info.json"
_LIVE_CHAT = ".live_chat.json"
_MARKS = frozenset({"forced", "sdh", "cc", "default", "orig", "auto", "manual"})
_STREAM = re.compile(r"f\d{1,4}(-\d+)?")
_VIDEO_ID = re.compile(r"\s*\[[A-Za-z0-9_-]{11}\]$")
_NOUNS = frozenset({"transcript", "captions", "subtitles", "audio", "video", "recording"})
_SAYS_NOTHING = _NOUNS | {"auto", "generated", "corrected", "edited", "final", "original"}


class FileName(NamedTuple):
    """What the name of a taken file says.

    `tag` is the language as written (`en-orig`), `language` the tag without `-orig`; `is_original`
    is how yt-dlp marks captions in the language that is spoken; `is_auto` says `auto` stood there.
    """

    role: FileRole
    stem: str
    extension: str
    tag: str | None = None
    is_auto: bool = False

    @property
    def language(self) -> str | None:
        """Return the BCP 47 tag in the name."""
        return self.tag.removesuffix("-orig") if self.tag else None

    @property
    def is_original(self) -> bool:
        """Return whether the name says that this is the language spoken."""
        return self.tag is not None and self.tag.endswith("-orig")

    @property
    def is_timed(self) -> bool:
        """Return whether files of this kind have times."""
        return self.extension not in UNTIMED_EXTENSIONS


class NotTaken(NamedTuple):
    """Why a file name is passed over."""

    reason: str


def read_name(name: str) -> FileName | NotTaken:
    """Return what `name` (no folders) says of the file, or why it is passed over."""
    lowered = name.lower()
    if lowered.endswith(_LIVE_CHAT):
        return NotTaken("live chat, not a transcript")
    if lowered.endswith(_INFO):
        return FileName(FileRole.METADATA, name[: -len(_INFO)], "json")
    base, _, extension = name.rpartition(".")
    extension = extension.lower()
    if not base:
        return NotTaken("no file extension")
    if extension in MEDIA_EXTENSIONS:
        return FileName(FileRole.MEDIA, _without_stream(base), extension)
    if extension not in TRANSCRIPT_EXTENSIONS:
        return NotTaken(f"neither transcript nor recording (.{extension})")
    if extension in {"txt", "md"} and _DOCUMENTATION.fullmatch(base):
        return NotTaken("documentation by its name, not a transcript")
    return _read_transcript_name(base, extension)


def _read_transcript_name(base: str, extension: str) -> FileName:
    stem, marks = _without_marks(base)
    head, _, last = stem.rpartition(".")
    tag = last if head and is_language(last.removesuffix("-orig")) else None
    stem = head if tag else stem
    head, _, last = stem.rpartition(".")
    stem = head if head and last.lower() in MEDIA_EXTENSIONS else stem
    return FileName(FileRole.TRANSCRIPT, stem, extension, tag, "auto" in marks)


def _without_marks(base: str) -> tuple[str, set[str]]:
    marks: set[str] = set()
    head, _, last = base.rpartition(".")
    while head and last.lower() in _MARKS:
        marks.add(last.lower())
        base = head
        head, _, last = base.rpartition(".")
    return base, marks


def _without_stream(base: str) -> str:
    """Return the stem of one stream of a recording that yt-dlp has not merged yet (`.f137`)."""
    head, _, last = base.rpartition(".")
    return head if head and _STREAM.fullmatch(last) else base


def group_key(path: str) -> tuple[str, str] | None:
    """Return (folder, stem) of a path: equal for the files of one recording; None if not taken."""
    folder, name = os.path.split(path)
    read = read_name(name)
    return None if isinstance(read, NotTaken) else (folder, stem_key(read.stem))


def stem_key(stem: str) -> str:
    """Return the stem as it is compared: some file systems compose letters, some take them apart.

    https://unicode.org/reports/tr15/
    """
    return unicodedata.normalize("NFC", stem)


def title_of(stem: str, folder: str) -> str:
    """Return a title for a recording nothing else names: its stem, in words.

    A stem like `transcript` says nothing; then the folder (its last part) says it, and both when
    more than one such word is there.
    """
    title = _in_words(_VIDEO_ID.sub("", stem)) or stem
    words = set(title.casefold().replace(".", " ").replace("-", " ").split())
    if not folder or not words & _NOUNS or words - _SAYS_NOTHING:
        return title
    folder = _in_words(folder)
    return folder if len(words) == 1 else f"{folder}: {title}"


def _in_words(name: str) -> str:
    return " ".join(name.replace("_", " ").split())
