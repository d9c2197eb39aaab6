"""The question for pages: a chunk of moments, or a half of one whose pages were too long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.knowledge.pages.identity import slugify
from footnoted.llm.tasks import (
    ChainDraft,
    ClaimDraft,
    PageDraft,
    SectionDraft,
    SynthesisMoment,
    SynthesizeAnswer,
    SynthesizeTask,
)
from footnoted.model.text import one_line
from footnoted.profiles.techniques.drafts import title_of
from footnoted.stages.answer_size import THINKING_TOKENS, AnswerSize, text_tokens
from footnoted.stages.halves import halve
from footnoted.stages.question import UNKNOWN_LANGUAGE, Question
from footnoted.stages.wording import OUTPUT_LANGUAGE, shown_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from footnoted.profiles.techniques.types import StoredMoment

_SIZE = AnswerSize(floor=THINKING_TOKENS + 256, ceiling=16_384)
_TOKENS_PER_MOMENT = 64
_TITLE_CHARS, _SUMMARY_CHARS, _TOOLS_CHARS = 200, 600, 200
"""What a prompt shows of a moment at most; usual summaries have 60 to 250 characters."""
MOMENT_CHARS = 1_500
"""The longest line of a moment, with 300 characters of what was said."""


def page_question() -> Question[SynthesizeTask, SynthesizeAnswer]:
    """Return how pages are asked for."""
    return Question(SynthesizeAnswer, _shown, _halves, _united, {})


def page_tokens(moments: Sequence[SynthesisMoment]) -> int:
    """Return the bound of an answer about `moments`.

    Pages say what the moments' titles and summaries say, in about as many words; beside it a moment
    costs its share of a claim's syntax, of headings, and of its page's title and summary.
    """
    said = text_tokens(*(text for moment in moments for text in (moment.title, moment.summary)))
    return _SIZE.max_tokens_out(said + len(moments) * _TOKENS_PER_MOMENT)


def material_of(index: int, moment: StoredMoment, excerpt_chars: int) -> SynthesisMoment:
    """Return a moment as a prompt shows it: its line is bounded, however long its texts are."""
    tools, left = list[str](), _TOOLS_CHARS
    for tool in moment.tools:
        left -= len(tool) + 2
        if left < 0:
            break
        tools.append(tool)
    return SynthesisMoment(
        index=index,
        title=one_line(moment.title, _TITLE_CHARS),
        summary=one_line(moment.summary, _SUMMARY_CHARS),
        content_type=moment.content_type,
        subtopic=moment.subtopic,
        tools=tuple(tools),
        quote=one_line(moment.quote, excerpt_chars),
    )


def _shown(task: SynthesizeTask) -> Mapping[str, str]:
    return {
        "language": task.language or UNKNOWN_LANGUAGE,
        OUTPUT_LANGUAGE: shown_language(task.output_language),
        "category": task.category,
        "moments": "\n".join(map(_line, task.moments)),
    }


def _line(moment: SynthesisMoment) -> str:
    kind = moment.content_type
    if moment.subtopic:
        kind += f"; subtopic: {moment.subtopic}"
    if moment.tools:
        kind += f"; tools: {', '.join(moment.tools)}"
    return f'[{moment.index}] {moment.title} ({kind}): {moment.summary} "{moment.quote}"'


def _halves(task: SynthesizeTask) -> tuple[SynthesizeTask, SynthesizeTask] | None:
    """Return the task in two, between subtopics if it can be; moments keep their index."""
    halves = halve(task.moments, lambda before, after: before.subtopic != after.subtopic)
    if halves is None:
        return None
    first, second = halves
    return task.model_copy(update={"moments": first}), task.model_copy(update={"moments": second})


def _united(
    tasks: tuple[SynthesizeTask, SynthesizeTask],
    answers: tuple[SynthesizeAnswer, SynthesizeAnswer],
) -> SynthesizeAnswer:
    """Return the pages of both halves, those of one address as one page."""
    halves = zip(tasks, answers, strict=True)
    pages: dict[str | int, PageDraft] = {}
    for place, page in enumerate(own for half in halves for own in _pages(*half)):
        title = title_of(page)
        key = slugify(title) if title else place
        pages[key] = _joined(pages[key], page) if key in pages else page
    return SynthesizeAnswer(pages=tuple(pages.values()))


def _pages(task: SynthesizeTask, answer: SynthesizeAnswer) -> Iterator[PageDraft]:
    """Yield the pages; an index of the other half becomes one of no moment, to be rejected."""
    asked = {moment.index for moment in task.moments}
    for page in answer.pages:
        yield page.model_copy(
            update={
                "summary_indices": _own(page.summary_indices, asked),
                "sections": tuple(
                    SectionDraft(heading=section.heading, claims=_citing(section.claims, asked))
                    for section in page.sections
                ),
                "signal_chains": tuple(
                    ChainDraft(name=chain.name, steps=_citing(chain.steps, asked))
                    for chain in page.signal_chains
                ),
            }
        )


def _citing(claims: Iterable[ClaimDraft], asked: set[int]) -> tuple[ClaimDraft, ...]:
    return tuple(
        ClaimDraft(text=claim.text, moment_indices=_own(claim.moment_indices, asked))
        for claim in claims
    )


def _own(indices: Iterable[int], asked: set[int]) -> tuple[int, ...]:
    return tuple(index if index in asked or index < 0 else -1 - index for index in indices)


def _joined(first: PageDraft, second: PageDraft) -> PageDraft:
    """Return two drafts of a page as one: sections of one heading together, equal claims once.

    Title and summary are those of the first; its chains come first.
    """
    sections: dict[str, dict[str, ClaimDraft]] = {}
    for section in (*first.sections, *second.sections):
        claims = sections.setdefault(section.heading, {})
        for claim in section.claims:
            key = " ".join(claim.text.casefold().split())
            known = claims.get(key)
            indices = known.moment_indices + claim.moment_indices if known else claim.moment_indices
            claims[key] = ClaimDraft(
                text=known.text if known else claim.text,
                moment_indices=tuple(dict.fromkeys(indices)),
            )
    return first.model_copy(
        update={
            "signal_chains": first.signal_chains + second.signal_chains,
            "sections": tuple(
                SectionDraft(heading=heading, claims=tuple(claims.values()))
                for heading, claims in sections.items()
            ),
        }
    )
