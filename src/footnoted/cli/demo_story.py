"""What the demo tells at its end, line by line: a page, a hit, and what was made of the samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from footnoted.cli.demo_run import QUESTION
from footnoted.cli.hits import hit_lines
from footnoted.cli.page_text import page_lines
from footnoted.knowledge.pages.view import PageView, SectionView
from footnoted.knowledge.render import render_markdown
from footnoted.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from footnoted.cli.demo_run import Outcome

_CLAIMS_SHOWN = 4
_LONGEST_DETAIL = 160


def story_lines(outcome: Outcome, seconds: float) -> Iterator[Text]:
    """Yield everything the demo shows, in the order of reading."""
    if outcome.page is not None:
        yield from _titled("A page, every claim of which has a footnote that plays")
        yield from page_lines(render_markdown(page_excerpt(outcome.page, _CLAIMS_SHOWN)))
    if outcome.hit is not None:
        yield from _titled(f"footnoted search '{QUESTION}'")
        yield from hit_lines(1, outcome.hit, {})
    yield from _titled("What was made")
    yield from map(Text, summary_lines(outcome, seconds))


def summary_lines(outcome: Outcome, seconds: float) -> Iterator[str]:
    """Yield what was made, what was stopped and why, what it took, and what is wrong."""
    counts = {line.status: line.count for line in outcome.status.videos}
    by_status = ", ".join(f"{count} {status}" for status, count in counts.items())
    yield f"videos     {sum(counts.values())} of {outcome.samples} samples: {by_status}"
    for line in outcome.status.stopped:
        for example in line.examples:
            title = one_line(example.title, _LONGEST_DETAIL)
            yield f"           {line.status} “{title}”: {line.code}"
            yield f"           {one_line(example.detail or '', _LONGEST_DETAIL)}"
    audit = outcome.audit
    yield f"moments    {audit.moments}"
    yield f"pages      {outcome.pages}"
    yield f"claims     {audit.claims}, {_resolving(outcome)}"
    status = outcome.status
    yield f"time       {seconds:.1f} s"
    cost = f"${status.cost_today_usd:.2f} for {status.calls_today} calls of the built-in model"
    yield f"cost       {cost}"
    for fault in outcome.faults:
        yield f"FAULT      {fault}"


def _resolving(outcome: Outcome) -> str:
    audit = outcome.audit
    if not audit.evidence:
        return "without any evidence"
    bad = sum(offender.what == "evidence" for offender in audit.offenders)
    share = (audit.evidence - bad) / audit.evidence
    return f"resting on {audit.evidence} quotes, {share:.0%} of which resolve to what was said"


def page_excerpt(page: PageView, claims: int) -> PageView:
    """Return the page with its first claims only, and the footnotes they use."""
    sections, left, used = list[SectionView](), claims, set[int]()
    for section in page.sections:
        kept = section.claims[:left]
        if not kept:
            break
        left -= len(kept)
        used.update(number for claim in kept for number in claim.footnotes)
        sections.append(section.model_copy(update={"claims": kept}))
    notes = tuple(note for note in page.footnotes if note.number in used)
    return page.model_copy(update={"sections": tuple(sections), "footnotes": notes})


def _titled(title: str) -> Iterator[Text]:
    yield Text("")
    yield Text(f"== {title} ==", style="bold magenta")
    yield Text("")
