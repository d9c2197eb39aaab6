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
from footnoted.llm.tasks import ClassifyTask, ExtractTask, SegmentTask, SynthesizeTask

if TYPE_CHECKING:
    from collections.abc import Mapping

BYTES_PER_TOKEN = 3.2
SIGMA = 0.25
LINES_PER_TOPIC = 10
LINES_PER_MOMENT = 2
TOKENS_PER_LINE = 760 / 60
TOKENS_PER_SPOKEN = 0.7
TOKENS_PER_LABEL = 50
TOKENS_PER_CLAIM = 50
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
            return _topics(task), TOKENS_PER_LINE * len(task.cues)
        case ExtractTask():
            spoken = sum(len(cue.text.encode()) + 1 for cue in task.cues) / BYTES_PER_TOKEN
            return _moments(task), TOKENS_PER_SPOKEN * spoken
        case ClassifyTask():
            return _labels(task), TOKENS_PER_LABEL * len(task.moments)
        case SynthesizeTask():
            return _pages(task), TOKENS_PER_CLAIM * len(task.moments)


def _topics(task: SegmentTask) -> dict[str, Any]:
    count = max(1, round(len(task.cues) / LINES_PER_TOPIC))
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
    moments = []
    for cue in task.cues[::LINES_PER_MOMENT]:
        words = cue.text.split()[:30]
        if len(words) < 6:
            continue
        moments.append(
            {
                "title": " ".join(words[:6]),
                "summary": " ".join(words),
                "content_type": task.content_types[0],
                "tools": [],
                "quote": " ".join(words),
                "first_cue": cue.index,
                "last_cue": cue.index,
            }
        )
    return {"moments": moments}


def _labels(task: ClassifyTask) -> dict[str, Any]:
    names = [category.name for category in task.categories[:CATEGORIES]]
    return {
        "labels": [
            {
                "index": moment.index,
                "category": names[len(moment.quote) % len(names)],
                "subtopic": None,
                "content_type": None,
            }
            for moment in task.moments
        ]
    }


def _pages(task: SynthesizeTask) -> dict[str, Any]:
    claims = [{"text": m.summary, "moment_indices": [m.index]} for m in task.moments]
    title = task.moments[0].title if task.moments else "Nothing"
    sections = [{"heading": "How it is done", "claims": claims}]
    return {"pages": [{"title": title, "summary": title, "sections": sections}]}
