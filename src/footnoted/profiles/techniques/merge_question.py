"""The question about two drafts: what they have in common, claim by claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.llm.tasks import MergeAnswer, MergeClaim, MergeTask
from footnoted.model.text import one_line
from footnoted.stages.answer_size import THINKING_TOKENS, AnswerSize
from footnoted.stages.halves import halve
from footnoted.stages.question import UNKNOWN_LANGUAGE, Question

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from footnoted.llm.tasks import ClaimPair
    from footnoted.profiles.techniques.kinship import Comparison, Read

_SIZE = AnswerSize(floor=THINKING_TOKENS + 64, ceiling=8_192)
_TOKENS_PER_PAIR = 32
_CLAIM_CHARS = 400
"""How much of a claim is shown; usual ones have 60 to 200 characters."""


def merge_question() -> Question[MergeTask, MergeAnswer]:
    """Return how two drafts are compared."""
    return Question(MergeAnswer, _shown, _halves, _united, {})


def merge_tokens(task: MergeTask) -> int:
    """Return the bound of an answer: a pair of each list for each claim of the shorter draft."""
    return _SIZE.max_tokens_out(2 * min(len(task.first), len(task.second)) * _TOKENS_PER_PAIR)


def merge_task(reads: Sequence[Read], asked: Comparison, category: str) -> MergeTask:
    """Return the task that a comparison is; claims are numbered from 0 in each draft."""
    first, second = reads[asked.first].draft, reads[asked.second].draft
    return MergeTask(
        language=first.language,
        category=category,
        first_title=first.page.title,
        second_title=second.page.title,
        first=_claims(reads[asked.first], asked.first_claims),
        second=_claims(reads[asked.second], asked.second_claims),
    )


def _claims(read: Read, places: Sequence[int]) -> tuple[MergeClaim, ...]:
    return tuple(
        MergeClaim(index=index, text=one_line(read.draft.page.claims[place].text, _CLAIM_CHARS))
        for index, place in enumerate(places)
    )


def _shown(task: MergeTask) -> Mapping[str, str]:
    return {
        "language": task.language or UNKNOWN_LANGUAGE,
        "category": task.category,
        "first": _lines(task.first_title, task.first),
        "second": _lines(task.second_title, task.second),
    }


def _lines(title: str, claims: Sequence[MergeClaim]) -> str:
    return "\n".join([title, *(f"[{claim.index}] {claim.text}" for claim in claims)])


def _halves(task: MergeTask) -> tuple[MergeTask, MergeTask] | None:
    """Return the task in two, each with all claims of the first draft and half of the second's."""
    halves = halve(task.second)
    if halves is None:
        return None
    first, second = halves
    return task.model_copy(update={"second": first}), task.model_copy(update={"second": second})


def _united(
    tasks: tuple[MergeTask, MergeTask], answers: tuple[MergeAnswer, MergeAnswer]
) -> MergeAnswer:
    """Return what both halves found; a claim that was not in a half becomes one that is not."""
    parts = [
        [_own(task, pairs) for pairs in (answer.same, answer.conflicts)]
        for task, answer in zip(tasks, answers, strict=True)
    ]
    return MergeAnswer(
        same_subject=any(answer.same_subject for answer in answers),
        same=(*parts[0][0], *parts[1][0]),
        conflicts=(*parts[0][1], *parts[1][1]),
    )


def _own(task: MergeTask, pairs: Sequence[ClaimPair]) -> list[ClaimPair]:
    asked = {claim.index for claim in task.second}
    return [
        pair if pair.second in asked else pair.model_copy(update={"second": -1}) for pair in pairs
    ]
