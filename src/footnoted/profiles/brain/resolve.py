"""named -> resolved: which names are one, as facts about pairs of names that outlive the video.

names of all videos -> pairs nobody judged -> rules, then a model for what is left -> facts

Names of other videos are read after those of this one were committed, so of two videos that are
worked on at once the later sees both.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, ClassVar, Final, get_args

from footnoted.llm.brain_tasks import JudgeNamesTask, NamePair
from footnoted.model.status import ItemKind, Resource
from footnoted.profiles.brain.name_facts import store as name_facts
from footnoted.profiles.brain.pairing import is_same_by_rule, pairs_of
from footnoted.profiles.brain.resolve_question import resolve_question, resolve_tokens
from footnoted.profiles.brain.types import JudgedPair, ResolveInput, ResolveOutput, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.llm.brain_tasks import JudgeNamesAnswer
    from footnoted.profiles.brain.types import NamePairDraft
    from footnoted.stages.port import StageContext

RESOLVED = "resolved"
RULE: Final = "rule"
_VERDICTS: Final[Mapping[str, Verdict]] = {verdict: verdict for verdict in get_args(Verdict)}
_PAIRS_PER_REQUEST = 40
_MOST_PAIRS = 400
"""Pairs that one video has judged at most, the most alike first; counted when there are more."""


class ResolveStage:
    """Judges pairs of names, each once."""

    name: ClassVar[str] = "resolve"
    version: ClassVar[int] = 1
    kind: ClassVar[ItemKind] = ItemKind.VIDEO
    gives: ClassVar[str] = RESOLVED
    resource: ClassVar[Resource] = Resource.MODEL
    asks: ClassVar[bool] = True
    shares_output: ClassVar[bool] = True
    time_limit_s: ClassVar[float] = 1_200.0
    given_type: type[ResolveInput] = ResolveInput

    def __init__(self, judge: str) -> None:
        """Judge as `judge`, which names model and prompt; what another judged is judged anew."""
        self._judge = judge

    @property
    def parts(self) -> Mapping[str, str]:
        """Return no further versions."""
        return {}

    async def load(self, session: AsyncConnection, item_id: int) -> ResolveInput:
        """Return the pairs with a name of this video that nobody judged yet."""
        own = await name_facts.read_known(session, item_id)
        others = await name_facts.read_known(session, None)
        judged = await name_facts.judged_pairs(session, item_id, [RULE, self._judge])
        # It compares with every name there is; the event loop has others to serve.
        found = await asyncio.to_thread(lambda: list(pairs_of(own, others)))
        by_ids = {(pair.first_id, pair.second_id): pair for pair in found}
        left = [pair for ids, pair in by_ids.items() if ids not in judged]
        ranked = sorted(left, key=lambda pair: (-pair.likeness, pair.first_id, pair.second_id))
        return ResolveInput(pairs=tuple(ranked[:_MOST_PAIRS]), left_out=len(ranked[_MOST_PAIRS:]))

    async def run(self, given: ResolveInput, context: StageContext) -> ResolveOutput:
        """Return a fact for every pair that rules or the model can say something of."""
        plain = [pair for pair in given.pairs if is_same_by_rule(pair)]
        open_pairs = [pair for pair in given.pairs if not is_same_by_rule(pair)]
        starts = range(0, len(open_pairs), _PAIRS_PER_REQUEST)
        batches = [open_pairs[start : start + _PAIRS_PER_REQUEST] for start in starts]
        prompt, question = context.prompt(self.name), resolve_question()
        requests = [
            question.request(f"pairs-{number}", _task(batch), prompt, resolve_tokens(len(batch)))
            for number, batch in enumerate(batches)
        ]
        answers = await context.asker.ask_all(requests) if requests else []
        desk = _Desk(self._judge)
        desk.judge_by_rule(plain)
        for batch, answer in zip(batches, answers, strict=True):
            desk.take(batch, answer)
        return desk.output(given.left_out)

    async def save(self, session: AsyncConnection, item_id: int, out: ResolveOutput) -> None:
        """Write the facts; they are about names, not about this video."""
        del item_id
        await name_facts.write_facts(session, out.judged)


def _task(batch: Sequence[NamePairDraft]) -> JudgeNamesTask:
    return JudgeNamesTask(
        pairs=tuple(
            NamePair(index=index, first=pair.first, second=pair.second)
            for index, pair in enumerate(batch)
        )
    )


class _Desk:
    """Takes verdicts, and counts those that cannot be."""

    def __init__(self, judge: str) -> None:
        self._judge = judge
        self._judged: list[JudgedPair] = []
        self._counts: Counter[str] = Counter()

    def judge_by_rule(self, pairs: Sequence[NamePairDraft]) -> None:
        """Say of pairs that differ in nothing heard that they are the same."""
        for pair in pairs:
            self._file(pair, "same", RULE)

    def take(self, batch: Sequence[NamePairDraft], answer: JudgeNamesAnswer) -> None:
        """File one batch; a pair without a verdict is undecided, and asked again another time."""
        seen: set[int] = set()
        for each in answer.verdicts:
            verdict = _VERDICTS.get(each.verdict.strip().casefold())
            if verdict is None:
                self._counts["rejected_verdict"] += 1
            elif each.index not in range(len(batch)) or each.index in seen:
                self._counts["rejected_index"] += 1
            else:
                seen.add(each.index)
                self._file(batch[each.index], verdict, self._judge)

    def output(self, left_out: int) -> ResolveOutput:
        """Return the facts in the order of the pairs."""
        kinds = Counter(pair.verdict for pair in self._judged)
        counts = {verdict: kinds[verdict] for verdict in get_args(Verdict)}
        more = {"left_out": left_out} if left_out else {}
        judged = sorted(self._judged, key=lambda pair: (pair.first_id, pair.second_id))
        return ResolveOutput(
            judged=tuple(judged), counts={**counts, **more, **dict(sorted(self._counts.items()))}
        )

    def _file(self, pair: NamePairDraft, verdict: Verdict, judge: str) -> None:
        self._judged.append(
            JudgedPair(
                first_id=pair.first_id,
                second_id=pair.second_id,
                verdict=verdict,
                likeness=pair.likeness,
                judge=judge,
            )
        )
