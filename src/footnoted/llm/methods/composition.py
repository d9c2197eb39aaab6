"""The answer to `synthesize`: moments of one creator and category put together into pages.

Moments with a sub-topic share its page. The others gather around the word most of them share, again
and again (a greedy set cover, which is how title words stay put when a moment is added); what shares
nothing ends on one last page of the category. Statements stay as they were said.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from footnoted.llm.methods.keyphrases import (
    distinct_best,
    phrases_of,
    ranked_phrases,
    title_case,
    title_of,
)
from footnoted.llm.methods.lexicon import lexicon_for, tokens_of
from footnoted.llm.methods.salience import overlap, stem_salience, unit_salience
from footnoted.llm.methods.statements import to_statement
from footnoted.llm.tasks import ClaimDraft, PageDraft, SectionDraft, SynthesizeAnswer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.llm.methods.lexicon import Lexicon
    from footnoted.llm.tasks import SynthesisMoment, SynthesizeTask

_HEADINGS = (
    ("definition", "What it is"),
    ("technique", "How it is done"),
    ("workflow", "Step by step"),
    ("settings", "Settings"),
    ("tip", "Tips"),
    ("warning", "Watch out for"),
    ("reasoning", "Why it works"),
)
_FEWEST_ON_A_PAGE = 3
_MOST_ON_A_PAGE = 24
_SAME_CLAIM = 0.85


def synthesize(task: SynthesizeTask) -> SynthesizeAnswer:
    """Return pages that hold every moment of the task exactly once."""
    sample = " ".join(moment.summary for moment in task.moments)[:4000]
    lexicon = lexicon_for(task.language, sample)
    stems = {m.index: frozenset(lexicon.stems(f"{m.title} {m.summary}")) for m in task.moments}
    groups = _groups(task, stems)
    return SynthesizeAnswer(
        pages=tuple(_page(title, moments, stems, lexicon) for title, moments in groups)
    )


def _groups(
    task: SynthesizeTask, stems: dict[int, frozenset[str]]
) -> list[tuple[str, list[SynthesisMoment]]]:
    by_subtopic: dict[str, list[SynthesisMoment]] = defaultdict(list)
    for moment in task.moments:
        by_subtopic[(moment.subtopic or "").strip()].append(moment)
    loose = by_subtopic.pop("", [])
    pages = [(title_case(name.split()), moments) for name, moments in by_subtopic.items()]
    return pages + _gathered(task, loose, stems)


def _gathered(
    task: SynthesizeTask, loose: list[SynthesisMoment], stems: dict[int, frozenset[str]]
) -> list[tuple[str, list[SynthesisMoment]]]:
    """Return groups around shared words, and a last one for moments that share none."""
    pages: list[tuple[str, list[SynthesisMoment]]] = []
    left = list(loose)
    while len(left) >= _FEWEST_ON_A_PAGE:
        shared = Counter(stem for moment in left for stem in stems[moment.index])
        usable = [(count, stem) for stem, count in shared.items() if count >= _FEWEST_ON_A_PAGE]
        if not usable:
            break
        _, key = min(usable, key=lambda item: (-item[0], item[1]))
        members = [moment for moment in left if key in stems[moment.index]][:_MOST_ON_A_PAGE]
        pages.append(("", members))
        left = [moment for moment in left if moment not in members]
    if left:
        pages.append((f"More on {task.category}" if pages else task.category, left))
    return pages


def _page(
    title: str,
    moments: Sequence[SynthesisMoment],
    stems: dict[int, frozenset[str]],
    lexicon: Lexicon,
) -> PageDraft:
    weights = stem_salience([sorted(stems[moment.index]) for moment in moments])
    claims = _claims(moments, stems)
    lead = max(
        claims,
        key=lambda claim: (unit_salience(sorted(stems[claim[0].index]), weights), -claim[0].index),
    )
    return PageDraft(
        title=title or _phrase_title(moments, weights, lexicon),
        summary=_statement(lead[0]),
        sections=tuple(_sections(claims)),
    )


def _phrase_title(
    moments: Sequence[SynthesisMoment], weights: dict[str, float], lexicon: Lexicon
) -> str:
    phrases = [p for m in moments for p in phrases_of(tokens_of(m.title), lexicon)]
    return title_of(distinct_best(ranked_phrases(phrases, weights), 1)) or moments[0].title


def _claims(
    moments: Sequence[SynthesisMoment], stems: dict[int, frozenset[str]]
) -> list[list[SynthesisMoment]]:
    """Return moments merged where they say the same; the first of each list speaks for it."""
    claims: list[list[SynthesisMoment]] = []
    for moment in moments:
        same = next(
            (c for c in claims if overlap(stems[c[0].index], stems[moment.index]) >= _SAME_CLAIM),
            None,
        )
        if same is None:
            claims.append([moment])
        else:
            same.append(moment)
    return claims


def _sections(claims: Sequence[Sequence[SynthesisMoment]]) -> list[SectionDraft]:
    """Return a section per content type, known ones in reading order, the others by name."""
    by_type: dict[str, list[ClaimDraft]] = defaultdict(list)
    for claim in claims:
        draft = ClaimDraft(
            text=_statement(claim[0]), moment_indices=tuple(moment.index for moment in claim)
        )
        by_type[claim[0].content_type].append(draft)
    headings = dict(_HEADINGS)
    order = [*headings, *sorted(kind for kind in by_type if kind not in headings)]
    return [
        SectionDraft(
            heading=headings.get(kind, title_case(kind.split("_"))), claims=tuple(by_type[kind])
        )
        for kind in order
        if kind in by_type
    ]


def _statement(moment: SynthesisMoment) -> str:
    return to_statement(moment.summary) or to_statement(moment.quote) or moment.title
