"""Emulator logic: tells the quotes that a bench has planned, true ones and lies, for each talk.

`LYING_PLAN` names a JSON file: by the first letters of a talk, the moments to tell. A transcript is
one topic, whose title says which talk it is; the labels are of the first category, pages are none.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.logic import reading
from bench.lying_model import squeeze

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from footnoted.model.transcript import Cue

KEY_LETTERS = 300
TOKENS = 1_000


def answer(request: Mapping[str, Any]) -> object:
    """Return the planned answer."""
    stage = reading.stage_of(request)
    if stage is None:
        return None
    user = reading.text_of(request["messages"][0]["content"])
    asked = reading.read(stage, reading.text_of(request["system"]), user)
    task: Any = asked.task
    match stage:
        case "segment":
            title = _key_in_plan(task.cues)
            first, last = task.cues[0].index, asked.ends[task.cues[-1].index]
            topic = {"first_cue": first, "last_cue": last, "title": title}
            told: dict[str, Any] = {"topics": [topic]}
        case "extract":
            told = {"moments": _plan().get(task.topic, [])}
        case "classify":
            name = task.categories[0].name
            labels = [{"index": m.index, "category": name} for m in task.moments]
            told = {"labels": [{**label, "content_type": None} for label in labels]}
        case "subtopics":
            told = {"subtopics": []}
        case "merge":
            told = {"same_subject": False, "same": [], "conflicts": []}
        case _:
            claims = [{"text": m.title, "moment_indices": [m.index]} for m in task.moments]
            section = {"heading": "Told", "claims": claims}
            page = {"title": task.moments[0].title, "summary": "Told.", "sections": [section]}
            told = {"pages": [page]}
    text = json.dumps(told, ensure_ascii=False)
    return {"scripted": {"text": text, "output_tokens": TOKENS}}


def key_of(letters: str) -> str:
    """Return the name of a talk whose letters begin like this: short, as titles are."""
    return f"Talk {hashlib.sha256(letters[:KEY_LETTERS].encode()).hexdigest()[:12]}"


def _key_in_plan(cues: Sequence[Cue]) -> str:
    """Return the name of a talk; what stands before a colon may be a speaker, or what was said."""
    said = key_of(squeeze("".join(cue.text for cue in cues)))
    if said in _plan():
        return said
    return key_of(squeeze("".join((cue.speaker or "") + cue.text for cue in cues)))


@cache
def _plan() -> dict[str, list[dict[str, Any]]]:
    plan: dict[str, list[dict[str, Any]]] = json.loads(Path(os.environ["LYING_PLAN"]).read_text())
    return plan
