"""Reads what the profile `brain` asks back into tasks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from footnoted.llm.brain_tasks import (
    BrainTask,
    EntitiesTask,
    EntityBrief,
    GlossaryEntry,
    ImproveTask,
    JudgeNamesTask,
    NamePair,
    PointBrief,
    RelateTask,
    SummarizeTask,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from footnoted.model.transcript import Cue

STAGES = {
    "fixes": "improve",
    "entities": "entities",
    "verdicts": "resolve",
    "relations": "relate",
    "sentences": "summarize",
}
CITING = ("entities", "relations", "points")
"""What of an answer names cues."""
SPOKEN = ("improve", "entities", "relate")
"""The stages that are shown a transcript."""
_POINT_KINDS = ("decision", "action", "question", "statement")


def meeting_task(stage: str, told: Callable[[str], str], cues: tuple[Cue, ...]) -> BrainTask:
    """Return the task of a prompt; `told` gives what stands in one of its tags."""
    match stage:
        case "improve":
            entries = tuple(map(_entry, told("glossary").splitlines()))
            return ImproveTask(language=_language(told), cues=cues, glossary=entries)
        case "entities":
            types = tuple(told("types").split(", "))
            topic = told("topic")
            return EntitiesTask(language=_language(told), topic=topic, cues=cues, types=types)
        case "resolve":
            pairs = (json.loads(line) for line in told("pairs").splitlines())
            return JudgeNamesTask(
                pairs=tuple(NamePair(index=at, first=one, second=two) for at, one, two in pairs)
            )
        case "relate":
            named = (json.loads(line) for line in told("entities").splitlines())
            return RelateTask(
                language=_language(told),
                topic=told("topic"),
                cues=cues,
                entities=tuple(EntityBrief(index=at, name=name, type=of) for at, name, of in named),
                point_kinds=_POINT_KINDS,
            )
        case _:
            points = (json.loads(line) for line in told("points").splitlines())
            return SummarizeTask(
                language=_language(told),
                points=tuple(
                    PointBrief(index=at, kind=kind, topic=topic, text=text)
                    for at, kind, topic, text in points
                ),
                most=int(told("most")),
            )


def _language(told: Callable[[str], str]) -> str | None:
    language = told("language")
    return None if language == "unknown" else language


def _entry(line: str) -> GlossaryEntry:
    written, _, heard = line.partition(": ")
    return GlossaryEntry(written=written, heard=tuple(heard.split(", ")) if heard else ())
