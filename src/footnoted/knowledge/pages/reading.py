"""Turns the rows of a page into what a person reads."""

from __future__ import annotations

import os
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from footnoted.knowledge.pages.view import ClaimView, Footnote, PageView, SectionView
from footnoted.model.citation import deep_link, playable_url

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID


class CitationRow(NamedTuple):
    """One claim with one piece of its evidence; rows are in the order of claims, then of time.

    Paths are as stored: of the file that plays the recording, and of the one it was read from.
    """

    position: int
    heading: str
    claim: str
    evidence_id: UUID
    quote: str
    video_id: int
    video_title: str
    url: str | None
    first_cue: int
    last_cue: int
    start_ms: int | None
    media_path: str | None
    transcript_path: str | None


def build_view(head: Mapping[str, object], rows: Sequence[CitationRow]) -> PageView:
    """Return the page that `head` (the fields of PageView but for its content) and `rows` make."""
    numbers: dict[UUID, int] = {}
    footnotes: list[Footnote] = []
    for row in rows:
        if row.evidence_id not in numbers:
            numbers[row.evidence_id] = len(numbers) + 1
            footnotes.append(_footnote(numbers[row.evidence_id], row))
    sections = [
        SectionView(heading=heading, claims=tuple(_claims(list(group), numbers)))
        for heading, group in groupby(rows, key=lambda row: row.heading)
    ]
    content = {"sections": tuple(sections), "footnotes": tuple(footnotes)}
    return PageView.model_validate({**head, **content})


def _claims(rows: Sequence[CitationRow], numbers: Mapping[UUID, int]) -> list[ClaimView]:
    return [
        ClaimView(text=text, footnotes=tuple(sorted(numbers[row.evidence_id] for row in group)))
        for (_, text), group in groupby(rows, key=lambda row: (row.position, row.claim))
    ]


def _footnote(number: int, row: CitationRow) -> Footnote:
    url = playable_url(row.url, row.media_path)
    path = row.transcript_path
    return Footnote(
        number=number,
        quote=row.quote,
        video_id=row.video_id,
        video_title=row.video_title,
        first_cue=row.first_cue,
        last_cue=row.last_cue,
        start_ms=row.start_ms,
        link=deep_link(url, row.start_ms) if url else None,
        transcript_file=os.path.basename(path) if path else None,  # noqa: PTH119 - a stored path
    )
