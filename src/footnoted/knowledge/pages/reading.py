"""Turns the rows of a page into what a person reads.

A summary, tag or tool is shown while some of the evidence it rests on is still cited, so that what
was taken back is gone at once, and not only when the page is composed anew.
"""

from __future__ import annotations

import os
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from footnoted.knowledge.pages.composed import ClaimKind, Grounds
from footnoted.knowledge.pages.view import (
    ChainView,
    ClaimView,
    Footnote,
    GroundsView,
    PageView,
    SectionView,
    SourceQuality,
)
from footnoted.model.citation import deep_link, playable_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID


class CitationRow(NamedTuple):
    """One claim with one piece of its evidence; rows are in the order of claims, then of time.

    Paths are as stored: of the file that plays the recording, and of the one it was read from.
    """

    position: int
    heading: str
    claim: str
    kind: str
    conflict: int | None
    evidence_id: UUID
    quote: str
    match: str
    origin: str
    video_id: int
    video_title: str
    published_at: datetime | None
    url: str | None
    first_cue: int
    last_cue: int
    start_ms: int | None
    media_path: str | None
    transcript_path: str | None


def build_view(head: Mapping[str, Any], rows: Sequence[CitationRow]) -> PageView:
    """Return the page that `head` (the fields of PageView but for its content) and `rows` make.

    In `head`, `grounds` are those of the version as composed.
    """
    numbers: dict[UUID, int] = {}
    footnotes: list[Footnote] = []
    for row in rows:
        if row.evidence_id not in numbers:
            numbers[row.evidence_id] = len(numbers) + 1
            footnotes.append(_footnote(numbers[row.evidence_id], row))
    statements = [row for row in rows if row.kind == ClaimKind.STATEMENT]
    steps = [row for row in rows if row.kind == ClaimKind.STEP]
    composed = Grounds.model_validate(head["grounds"])
    return PageView.model_validate(
        {
            **head,
            "summary": head["summary"] if _stands(composed.summary, numbers) else "",
            "tags": _standing(head["tags"], composed.tags, numbers),
            "tools": _standing(head["tools"], composed.tools, numbers),
            "sections": tuple(
                SectionView(heading=heading, claims=tuple(_claims(list(group), numbers)))
                for heading, group in groupby(statements, key=lambda row: row.heading)
            ),
            "signal_chains": tuple(
                ChainView(name=name, steps=tuple(_claims(list(group), numbers)))
                for name, group in groupby(steps, key=lambda row: row.heading)
            ),
            "footnotes": tuple(footnotes),
            "grounds": _noted(composed, numbers),
            "source_quality": _quality(rows),
        }
    )


def _stands(evidence: Sequence[UUID] | None, numbers: Mapping[UUID, int]) -> bool:
    return evidence is None or any(key in numbers for key in evidence)


def _standing(
    names: Iterable[str], grounds: Mapping[str, Sequence[UUID]], numbers: Mapping[UUID, int]
) -> tuple[str, ...]:
    return tuple(name for name in names if _stands(grounds.get(name), numbers))


def _noted(composed: Grounds, numbers: Mapping[UUID, int]) -> GroundsView:
    def notes(evidence: Iterable[UUID]) -> tuple[int, ...]:
        return tuple(sorted(numbers[key] for key in evidence if key in numbers))

    tags = {name: notes(keys) for name, keys in composed.tags.items()}
    tools = {name: notes(keys) for name, keys in composed.tools.items()}
    return GroundsView(
        summary=notes(composed.summary or ()),
        tags={name: found for name, found in tags.items() if found},
        tools={name: found for name, found in tools.items() if found},
    )


def _quality(rows: Sequence[CitationRow]) -> SourceQuality:
    evidence = {row.evidence_id: row.match for row in rows}
    recordings = {row.video_id: row.origin for row in rows}
    return SourceQuality(
        recordings=len(recordings),
        quotes=len(evidence),
        matches=dict(sorted(Counter(evidence.values()).items())),
        origins=dict(sorted(Counter(recordings.values()).items())),
    )


def _claims(rows: Sequence[CitationRow], numbers: Mapping[UUID, int]) -> list[ClaimView]:
    """Return the claims in order; one whose opponents are gone is in no dispute any more."""
    sides = Counter(conflict for _, conflict in {(row.position, row.conflict) for row in rows})
    return [
        _claim(list(group), numbers, sides)
        for _, group in groupby(rows, key=lambda row: row.position)
    ]


def _claim(
    rows: Sequence[CitationRow], numbers: Mapping[UUID, int], sides: Mapping[int | None, int]
) -> ClaimView:
    conflict = rows[0].conflict
    return ClaimView(
        text=rows[0].claim,
        footnotes=tuple(sorted(numbers[row.evidence_id] for row in rows)),
        conflict=conflict if sides[conflict] > 1 else None,
        said_on=tuple(sorted({row.published_at.date() for row in rows if row.published_at})),
    )


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
        published_on=row.published_at.date() if row.published_at else None,
    )
