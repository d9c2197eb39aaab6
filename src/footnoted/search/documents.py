"""What becomes searchable: transcript windows, moments and pages, as documents. Pure.

Ids are derived from what a document is of, so that building the same again gives the same rows.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.model.transcript import CueKind
from footnoted.search.port import Document, DocumentKind
from footnoted.search.terms import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from footnoted.model.transcript import Cue

_NAMESPACE = uuid.UUID("6f0b1f7e-6a0c-5b52-9d0f-0f3c2a6c7d11")

_ENOUGH_MS = 45_000
_MOST_MS = 60_000
_ENOUGH_WORDS = 90
_MOST_WORDS = 120
_SENTENCE_END = re.compile(
    "[.!?\u2026\u3002\uff01\uff1f\u0964][)\"'\u201d\u2019\xbb\u300d\u300f]*$"
)
_CHARACTERS_PER_WORD = 2  # of a script that is written without spaces


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What the documents of a video take from it."""

    video_id: int
    profile: str
    creator: str
    title: str
    source_id: int | None = None
    language: str | None = None
    published_at: datetime | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MomentFacts:
    """A moment: what it says, the words it rests on, and when they were said."""

    moment_id: UUID
    title: str
    summary: str
    quote: str
    start_ms: int | None
    end_ms: int | None
    category: str | None = None
    tools: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageFacts:
    """A page in its current version; `text` is its claims under their headings."""

    page_id: UUID
    profile: str
    creator: str
    title: str
    summary: str
    text: str
    category: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    published_at: datetime | None = None


def transcript_windows(facts: VideoFacts, cues: Sequence[Cue]) -> list[Document]:
    """Return the speech of a transcript in windows of about 50 seconds or 100 words, in order.

    A window ends with a sentence after 45 seconds or 90 words, and without one before it grows
    beyond 60 seconds or 120 words; a single longer cue is a window of its own. Windows do not
    overlap: a passage is found once, and every cue of speech is in exactly one. Sounds are in
    none. The id is that of the video and of the first cue.
    """
    return [_window(facts, window) for window in _windows(cues)]


def moment_document(facts: VideoFacts, moment: MomentFacts) -> Document:
    """Return the document of a moment: its summary, then the words it rests on.

    A summary that only repeats those words is left out: they would count twice, and read twice.
    """
    summary = "" if moment.summary.casefold() in moment.quote.casefold() else moment.summary
    return Document(
        id=uuid.uuid5(_NAMESPACE, f"moment:{moment.moment_id}"),
        kind=DocumentKind.MOMENT,
        profile=facts.profile,
        video_id=facts.video_id,
        source_id=facts.source_id,
        creator=facts.creator,
        title=moment.title,
        text="\n".join(part for part in (summary, moment.quote) if part),
        start_ms=moment.start_ms,
        end_ms=moment.end_ms,
        language=facts.language,
        category=moment.category,
        tags=facts.tags,
        tools=moment.tools,
        speakers=moment.speakers,
        published_at=facts.published_at,
    )


def page_document(page: PageFacts) -> Document:
    """Return the document of a page: its summary, then its claims."""
    return Document(
        id=uuid.uuid5(_NAMESPACE, f"page:{page.page_id}"),
        kind=DocumentKind.PAGE,
        profile=page.profile,
        page_id=page.page_id,
        creator=page.creator,
        title=page.title,
        text="\n".join(part for part in (page.summary, page.text) if part),
        language=page.language,
        category=page.category,
        tags=page.tags,
        tools=page.tools,
        published_at=page.published_at,
    )


def _window(facts: VideoFacts, cues: Sequence[Cue]) -> Document:
    ends = [cue.end_ms for cue in cues if cue.end_ms is not None]
    return Document(
        id=uuid.uuid5(_NAMESPACE, f"window:{facts.video_id}:{cues[0].index}"),
        kind=DocumentKind.WINDOW,
        profile=facts.profile,
        video_id=facts.video_id,
        source_id=facts.source_id,
        creator=facts.creator,
        title=facts.title,
        text=" ".join(cue.text for cue in cues),
        start_ms=cues[0].start_ms,
        end_ms=max(ends, default=None),
        language=facts.language,
        tags=facts.tags,
        speakers=tuple(dict.fromkeys(cue.speaker for cue in cues if cue.speaker)),
        published_at=facts.published_at,
    )


def _windows(cues: Sequence[Cue]) -> Iterator[list[Cue]]:
    window: list[Cue] = []
    held = 0
    for cue in cues:
        size = _word_count(cue.text)
        if cue.kind is CueKind.SOUND or size == 0:
            continue
        if window and _would_burst(window, held, cue, size):
            yield window
            window, held = [], 0
        window.append(cue)
        held += size
        if _is_enough(window, held):
            yield window
            window, held = [], 0
    if window:
        yield window


def _would_burst(window: Sequence[Cue], held: int, cue: Cue, size: int) -> bool:
    return held + size > _MOST_WORDS or _length_ms(window[0], cue) > _MOST_MS


def _is_enough(window: Sequence[Cue], held: int) -> bool:
    is_long = held >= _ENOUGH_WORDS or _length_ms(window[0], window[-1]) >= _ENOUGH_MS
    return is_long and bool(_SENTENCE_END.search(window[-1].text.rstrip()))


def _length_ms(first: Cue, last: Cue) -> int:
    if first.start_ms is None or last.end_ms is None:
        return 0
    return last.end_ms - first.start_ms


def _word_count(text: str) -> int:
    return sum(
        -(-len(word.text) // _CHARACTERS_PER_WORD) if word.is_unspaced else 1
        for word in words(text)
    )
