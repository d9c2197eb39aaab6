"""Emulator logic: tells the planned quotes of each talk under all four profiles, lies among them.

`LYING_PLAN` names a JSON file: the quotes by profile and by the key of a talk, and the key of each
recording. A transcript is one topic whose title is its key, so that every later question says which
talk it is about. A quote is told as whatever its profile publishes: a moment and a claim of a page,
a mention and a statement about the market, a name, a relation and a point, an item.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.logic import reading
from bench.logic.lying import key_of
from bench.lying_model import squeeze

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from footnoted.model.transcript import Cue

TOKENS = 1_000
LIE = "a sentence that rests on nothing"
WHOLE = ("the whole recording", "part 1 of ")
POINT_KINDS = ("decision", "action", "question", "statement")
VIEWS = ("reasoning", "themes", "risks", "summary")

Quote = dict[str, Any]
"""A planned quote: `text`, `first_cue`, `last_cue`, the `code` it is told by, and a `name`."""


def answer(request: Mapping[str, Any]) -> object:
    """Return the planned answer."""
    stage = reading.stage_of(request)
    if stage is None:
        return None
    user = reading.text_of(request["messages"][0]["content"])
    asked = reading.read(stage, reading.text_of(request["system"]), user)
    told = _told(stage, asked.task, asked.ends)
    text = json.dumps(told, ensure_ascii=False)
    return {"scripted": {"text": text, "output_tokens": TOKENS}}


def _told(stage: str, task: Any, ends: Mapping[int, int]) -> dict[str, Any]:
    match stage:
        case "segment":
            first, last = task.cues[0].index, ends[task.cues[-1].index]
            return {
                "topics": [{"first_cue": first, "last_cue": last, "title": _key_in_plan(task.cues)}]
            }
        case "extract":
            return {"moments": [_moment(quote) for quote in planned("techniques", task.topic)]}
        case "mention":
            return {"mentions": [_mention(quote) for quote in planned("stocks", task.topic)]}
        case "outlook":
            return _outlook(planned("stocks", _key_in_plan(task.cues)))
        case "entities":
            named = [quote for quote in planned("brain", task.topic) if quote["name"]]
            return {"entities": [_entity(quote) for quote in named]}
        case "relate":
            return _related(planned("brain", task.topic), len(task.entities))
        case "items":
            key = _plan()["recordings"].get(task.recording, "")
            quotes = planned("recipes", key) if task.topic.startswith(WHOLE) else []
            return {"items": [_item(quote, key) for quote in quotes]}
        case _:
            return _about_the_told(stage, task)


def _about_the_told(stage: str, task: Any) -> dict[str, Any]:
    """Return the answer to a question that shows no transcript."""
    match stage:
        case "improve":
            return {"fixes": []}
        case "resolve":
            return {
                "verdicts": [{"index": pair.index, "verdict": "different"} for pair in task.pairs]
            }
        case "summarize":
            kept = [{"text": f"{point.text}.", "points": [point.index]} for point in task.points]
            lies = [{"text": LIE, "points": [len(task.points)]}, {"text": LIE, "points": []}]
            return {"sentences": [*lies, *kept[: task.most]]}
        case "classify":
            name = task.categories[0].name
            labels = [{"index": moment.index, "category": name} for moment in task.moments]
            return {"labels": [{**label, "content_type": None} for label in labels]}
        case "subtopics":
            return {"subtopics": []}
        case "merge":
            return {"same_subject": False, "same": [], "conflicts": []}
        case _:
            claims = [{"text": m.title, "moment_indices": [m.index]} for m in task.moments]
            section = {"heading": "Told", "claims": claims}
            page = {"title": task.moments[0].title, "summary": "Told.", "sections": [section]}
            return {"pages": [page]}


def planned(profile: str, key: str) -> list[Quote]:
    """Return the quotes of a talk under a profile; none of a talk that is not in the plan."""
    quotes: list[Quote] = _plan()[profile].get(key, [])
    return quotes


def _cited(quote: Quote) -> dict[str, Any]:
    return {"quote": quote["text"], "first_cue": quote["first_cue"], "last_cue": quote["last_cue"]}


def _moment(quote: Quote) -> dict[str, Any]:
    code = quote["code"]
    told = {"title": code, "summary": code, "content_type": "technique", "tools": []}
    return {**told, **_cited(quote)}


def _mention(quote: Quote) -> dict[str, Any]:
    told = {"company": quote["code"], "symbol": None, "action": "buy", "conviction": 0.5}
    return {**told, "horizon": None, **_cited(quote)}


def _outlook(quotes: Sequence[Quote]) -> dict[str, Any]:
    points = [{"text": quote["code"], **_cited(quote)} for quote in quotes]
    told = {view: points[at :: len(VIEWS)] for at, view in enumerate(VIEWS)}
    return {"direction": "bullish", **told}


def _entity(quote: Quote) -> dict[str, Any]:
    name = quote["name"]
    return {"name": name, "type": "term", "written": [name], **_cited(quote)}


def _related(quotes: Sequence[Quote], entities: int) -> dict[str, Any]:
    edges = [
        {"source": 0, "predicate": quote["code"], "target": 1, **_cited(quote)} for quote in quotes
    ]
    points = [
        {
            "kind": POINT_KINDS[at % 4],
            "text": quote["code"],
            "who": None,
            "due": None,
            **_cited(quote),
        }
        for at, quote in enumerate(quotes)
    ]
    return {"relations": edges if entities > 1 else [], "points": points}


def _item(quote: Quote, key: str) -> dict[str, Any]:
    return {"dish": key, "kind": "tip", "text": quote["code"], **_cited(quote)}


def _key_in_plan(cues: Sequence[Cue]) -> str:
    """Return the key of a talk; what stands before a colon may be a speaker, or what was said."""
    said = key_of(squeeze("".join(cue.text for cue in cues)))
    if said in _plan()["keys"]:
        return said
    return key_of(squeeze("".join((cue.speaker or "") + cue.text for cue in cues)))


@cache
def _plan() -> dict[str, Any]:
    plan: dict[str, Any] = json.loads(Path(os.environ["LYING_PLAN"]).read_text())
    return plan
