"""The answer to `synthesize`: moments of one creator and category put together into pages.

`grouping` decides which moments share a page; here a page gets its summary (its most central
statement, on a page that is long enough to need one), a section per content type, and its claims.
Statements stay as they were said, and statements that say the same become one claim with several
supports.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from footnoted.llm.methods.grouping import grouped, materials_of
from footnoted.llm.methods.keyphrases import title_case
from footnoted.llm.methods.lexicon import lexicon_for
from footnoted.llm.methods.salience import overlap, stem_salience, unit_salience
from footnoted.llm.methods.signals import signals_for
from footnoted.llm.methods.statements import to_statement
from footnoted.llm.tasks import ClaimDraft, PageDraft, SectionDraft, SynthesizeAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from footnoted.llm.methods.grouping import Material
    from footnoted.llm.methods.signals import Signals
    from footnoted.llm.tasks import SynthesisMoment, SynthesizeTask

_HEADINGS = (
    ("definition", "What it is"),
    ("technique", "How it is done"),
    ("workflow", "Step by step"),
    ("settings", "Settings"),
    ("tip", "Tips"),
    ("warning", "Watch out for"),
    ("reasoning", "Reasons and background"),
)
_LEADING_TYPES = {"definition": 1.4, "tip": 1.1, "technique": 1.1}
_SAME_CLAIM = 0.85
_LONG_PAGE = 5
"""From so many claims on, a reader is helped by the most central one before the others."""
_SAMPLE_CHARS = 4_000


def synthesize(task: SynthesizeTask) -> SynthesizeAnswer:
    """Return pages that hold every moment of the task exactly once."""
    sample = " ".join(moment.summary for moment in task.moments)[:_SAMPLE_CHARS]
    lexicon = lexicon_for(task.language, sample)
    signals = signals_for(lexicon.language)
    groups = grouped(task.category, materials_of(task.moments, lexicon), lexicon)
    return SynthesizeAnswer(
        pages=tuple(_page(title, members, signals) for title, members in groups)
    )


def _page(title: str, members: Sequence[Material], signals: Signals) -> PageDraft:
    language = signals.language
    ordered = sorted(members, key=lambda member: member.moment.index)
    claims = _claims(ordered)
    sections = tuple(_sections(claims, language))
    if len(claims) < _LONG_PAGE:
        return PageDraft(title=title, summary="", sections=sections)
    weights = stem_salience([sorted(member.stems) for member in ordered])
    lead = max(
        claims, key=lambda claim: (_lead_score(claim[0], weights, signals), -claim[0].moment.index)
    )
    return PageDraft(
        title=title,
        summary=_statement(lead[0].moment, language),
        summary_indices=tuple(material.moment.index for material in lead),
        sections=sections,
    )


def _lead_score(material: Material, weights: Mapping[str, float], signals: Signals) -> float:
    """Return how well a statement can stand at the head of the page."""
    moment = material.moment
    score = unit_salience(sorted(material.stems), weights)
    score *= _LEADING_TYPES.get(moment.content_type, 1.0)
    return score / 2 if signals.leans_back(_statement(moment, signals.language)) else score


def _claims(members: Sequence[Material]) -> list[list[Material]]:
    """Return moments merged where they say the same; the first of each list speaks for it."""
    claims: list[list[Material]] = []
    for member in members:
        same = next((c for c in claims if overlap(c[0].stems, member.stems) >= _SAME_CLAIM), None)
        if same is None:
            claims.append([member])
        else:
            same.append(member)
    return claims


def _sections(claims: Sequence[Sequence[Material]], language: str) -> list[SectionDraft]:
    """Return a section per content type, known ones in reading order, the others by name."""
    by_type: dict[str, list[ClaimDraft]] = defaultdict(list)
    for claim in claims:
        moments = [material.moment for material in claim]
        by_type[moments[0].content_type].append(
            ClaimDraft(
                text=_statement(moments[0], language),
                moment_indices=tuple(moment.index for moment in moments),
            )
        )
    headings = dict(_HEADINGS)
    order = [*headings, *sorted(kind for kind in by_type if kind not in headings)]
    return [
        SectionDraft(
            heading=headings.get(kind) or title_case(kind.split("_")), claims=tuple(by_type[kind])
        )
        for kind in order
        if kind in by_type
    ]


def _statement(moment: SynthesisMoment, language: str) -> str:
    said = to_statement(moment.summary, language) or to_statement(moment.quote, language)
    return said or moment.title
