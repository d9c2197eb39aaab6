"""The built-in model: answers every task with classic methods, needs no key and costs nothing.

It reads the typed task, not the prompt; what it quotes was said, word for word. Its name stands on
everything it makes, so nobody takes it for a language model.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from footnoted.llm.item_tasks import ItemsTask
from footnoted.llm.port import ModelRequest, RawAnswer, Usage
from footnoted.llm.stock_tasks import MentionTask, OutlookTask
from footnoted.llm.tasks import (
    ClassifyTask,
    ExtractTask,
    MergeTask,
    SegmentTask,
    SubtopicTask,
    SynthesizeTask,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

    from footnoted.llm.port import CallOptions
    from footnoted.llm.tasks import Answer, Task

NAME = "extractive"


class Extractive:
    """A `Model` that runs in this process; the same task always gets the same bytes."""

    @property
    def name(self) -> str:
        """Return `extractive`."""
        return NAME

    @property
    def is_free(self) -> bool:
        """Return that asking twice costs nothing and gives the same answer."""
        return True

    @property
    def parameters(self) -> Mapping[str, str]:
        """Return nothing: there is one way it answers."""
        return {}

    async def count_input(self, request: ModelRequest[BaseModel]) -> int | None:
        """Return zero: it reads no prompt."""
        del request
        return 0

    def batch_params(
        self, request: ModelRequest[BaseModel], *, caches_system: bool = False
    ) -> None:
        """Return that it answers at once, and in no batch."""
        del request, caches_system

    async def answer(self, request: ModelRequest[BaseModel], options: CallOptions) -> RawAnswer:
        """Return the answer as JSON; the work happens in a thread, off the event loop."""
        del options  # it is asked in one way
        answer = await asyncio.to_thread(answer_task, request.task)
        return RawAnswer(
            text=answer.model_dump_json(), stop_reason="end_turn", usage=Usage(), model=NAME
        )


def answer_task(task: Task) -> Answer:
    """Return the extractive answer to any task; pure and deterministic.

    The methods are imported when they are first used: a daemon that has nothing to answer spares
    itself numpy and the stemmers, and any other claims its first work sooner.
    """
    match task:
        case SegmentTask():
            from footnoted.llm.methods.topics import segment  # noqa: PLC0415 - as said above

            return segment(task)
        case ExtractTask():
            from footnoted.llm.methods.moments import extract  # noqa: PLC0415 - the same

            return extract(task)
        case ClassifyTask():
            from footnoted.llm.methods.taxonomy import classify  # noqa: PLC0415 - the same

            return classify(task)
        case SubtopicTask():
            from footnoted.llm.methods.taxonomy import subdivide  # noqa: PLC0415 - the same

            return subdivide(task)
        case SynthesizeTask():
            from footnoted.llm.methods.composition import synthesize  # noqa: PLC0415 - the same

            return synthesize(task)
        case MergeTask():
            from footnoted.llm.methods.comparison import merge  # noqa: PLC0415 - the same

            return merge(task)
        case MentionTask():
            from footnoted.llm.methods.mention_finding import find_mentions  # noqa: PLC0415

            return find_mentions(task)
        case OutlookTask():
            from footnoted.llm.methods.stance_outlook import outlook  # noqa: PLC0415

            return outlook(task)
        case ItemsTask():
            from footnoted.llm.methods.item_answers import find_items  # noqa: PLC0415 - the same

            return find_items(task)
        case _:
            from footnoted.llm.methods.meeting_answers import answer_brain  # noqa: PLC0415

            return answer_brain(task)
