"""Emulator logic: answers of the usual shape and length, made in microseconds.

For benches that measure time: an answer costs no thought, so that the emulator keeps its times.
Lengths follow the worked example of the notes on bounds (visible tokens for half an hour: 760 for
topics, 1,200 for each of six topics' moments, 1,020 for labels, 2,000 for pages), spread by a
lognormal of sigma 0.25, the same for the same prompt.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from bench.logic import reading
from footnoted.llm.tasks import (
    ClassifyTask,
    ExtractTask,
    MergeTask,
    SegmentTask,
    SubtopicTask,
    SynthesizeTask,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from footnoted.model.transcript import Cue

BYTES_PER_TOKEN = 3.2
SIGMA = 0.25
TOPIC_MS = 300_000
BYTES_PER_MOMENT = 820
QUOTED_WORDS = 30
TOKENS_PER_MINUTE = 760 / 30
TOKENS_PER_SPOKEN = 0.7
TOKENS_PER_LABEL = 50
TOKENS_PER_SUBTOPIC = 20
TOKENS_PER_CLAIM = 50
TOKENS_PER_COMPARISON = 30
CATEGORIES = 3


def answer(request: Mapping[str, Any]) -> object:
    """Return an answer with its length; None for a request that is none of footnoted's."""
    stage = reading.stage_of(request)
    if stage is None:
        return None
    user = reading.text_of(request["messages"][0]["content"])
    asked = reading.read(stage, reading.text_of(request["system"]), user)
    dice = random.Random(hashlib.sha256(user.encode()).digest())
    told, usual = _told(asked.task)
    text = json.dumps(reading.with_ends(told, asked), ensure_ascii=False)
    drawn = usual * dice.lognormvariate(0, SIGMA)
    tokens = max(math.ceil(len(text.encode()) / BYTES_PER_TOKEN), round(drawn))
    return {"scripted": {"text": text, "output_tokens": tokens}}


def _told(task: Any) -> tuple[dict[str, Any], float]:
    match task:
        case SegmentTask():
            return _topics(task), TOKENS_PER_MINUTE * _length_ms(task) / 60_000
        case ExtractTask():
            spoken = sum(len(cue.text.encode()) + 1 for cue in task.cues) / BYTES_PER_TOKEN
            return _moments(task), TOKENS_PER_SPOKEN * spoken
        case ClassifyTask():
            return _labels(task), TOKENS_PER_LABEL * len(task.moments)
        case SubtopicTask():
            names = [{"index": m.index, "subtopic": None} for m in task.moments]
            return {"subtopics": names}, TOKENS_PER_SUBTOPIC * len(task.moments)
        case SynthesizeTask():
            return _pages(task), TOKENS_PER_CLAIM * len(task.moments)
        case MergeTask():
            return {"same_subject": False, "same": [], "conflicts": []}, TOKENS_PER_COMPARISON
        case _:
            message = f"no answer to {task!r}"
            raise AssertionError(message)


def _length_ms(task: SegmentTask) -> int:
    return (task.cues[-1].end_ms or 0) - (task.cues[0].start_ms or 0)


def _topics(task: SegmentTask) -> dict[str, Any]:
    count = max(1, round(_length_ms(task) / TOPIC_MS))
    bounds = [len(task.cues) * n // count for n in range(count + 1)]
    runs = [task.cues[a:b] for a, b in pairwise(bounds) if b > a]
    return {
        "topics": [
            {
                "first_cue": run[0].index,
                "last_cue": run[-1].index,
                "title": " ".join(run[0].text.split()[:6]),
            }
            for run in runs
        ]
    }


def _moments(task: ExtractTask) -> dict[str, Any]:
    said = sum(len(cue.text) + 1 for cue in task.cues)
    count = max(1, round(said / BYTES_PER_MOMENT))
    starts = dict.fromkeys(len(task.cues) * n // count for n in range(count))
    moments = [_moment(task.cues[start:], task.content_types[0]) for start in starts]
    return {"moments": [moment for moment in moments if moment is not None]}


def _moment(cues: Sequence[Cue], content_type: str) -> dict[str, Any] | None:
    words: list[str] = []
    last = cues[0].index
    for cue in cues:
        if len(words) >= QUOTED_WORDS:
            break
        words += cue.text.split()
        last = cue.index
    words = words[:QUOTED_WORDS]
    if len(words) < QUOTED_WORDS // 3:
        return None
    return {
        "title": " ".join(words[:6]),
        "summary": " ".join(words),
        "content_type": content_type,
        "tools": [],
        "quote": " ".join(words),
        "first_cue": cues[0].index,
        "last_cue": last,
    }


def _labels(task: ClassifyTask) -> dict[str, Any]:
    names = [category.name for category in task.categories[:CATEGORIES]]
    return {
        "labels": [
            {
                "index": moment.index,
                "category": names[len(moment.quote) % len(names)],
                "content_type": None,
            }
            for moment in task.moments
        ]
    }


def _pages(task: SynthesizeTask) -> dict[str, Any]:
    claims = [{"text": m.summary, "moment_indices": [m.index]} for m in task.moments]
    title = task.moments[0].title if task.moments else "Nothing"
    sections = [{"heading": "How it is done", "claims": claims}]
    indices = [m.index for m in task.moments[:1]]
    page = {"title": title, "summary": title, "summary_indices": indices, "sections": sections}
    return {"pages": [page]}
