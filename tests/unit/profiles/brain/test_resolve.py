"""Pairs of names are judged by rule, then in bounded questions; what cannot be is counted."""

from __future__ import annotations

from uuid import UUID

from footnoted.llm.brain_tasks import JudgeNamesAnswer, JudgeNamesTask, NameVerdict
from footnoted.profiles.brain.resolve import ResolveStage
from footnoted.profiles.brain.types import NamePairDraft, ResolveInput, ResolveOutput
from footnoted.stages.port import StageContext
from tests.fakes.asker import FakeAsker
from tests.fakes.brain import make_profile


def _pair(number: int, first: str, second: str) -> NamePairDraft:
    return NamePairDraft(
        first_id=UUID(int=number),
        second_id=UUID(int=1_000 + number),
        first=first,
        second=second,
        likeness=0.9,
    )


async def _judged(asker: FakeAsker, *pairs: NamePairDraft) -> ResolveOutput:
    context = StageContext(asker, make_profile().prompts)
    return await ResolveStage("model 1").run(ResolveInput(pairs=pairs), context)


async def test_no_question_grows_with_the_names_there_are() -> None:
    """A hundred pairs are three questions of forty at most."""
    asker = FakeAsker(lambda _task: JudgeNamesAnswer(verdicts=()))
    out = await _judged(asker, *(_pair(number, f"anna{number}", "annas") for number in range(100)))
    sizes = [
        len(request.task.pairs)
        for wave in asker.waves
        for request in wave
        if isinstance(request.task, JudgeNamesTask)
    ]
    assert sizes == [40, 40, 20]
    assert out.judged == ()


async def test_what_a_rule_says_no_model_is_asked() -> None:
    """Spaces are not heard, so there is nothing to ask."""
    asker = FakeAsker(lambda _task: JudgeNamesAnswer(verdicts=()))
    out = await _judged(asker, _pair(1, "git hub", "github"))
    assert asker.waves == []
    assert [(each.verdict, each.judge) for each in out.judged] == [("same", "rule")]


async def test_a_verdict_that_cannot_be_is_counted_and_the_pair_stays_open() -> None:
    """Unknown words, pairs that were not asked about, and a second verdict on one."""
    verdicts = ((0, "probably"), (7, "same"), (1, "Unsure"), (1, "same"))
    answer = JudgeNamesAnswer(
        verdicts=tuple(NameVerdict(index=index, verdict=verdict) for index, verdict in verdicts)
    )
    out = await _judged(FakeAsker(lambda _task: answer), _pair(1, "a", "b"), _pair(2, "c", "d"))
    assert [(each.first_id.int, each.verdict, each.judge) for each in out.judged] == [
        (2, "unsure", "model 1")
    ]
    assert (out.counts["rejected_verdict"], out.counts["rejected_index"]) == (1, 2)
