"""Reads page drafts: the indices of each answer are those of its own run and of no other.

A claim keeps the moments it names that exist; one without any is dropped, and so is one that is
scaffolding or carries a link that nobody said. A page's tags and tools are those of the moments its
claims name. A page without claims is no page.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.db.texts import storable
from footnoted.knowledge.pages.composed import (
    ClaimKind,
    ComposedClaim,
    ComposedPage,
    Grounds,
    Support,
)
from footnoted.knowledge.pages.identity import slugify
from footnoted.knowledge.pages.linting import fault_in
from footnoted.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from uuid import UUID

    from footnoted.llm.tasks import ChainDraft, ClaimDraft, PageDraft, SynthesizeAnswer
    from footnoted.profiles.techniques.types import StoredMoment

_TITLE_LIMIT = 120
_TEXT_LIMIT = 2_000
_FEWEST_STEPS = 2


@dataclass(frozen=True, slots=True)
class Draft:
    """A page as written from one run of one recording.

    `number` counts the drafts of its recording; `run` tells the runs of the group apart.
    """

    page: ComposedPage
    video_id: int
    language: str | None
    run: int
    number: int


class DraftReader:
    """Turns drafts into pages, and counts what could not stand."""

    def __init__(self) -> None:
        """Start with nothing counted."""
        self._counts: Counter[str] = Counter()

    @property
    def counts(self) -> Mapping[str, int]:
        """Return how much was dropped so far, by reason."""
        return dict(sorted((+self._counts).items()))

    def read(self, answer: SynthesizeAnswer, run: Sequence[StoredMoment]) -> Iterator[ComposedPage]:
        """Yield the pages of one answer about the moments of `run`."""
        for draft in answer.pages:
            page = self._page(draft, run)
            if page is not None:
                yield page

    def _page(self, draft: PageDraft, run: Sequence[StoredMoment]) -> ComposedPage | None:
        title = title_of(draft)
        statements = [
            claim
            for section in draft.sections
            for claim in self._claims(
                self._sound(section.heading, _TITLE_LIMIT, run), section.claims, run
            )
        ]
        claims = (*statements, *self._steps(draft.signal_chains, run))
        if not claims or not self._sound(title, _TITLE_LIMIT, run):
            self._counts["rejected_pages"] += 1
            return None
        cited = {support.moment_id for claim in claims for support in claim.support}
        covered = [moment for moment in run if moment.id in cited]
        summary, grounds = self._summary(draft, covered, run)
        tags = _named(covered, lambda moment: (moment.subtopic,) if moment.subtopic else ())
        tools = _named(covered, lambda moment: moment.tools)
        return ComposedPage(
            slug=slugify(title),
            title=title,
            summary=summary,
            tags=tuple(sorted(tags)),
            tools=tuple(sorted(tools)),
            claims=claims,
            grounds=Grounds(summary=grounds, tags=tags, tools=tools),
        )

    def _claims(
        self, heading: str, drafts: Sequence[ClaimDraft], run: Sequence[StoredMoment]
    ) -> Iterator[ComposedClaim]:
        for draft in drafts:
            claim = self._claim(heading, draft, run)
            if claim is not None:
                yield claim

    def _claim(
        self, heading: str, draft: ClaimDraft, run: Sequence[StoredMoment]
    ) -> ComposedClaim | None:
        places = self._places(draft.moment_indices, run)
        text = self._sound(draft.text, _TEXT_LIMIT, [run[place] for place in places])
        if not text or not places:
            self._counts["dropped_claims"] += 1
            return None
        support = tuple(
            Support(moment_id=run[place].id, evidence_id=run[place].evidence_id) for place in places
        )
        return ComposedClaim(heading=heading, text=text, support=support)

    def _steps(
        self, chains: Sequence[ChainDraft], run: Sequence[StoredMoment]
    ) -> Iterator[ComposedClaim]:
        """Yield the steps of each chain that has enough of them, all under its name."""
        names: set[str] = set()
        for chain in chains:
            name = self._sound(chain.name, _TITLE_LIMIT, run)
            steps = list(self._claims(name, chain.steps, run))
            if not name or slugify(name) in names or len(steps) < _FEWEST_STEPS:
                self._counts["rejected_chains"] += 1
                continue
            names.add(slugify(name))
            yield from (step.model_copy(update={"kind": ClaimKind.STEP}) for step in steps)

    def _summary(
        self, draft: PageDraft, covered: Sequence[StoredMoment], run: Sequence[StoredMoment]
    ) -> tuple[str, tuple[UUID, ...]]:
        """Return the summary with its evidence; without moments of the page there is none."""
        known = {moment.id for moment in covered}
        places = self._places(draft.summary_indices, run)
        moments = [run[place] for place in places if run[place].id in known]
        text = self._sound(draft.summary, _TEXT_LIMIT, moments)
        if not text or not moments:
            self._counts["dropped_summaries"] += 1
            return "", ()
        return text, tuple(dict.fromkeys(moment.evidence_id for moment in moments))

    def _places(self, indices: Sequence[int], run: Sequence[StoredMoment]) -> list[int]:
        known = sorted({index for index in indices if 0 <= index < len(run)})
        self._counts["rejected_indices"] += len(set(indices)) - len(known)
        return known

    def _sound(self, text: str, limit: int, moments: Iterable[StoredMoment]) -> str:
        """Return the text on one line; empty, and counted, when it may not stand on a page."""
        line = one_line(storable(text), limit)
        said = (word for m in moments for word in (m.title, m.summary, m.quote, *m.tools))
        fault = fault_in(line, said)
        if fault is None:
            return line
        self._counts[f"rejected_{fault}"] += 1
        return ""


def title_of(draft: PageDraft) -> str:
    """Return the title a page gets from its draft; empty when it has none."""
    return one_line(storable(draft.title), _TITLE_LIMIT)


def _named(
    moments: Iterable[StoredMoment], names_of: Callable[[StoredMoment], Iterable[str]]
) -> dict[str, tuple[UUID, ...]]:
    """Return the evidence of each name, as first written; case makes no other name."""
    spelled: dict[str, str] = {}
    found: dict[str, dict[UUID, None]] = {}
    for moment in moments:
        for name in names_of(moment):
            key = spelled.setdefault(name.casefold(), name)
            found.setdefault(key, {})[moment.evidence_id] = None
    return {name: tuple(evidence) for name, evidence in found.items()}
