"""Reads footnoted's rendered prompts back into tasks, as a model would: by their tags.

Which question it is shows in the schema that is asked for. A line `[12-17] (1:02-1:31) text` is
taken for one cue that ends at 17, so answers are given back with `ends` put in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 - dataclass fields are read by tools
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from bench.logic import meetings
from bench.logic.declared import items_task
from footnoted.llm.stock_tasks import MentionTask, NameHeard, OutlookTask
from footnoted.llm.tasks import (
    Category,
    ChapterHint,
    ClassifyTask,
    ExtractTask,
    MergeClaim,
    MergeTask,
    MomentBrief,
    SegmentTask,
    SubtopicTask,
    SynthesisMoment,
    SynthesizeTask,
    Task,
)
from footnoted.model.transcript import Cue

STAGES = {
    "topics": "segment",
    "moments": "extract",
    "labels": "classify",
    "subtopics": "subtopics",
    "pages": "compose",
    "same_subject": "merge",
    "mentions": "mention",
    "direction": "outlook",
    "items": "items",
    **meetings.STAGES,
}
CITING = (
    *("topics", "moments", "mentions", "reasoning", "themes", "risks", "summary", "items"),
    *meetings.CITING,
)
"""What of an answer names cues."""
_CUE = re.compile(r"\[(\d+)(?:-(\d+))?\](?: \(([\d:]+)-([\d:]+)\))?(?: ([^:\"]{1,40}):)? (.*)")
_NAME = re.compile(
    r'\[(\d+)(?:-(\d+))?\] "(.*)" = (\S+) \(([^)]+)\) (.*?)(?:; heard ([\d.]+))?(; ambiguous)?'
)
_BRIEF = re.compile(r'\[(\d+)\] (.*) "(.*)"')
_MATERIAL = re.compile(
    r"\[(\d+)\] (.*?) \(([a-z]+)(?:; subtopic: ([^;)]*))?(?:; tools: ([^)]*))?\): (.*) \"(.*)\""
)
_CATEGORY = re.compile(r"- ([^:]+): (.*)")


@dataclass(frozen=True)
class Asked:
    """A question: its stage, its task, and where the line ends that begins with a cue."""

    stage: str
    task: Task
    ends: Mapping[int, int]


def stage_of(body: Mapping[str, Any]) -> str | None:
    """Return the stage that a request is of; None for one that is none of ours."""
    wanted = (body.get("output_config") or {}).get("format") or {}
    names = (wanted.get("schema") or {}).get("properties") or {}
    return next((stage for name, stage in STAGES.items() if name in names), None)


def text_of(content: Any) -> str:
    """Return the text of a message or of a system prompt."""
    return content if isinstance(content, str) else "".join(block["text"] for block in content)


def read(stage: str, system: str, user: str) -> Asked:
    """Return the question that a prompt asks."""
    if stage in meetings.STAGES.values():
        cues, ends = cues_of(tagged(user, "transcript")) if stage in meetings.SPOKEN else ((), {})
        return Asked(stage, meetings.meeting_task(stage, partial(tagged, user), cues), ends)
    language = tagged(user, "language")
    match stage:
        case "segment":
            cues, ends = cues_of(tagged(user, "transcript"))
            return Asked(
                stage,
                SegmentTask(language=language, cues=cues, chapters=chapters_of(user)),
                ends,
            )
        case "extract":
            cues, ends = cues_of(tagged(user, "transcript"))
            types = tuple(tagged(user, "content_types").split(", "))
            topic = tagged(user, "topic")
            task = ExtractTask(language=language, topic=topic, cues=cues, content_types=types)
            return Asked(stage, task, ends)
        case "classify":
            moments = tuple(briefs_of(tagged(user, "moments")))
            categories = categories_of(tagged(system, "taxonomy"))
            return Asked(
                stage,
                ClassifyTask(language=language, moments=moments, categories=categories),
                {},
            )
        case "subtopics":
            moments = tuple(briefs_of(tagged(user, "moments")))
            category = category_of(tagged(system, "category"))
            return Asked(
                stage, SubtopicTask(language=language, category=category, moments=moments), {}
            )
        case "merge":
            return Asked(stage, merge_of(user, language), {})
        case "mention":
            cues, ends = cues_of(tagged(user, "transcript"))
            names = tuple(names_of(tagged(user, "names"), ends))
            topic = tagged(user, "topic")
            task = MentionTask(language=language, topic=topic, cues=cues, names=names)
            return Asked(stage, task, ends)
        case "items":
            cues, ends = cues_of(tagged(user, "transcript"))
            about = language, tagged(user, "recording"), tagged(user, "topic")
            return Asked(stage, items_task(tagged(system, "fields"), about, cues), ends)
        case "outlook":
            cues, ends = cues_of(tagged(user, "transcript"))
            title = tagged(user, "title")
            return Asked(stage, OutlookTask(language=language, title=title, cues=cues), ends)
        case _:
            return Asked(stage, synthesis_of(user, language), {})


def tagged(text: str, name: str) -> str:
    """Return what stands between the last `<name>` and its end."""
    _, opening, rest = text.rpartition(f"<{name}>\n")
    assert opening, f"no <{name}> in the prompt"
    return rest.partition(f"\n</{name}>")[0]


def cues_of(text: str) -> tuple[tuple[Cue, ...], dict[int, int]]:
    """Return a cue per line, and the last cue of each line."""
    cues, ends = [], {}
    for line in text.splitlines():
        found = _CUE.fullmatch(line)
        if found is None:
            continue
        first, last, start, end, speaker, said = found.groups()
        cues.append(Cue(int(first), _ms(start), _ms(end), said, speaker))
        ends[int(first)] = int(last or first)
    return tuple(cues), ends


def _ms(clock: str | None) -> int | None:
    if clock is None:
        return None
    seconds = 0
    for part in clock.split(":"):
        seconds = seconds * 60 + int(part)
    return seconds * 1000


def chapters_of(user: str) -> tuple[ChapterHint, ...]:
    """Return the chapters that stand in a prompt."""
    lines = (line.partition(" ") for line in tagged(user, "chapters").splitlines())
    return tuple(ChapterHint(start_ms=_ms(at) or 0, title=title) for at, _, title in lines if title)


def names_of(text: str, ends: Mapping[int, int]) -> list[NameHeard]:
    """Return the names that may be listed, each at the line it stands in."""
    lines = {cue: first for first, last in ends.items() for cue in range(first, last + 1)}
    found = (_NAME.fullmatch(line) for line in text.splitlines())
    return [
        NameHeard(
            first_cue=lines[int(m[1])],
            last_cue=lines[int(m[2] or m[1])],
            said=m[3],
            symbol=m[4],
            exchange=m[5],
            company=m[6],
            score=float(m[7] or 1),
            is_ambiguous=m[8] is not None,
        )
        for m in found
        if m and int(m[1]) in lines and int(m[2] or m[1]) in lines
    ]


def briefs_of(text: str) -> list[MomentBrief]:
    """Return the moments of a classification."""
    found = (_BRIEF.fullmatch(line) for line in text.splitlines())
    return [
        MomentBrief(index=int(m[1]), title=m[2].partition(". ")[0], summary=m[2], quote=m[3])
        for m in found
        if m
    ]


@lru_cache(maxsize=8)
def categories_of(taxonomy: str) -> tuple[Category, ...]:
    """Return the categories of a taxonomy as prompts show it."""
    found = (_CATEGORY.fullmatch(line) for line in taxonomy.splitlines())
    return tuple(Category(name=m[1], description=m[2]) for m in found if m)


def category_of(shown: str) -> Category:
    """Return one category with its sub-topics, as the second step's prompt shows it."""
    head, *subtopics = shown.splitlines()
    (category,) = categories_of(head)
    names = tuple(line.strip().removeprefix("- ") for line in subtopics)
    return category.model_copy(update={"subtopics": names})


def merge_of(user: str, language: str) -> MergeTask:
    """Return the two drafts of a comparison."""
    (first_title, first), (second_title, second) = (
        _draft_of(tagged(user, name)) for name in ("first", "second")
    )
    return MergeTask(
        language=language,
        category=tagged(user, "category"),
        first_title=first_title,
        second_title=second_title,
        first=first,
        second=second,
    )


def _draft_of(shown: str) -> tuple[str, tuple[MergeClaim, ...]]:
    title, *lines = shown.splitlines()
    claims = (line.partition("] ") for line in lines)
    return title, tuple(MergeClaim(index=int(at[1:]), text=text) for at, _, text in claims)


def synthesis_of(user: str, language: str) -> SynthesizeTask:
    """Return the material of pages."""
    found = (_MATERIAL.fullmatch(line) for line in tagged(user, "moments").splitlines())
    moments = tuple(
        SynthesisMoment(
            index=int(m[1]),
            title=m[2],
            content_type=m[3],
            subtopic=m[4],
            tools=tuple(m[5].split(", ")) if m[5] else (),
            summary=m[6],
            quote=m[7],
        )
        for m in found
        if m
    )
    return SynthesizeTask(
        language=language,
        category=tagged(user, "category"),
        moments=moments,
    )


def with_ends(answer: dict[str, Any], asked: Asked) -> dict[str, Any]:
    """Return an answer whose citations reach to the ends of the lines they name."""
    for cited in (cited for name in CITING for cited in answer.get(name) or []):
        cited["last_cue"] = asked.ends.get(cited["last_cue"], cited["last_cue"])
    return answer
