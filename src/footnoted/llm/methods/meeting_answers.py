"""The built-in answers to what the profile `brain` asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from footnoted.llm.brain_tasks import (
    EntitiesTask,
    ImproveTask,
    JudgeNamesTask,
    RelateTask,
    SummarizeTask,
)
from footnoted.llm.methods.entity_finding import find_entities
from footnoted.llm.methods.entity_verdicts import judge_names
from footnoted.llm.methods.meeting_points import relate
from footnoted.llm.methods.meeting_summary import summarize
from footnoted.llm.methods.meeting_words import improve

if TYPE_CHECKING:
    from footnoted.llm.brain_tasks import BrainAnswer, BrainTask


def answer_brain(task: BrainTask) -> BrainAnswer:
    """Return the extractive answer to one of these tasks; pure and deterministic."""
    match task:
        case ImproveTask():
            return improve(task)
        case EntitiesTask():
            return find_entities(task)
        case JudgeNamesTask():
            return judge_names(task)
        case RelateTask():
            return relate(task)
        case SummarizeTask():
            return summarize(task)
        case _ as never:
            assert_never(never)
