"""What stands behind a claim: a quote bound to cues, and the link that plays it."""

from __future__ import annotations

from enum import StrEnum
from urllib.parse import urlsplit, urlunsplit

from pydantic import BaseModel, ConfigDict, Field

from footnoted.model.path import file_url

_MEDIA_SUFFIXES = (
    ".aac",
    ".flac",
    ".m4a",
    ".m4v",
    ".mkv",
    ".mov",
    ".mp3",
    ".mp4",
    ".oga",
    ".ogg",
    ".ogv",
    ".opus",
    ".wav",
    ".webm",
)


class MatchKind(StrEnum):
    """How a quote was found in the transcript it came from."""

    EXACT = "exact"
    FUZZY = "fuzzy"
    RELOCATED = "relocated"
    REJECTED = "rejected"


class Evidence(BaseModel):
    """A quote and what became of it when it was looked for among the cues.

    The resolved cues, times and text are None when the quote was rejected; the times are None
    for a transcript without times too. They come from the cues, never from who cited them.
    """

    model_config = ConfigDict(frozen=True)

    quote: str
    """The quote as it was given."""
    cited_first_cue: int
    """The first cue number that was cited with it, as given."""
    cited_last_cue: int
    """The last cue number that was cited with it, inclusive, as given."""
    match: MatchKind
    """How it was found."""
    score: float = Field(ge=0, le=1)
    """How near the quote is to what was said; 1 is word for word."""
    first_cue: int | None
    """The first cue that holds some of it."""
    last_cue: int | None
    """The last cue that holds some of it, inclusive."""
    start_ms: int | None
    """When the first cue starts."""
    end_ms: int | None
    """When the last cue ends."""
    text: str | None
    """What the transcript really says there, word for word."""

    @property
    def resolves(self) -> bool:
        """Return whether the quote was said; only then may it be published."""
        return self.match is not MatchKind.REJECTED


def playable_url(url: str | None, media_path: str | None) -> str | None:
    """Return where a recording can be played, without a time; None when nothing plays it.

    That is the address it was published at, else its local file. `media_path` is as stored.
    """
    if url:
        return url
    return file_url(media_path) if media_path else None


def deep_link(url: str, start_ms: int | None) -> str:
    """Return `url` so that it opens at `start_ms`, in whole seconds, rounded down.

    A page (YouTube and others) takes `t=` in its query; a media file, local or on the web, takes
    the fragment `#t=` (W3C Media Fragments URI 1.0, section 4.2.1). An older time is replaced.
    Without a time, and for other schemes, `url` comes back unchanged.
    """
    if start_ms is None:
        return url
    parts = urlsplit(url)
    is_web = parts.scheme in ("http", "https")
    if not is_web and parts.scheme != "file":
        return url
    time = f"t={start_ms // 1000}"
    if not is_web or parts.path.lower().endswith(_MEDIA_SUFFIXES):
        return urlunsplit(parts._replace(fragment=_with_time(parts.fragment, time)))
    # YouTube writes the time into the fragment too; two times in one link would be a riddle.
    fragment = "" if parts.fragment.startswith("t=") else parts.fragment
    return urlunsplit(parts._replace(query=_with_time(parts.query, time), fragment=fragment))


def _with_time(fields: str, time: str) -> str:
    """Return `fields` (`a=b&c`) with `time` in place of every `t=`, all else byte for byte."""
    kept = [field for field in fields.split("&") if field and field.partition("=")[0] != "t"]
    return "&".join([*kept, time])
