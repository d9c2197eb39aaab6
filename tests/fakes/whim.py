"""A model whose every word hangs on all that it was shown: the hardest for anything that grows.

The same question always gets the same answer, as from the journal; another question, be it by one
letter, gets other titles, wordings and judgements. What holds of pages that it writes does not
hold because answers are alike.
"""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING

from footnoted.llm.tasks import (
    ChainDraft,
    ClaimDraft,
    ClaimPair,
    MergeAnswer,
    MergeTask,
    PageDraft,
    SectionDraft,
    SynthesizeAnswer,
    SynthesizeTask,
)
from tests.fakes.asker import answer_by_rules

if TYPE_CHECKING:
    from footnoted.llm.tasks import Answer, SynthesisMoment, Task

TITLES = ("Bread dough", "Doughs of bread", "Bread in a pot", "Sauce", "Reverb", "Reverb and kick")
HEADINGS = ("Settings", "Tips", "How it is done")
WORDINGS = ("always", "in general", "at home", "for a start")


def answer_by_whim(task: Task) -> Answer:
    """Return an answer that follows from every letter of the task."""
    dice = random.Random(hashlib.sha256(task.model_dump_json().encode()).digest())  # noqa: S311 - a fake
    match task:
        case SynthesizeTask():
            return _write(task, dice)
        case MergeTask():
            return _compare(task, dice)
        case _:
            return answer_by_rules(task)


def _write(task: SynthesizeTask, dice: random.Random) -> SynthesizeAnswer:
    titles = dice.sample(TITLES, k=min(2, len(task.moments)))
    pages: dict[str, list[ClaimDraft]] = {title: [] for title in titles}
    for moment in task.moments:
        pages[dice.choice(titles)].append(_claim(moment, task, dice))
    return SynthesizeAnswer(
        pages=tuple(_page(title, claims, dice) for title, claims in pages.items() if claims)
    )


def _claim(moment: SynthesisMoment, task: SynthesizeTask, dice: random.Random) -> ClaimDraft:
    others = [other.index for other in task.moments if dice.random() < 0.1]
    text = f"{moment.summary} {dice.choice(WORDINGS)}"
    return ClaimDraft(text=text, moment_indices=(moment.index, *others))


def _page(title: str, claims: list[ClaimDraft], dice: random.Random) -> PageDraft:
    chains = (ChainDraft(name="Chain", steps=tuple(claims[:2])),) if len(claims) > 1 else ()
    return PageDraft(
        title=title,
        summary=f"{title}, {dice.choice(WORDINGS)}.",
        summary_indices=claims[0].moment_indices,
        sections=tuple(
            SectionDraft(heading=dice.choice(HEADINGS), claims=(claim,)) for claim in claims
        ),
        signal_chains=chains,
    )


def _compare(task: MergeTask, dice: random.Random) -> MergeAnswer:
    pairs = [
        ClaimPair(first=one.index, second=other.index)
        for one in task.first
        for other in task.second
    ]
    same = [pair for pair in pairs if dice.random() < 0.4]
    return MergeAnswer(
        same_subject=dice.random() < 0.3,
        same=tuple(same),
        conflicts=tuple(pair for pair in pairs if pair not in same and dice.random() < 0.3),
    )
