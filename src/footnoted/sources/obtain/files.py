"""Items that are a file on the net: podcasts, with the transcripts their feeds offer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from footnoted.errors import PermanentError
from footnoted.fetch.port import WebLimits, WebRefusedError, WebRequest
from footnoted.model.outcome import Waiting
from footnoted.model.transcript import TranscriptOrigin
from footnoted.sources.languages import is_language
from footnoted.sources.obtain.port import Captions, Obtained
from footnoted.sources.videos.store import FOR_A_PERSON, SPEECH_RECOGNITION

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from footnoted.fetch.port import Download, Web
    from footnoted.sources.items import TranscriptLink
    from footnoted.sources.obtain.port import Wanted

MAX_TRANSCRIPT_BYTES = 32 * 2**20
_DAY = timedelta(days=1)
_SOUND = ("audio/", "video/")
_TRANSCRIPT_TIMEOUT_S = 120.0
_SOUND_TIMEOUT_S = 1_500.0


class _Format(NamedTuple):
    media_type: str
    suffix: str


_FORMATS = (
    _Format("text/vtt", "vtt"),
    _Format("application/x-subrip", "srt"),
    _Format("application/srt", "srt"),
    _Format("text/srt", "srt"),
    _Format("application/json", "json"),
    _Format("text/plain", "txt"),
)
"""Types of transcripts that can be read, those with the best times first (Podcasting 2.0 names
`text/vtt`, `application/x-subrip`, `application/json`, `text/plain` and `text/html`)."""


class FileObtainer:
    """Gets the transcripts that a feed offers, and the file itself where there are none."""

    def __init__(self, web: Web, max_sound_bytes: int) -> None:
        """Ask through `web`; a file with sound may have `max_sound_bytes` at most."""
        self._web = web
        self._max_sound_bytes = max_sound_bytes

    async def obtain(self, wanted: Wanted, now: datetime) -> Obtained | Waiting:
        """Return the best transcript that can be fetched, else that there is only sound.

        Raises HostRestsError, HostUnreachableError, and WebRefusedError where the only transcript
        is refused and there is no sound either.
        """
        refused: list[WebRefusedError] = []
        for link, form in _best_first(wanted):
            try:
                captions = await self._fetch(wanted, link, form)
            except WebRefusedError as error:
                refused.append(error)
            else:
                return Obtained(captions=captions, history=_told(refused))
        if wanted.item.media_url is None:
            if refused:
                raise refused[0]
            message = f"{wanted.item.link or wanted.item.keys[0]} has neither transcript nor sound"
            raise PermanentError(message, failure_code="nothing_to_hear")
        if wanted.hears:
            return Obtained(needs_sound=True, history=_told(refused))
        detail = "the feed offers no transcript of it; it waits for speech recognition"
        return Waiting(now + _DAY, SPEECH_RECOGNITION, detail, now + FOR_A_PERSON)

    async def fetch_sound(self, wanted: Wanted) -> Path:
        """Return the file with the item's sound. Raises as `obtain` does."""
        url = wanted.item.media_url
        if url is None:
            message = f"{wanted.item.link or wanted.item.keys[0]} has no sound to fetch"
            raise PermanentError(message, failure_code="nothing_to_hear")
        limits = WebLimits(timeout_s=_SOUND_TIMEOUT_S, max_bytes=self._max_sound_bytes)
        into = wanted.folder / f"part-{uuid4().hex[:12]}"
        wanted.folder.mkdir(parents=True, exist_ok=True)
        request = WebRequest(url, accepts=_SOUND, limits=limits)
        download = await self._web.download(request, into)
        return download.path

    async def _fetch(self, wanted: Wanted, link: TranscriptLink, form: _Format) -> Captions:
        limits = WebLimits(timeout_s=_TRANSCRIPT_TIMEOUT_S, max_bytes=MAX_TRANSCRIPT_BYTES)
        wanted.folder.mkdir(parents=True, exist_ok=True)
        part = wanted.folder / f"part-{uuid4().hex[:12]}"
        download = await self._web.download(WebRequest(link.url, limits=limits), part)
        language = link.language or wanted.language
        return Captions(
            path=_settle(download, wanted.folder, language, form),
            sha256=download.sha256,
            origin=TranscriptOrigin.IMPORTED,
            language=language,
            is_original=True,
        )


def _best_first(wanted: Wanted) -> list[tuple[TranscriptLink, _Format]]:
    """Return the transcripts that can be read: the right language, then the best times."""
    order = {form.media_type: (place, form) for place, form in enumerate(_FORMATS)}
    readable = [
        (link, *order[kind])
        for link in wanted.item.transcripts
        if (kind := (link.media_type or "").partition(";")[0].strip().lower()) in order
    ]
    languages = [tag for tag in (wanted.language, *wanted.options.languages) if tag]
    readable.sort(key=lambda row: (_language_rank(row[0].language, languages), row[1]))
    return [(link, form) for link, _, form in readable]


def _language_rank(language: str | None, wanted: Sequence[str]) -> int:
    """Return the place of a language; one that is not told is as good as the first."""
    if language is None:
        return 0
    primaries = [tag.lower().partition("-")[0] for tag in wanted]
    primary = language.lower().partition("-")[0]
    return primaries.index(primary) if primary in primaries else len(primaries)


def _settle(download: Download, folder: Path, language: str | None, form: _Format) -> Path:
    """Return the file under a name that says what it is; nothing of it came from the net."""
    tag = f".{language}" if language and is_language(language) else ""
    path = folder / f"{download.sha256[:16]}{tag}.{form.suffix}"
    download.path.replace(path)
    return path


def _told(refused: Sequence[WebRefusedError]) -> dict[str, object]:
    return {"refused": [error.message for error in refused]} if refused else {}
