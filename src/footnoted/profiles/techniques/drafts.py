"""Reads page drafts: the indices of each answer are those of its own chunk and of no other.

A claim keeps the moments it names that exist; one without any is dropped. A page's tags and tools
are those of the moments its claims name. A page without claims is no page.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from footnoted.db.texts import storable
from footnoted.knowledge.pages.composed import ComposedClaim, ComposedPage, Support
from footnoted.knowledge.pages.identity import slugify
from footnoted.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from footnoted.llm.tasks import ClaimDraft, PageDraft, SynthesizeAnswer
    from footnoted.profiles.techniques.types import StoredMoment

_TITLE_LIMIT = 120
_TEXT_LIMIT = 2_000


class DraftReader:
    """Turns drafts into pages, and counts what could not stand."""

    def __init__(self) -> None:
        """Start with nothing counted."""
        self._counts: Counter[str] = Counter()

    @property
    def counts(self) -> Mapping[str, int]:
        """Return how much was dropped so far, by reason."""
        return dict(sorted((+self._counts).items()))

    def read(
        self, answer: SynthesizeAnswer, chunk: Sequence[StoredMoment]
    ) -> Iterator[ComposedPage]:
        """Yield the pages of one answer about the moments of `chunk`."""
        for draft in answer.pages:
            page = self._page(draft, chunk)
            if page is not None:
                yield page

    def _page(self, draft: PageDraft, chunk: Sequence[StoredMoment]) -> ComposedPage | None:
        title = title_of(draft)
        claims = tuple(
            claim
            for section in draft.sections
            for claim in self._claims(section.heading, section.claims, chunk)
        )
        if not title or not claims:
            self._counts["rejected_pages"] += 1
            return None
        cited = {support.moment_id for claim in claims for support in claim.support}
        covered = [moment for moment in chunk if moment.id in cited]
        return ComposedPage(
            slug=slugify(title),
            title=title,
            summary=one_line(storable(draft.summary), _TEXT_LIMIT),
            tags=tuple(sorted({moment.subtopic for moment in covered if moment.subtopic})),
            tools=tuple(sorted({tool for moment in covered for tool in moment.tools})),
            claims=claims,
        )

    def _claims(
        self, heading: str, drafts: Sequence[ClaimDraft], chunk: Sequence[StoredMoment]
    ) -> Iterator[ComposedClaim]:
        for draft in drafts:
            text = one_line(storable(draft.text), _TEXT_LIMIT)
            support = self._support(draft.moment_indices, chunk)
            if not text or not support:
                self._counts["dropped_claims"] += 1
                continue
            yield ComposedClaim(
                heading=one_line(storable(heading), _TITLE_LIMIT), text=text, support=support
            )

    def _support(
        self, indices: Sequence[int], chunk: Sequence[StoredMoment]
    ) -> tuple[Support, ...]:
        known = sorted({index for index in indices if 0 <= index < len(chunk)})
        self._counts["rejected_indices"] += len(set(indices)) - len(known)
        return tuple(
            Support(moment_id=chunk[index].id, evidence_id=chunk[index].evidence_id)
            for index in known
        )


def title_of(draft: PageDraft) -> str:
    """Return the title a page gets from its draft; empty when it has none."""
    return one_line(storable(draft.title), _TITLE_LIMIT)
